"""The options of a deletion of users.

They have no defaults here, since Schoology's defaults erase data and send email.
"""

from __future__ import annotations

from urllib.parse import quote

from lms_async.errors import InvalidInput
from lms_async.http.urls import Query, query_params

#: The maximum length of the comment in the URL, in bytes. The URL also has the ids of a bulk.
_MOST_COMMENT = 2000


def delete_query(*, keep_enrollments: bool, notify: bool, comment: str | None) -> Query:
    """Build ``option_keep_enrollments``, ``email_notification`` and ``option_comment``.

    ``option_keep_enrollments`` is either sent as ``1`` or left out. If it is left out, grades and
    attendance are erased (vendor page, "delete"). ``email_notification`` is always sent.

    :raises InvalidInput: an option is not True or False, or the comment is too long for a URL.
    """
    if not isinstance(keep_enrollments, bool) or not isinstance(notify, bool):
        raise InvalidInput("keep_enrollments and notify must be True or False")
    options = query_params(
        option_keep_enrollments=keep_enrollments,
        email_notification=int(notify),
        option_comment=comment,
    )
    if len(quote(comment or "", safe="", errors="replace")) > _MOST_COMMENT:
        raise InvalidInput(f"the comment is longer than {_MOST_COMMENT:,} bytes in a URL")
    return options
