"""What became of users whose answer was lost: they are looked up by ``school_uid``.

A ``school_uid`` is unique in a school, so a create that arrives after the look-up all the same can
only be refused: sending a row again that was not found makes nobody twice.
"""

from __future__ import annotations

from typing import Any

import orjson

from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from lms_async.bulk.rows import Rows
from lms_async.http.call import Call, get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, portions, query_params
from lms_async.outcome import RowResult, Status

from ..models import User, converter

#: The most ``school_uids`` that one list call takes (vendor page, "list").
MOST_SCHOOL_UIDS = 50
#: What is compared of a user who was found with what was sent. Mail address and user name are not:
#: the vendor changes them by itself where they conflict.
_COMPARED = ("name_first", "name_last", "role_id")


async def look_up_rows(
    transport: Transport, rows: Rows[Any], *, update_existing: bool
) -> list[Found]:
    """What the vendor knows of each row. Long ``school_uids`` are asked for by several requests.

    A user who is there as sent was made by us, or needs no more; a field that is not shown, as
    lists leave some out, proves nothing. A user who is there with other values is sent again where
    that updates; elsewhere nothing tells whether we made it and the vendor changed what was sent.
    Where it updates, every field that was sent is compared, and not only the name.

    :raises LmsError: the look-up failed.
    """
    askable = [str(key) for key in rows.keys if "," not in str(key)]
    found: dict[str | None, User] = {}
    for portion in portions(askable, at_most=MOST_SCHOOL_UIDS):
        call: Call[list[User]] = get(
            build_path("users"),
            query=query_params(school_uids=portion, limit=200),
            returns=list[User],
            envelope_key="user",
        )
        found |= {user.school_uid: user for user in await Pages(transport, call, User)}
    return [
        None  # a list of school_uids can't ask for it
        if "," in str(key)
        else _of(body, found.get(str(key)), update_existing)
        for key, body in zip(rows.keys, rows.bodies, strict=True)
    ]


def _of(body: bytes, user: User | None, update_existing: bool) -> Found:
    if user is None:
        return ABSENT
    sent = orjson.loads(body)
    known = user.uid or user.id
    shown = converter.unstructure(user)  # flags, lists and days as they are sent
    if all(
        shown.get(name) is not None and str(shown[name]) == str(value)
        for name, value in sent.items()
        if update_existing or name in _COMPARED
    ):
        return RowResult(Status.DONE, known)
    return DIFFERENT if update_existing else Present(known)
