"""Look up users whose response was lost, by ``school_uid``.

Sending a missing user again never creates a second account, because a ``school_uid`` is unique in a
school. If the first request arrives after the look-up, Schoology refuses the second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.lookup import FoundRecord, look_up
from lms_async.bulk.rows import Rows
from lms_async.http.call import get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, query_params

from ..models import User
from .filters import filter_queries
from .shown import shows

#: The fields that are compared. Email address and username are left out, since the vendor may
#: change them to solve a conflict.
_COMPARED = ("name_first", "name_last", "role_id")


async def look_up_rows(
    transport: Transport, rows: Rows[Any], *, update_existing: bool
) -> list[Found]:
    """Look up the vendor's record of each row.

    :param update_existing: whether sending a row again updates the user. If so, all fields that
        were sent are compared, otherwise only name and role.
    :raises LmsError: the look-up failed.
    """

    async def find(sent: Sequence[dict[str, Any]]) -> list[FoundRecord[User]]:
        # A list filter can't hold a school_uid with a comma.
        school_uids = [str(key) for key in rows.keys if "," not in str(key)]
        users: dict[str | None, User] = {}
        for query in filter_queries("school_uids", school_uids):
            call = get(
                build_path("users"),
                query=(*query, *query_params(limit=200)),
                returns=list[User],
                envelope_key="user",
            )
            users |= {user.school_uid: user for user in await Pages(transport, call, User)}
        return [None if "," in str(key) else users.get(str(key), ABSENT) for key in rows.keys]

    return await look_up(
        rows,
        find,
        is_same=lambda sent, user: shows(user, sent, None if update_existing else _COMPARED),
        id_of=lambda user: user.uid or user.id,
        resend_changes=update_existing,
    )
