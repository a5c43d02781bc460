"""What became of users whose answer was lost: they are looked up by ``school_uid``.

A ``school_uid`` is unique in a school, so a create that arrives after the look-up all the same can
only be refused: sending a row again that was not found makes nobody twice.
"""

from __future__ import annotations

from typing import Any

import orjson

from lms_async.call import Call, given
from lms_async.chunks import ABSENT, Absent, Row
from lms_async.outcome import RowError, Status, Verdict
from lms_async.transport import Transport

#: What is compared of a user who was found with what was sent. Mail address and user name are not:
#: the vendor changes them by itself where they conflict.
_COMPARED = ("name_first", "name_last", "role_id")
_BEFORE = RowError("exists", "a user with this school_uid was there before")


async def settled(
    transport: Transport, rows: list[Row[Any]], *, update_existing: bool
) -> list[Verdict | Absent | None]:
    """What the vendor knows of each row; at most 50 rows.

    Somebody who is there as sent was made by us, or needs no more. Somebody who is there otherwise
    was there before: to be sent again where that updates, refused where it would.

    :raises LmsError: the look-up failed.
    """
    askable = [str(row.key) for row in rows if "," not in str(row.key)]
    call: Call[Any] = Call(
        "GET",
        "users",
        route="users",
        query=given(school_uids=askable, limit=200),
        key="user",
        repeatable=True,
    )
    payload = (await transport.fetch(call))[0] if askable else {"user": []}
    found = {str(user.get("school_uid")): user for user in payload["user"] if type(user) is dict}
    return [_of(row, found.get(str(row.key)), update_existing) for row in rows]


def _of(row: Row[Any], user: Any, update_existing: bool) -> Verdict | Absent | None:
    if "," in str(row.key):
        return None  # a list of school_uids can't ask for it
    if user is None:
        return ABSENT
    sent = orjson.loads(row.body)
    known = str(user.get("uid") or user.get("id"))
    if all(str(user.get(name)) == str(sent.get(name)) for name in _COMPARED):
        return Verdict(Status.DONE, known)
    return ABSENT if update_existing else Verdict(Status.REJECTED, known, _BEFORE)
