"""What became of new users whose answer was lost: all users are read.

v1 has no way to ask for one by mail address or student id. Both are unique in a school ("Email has
already been taken, Student ID must be unique"), so a create that arrives after the look-up all the
same can only be refused: sending a row again that was not found makes nobody twice.
"""

from __future__ import annotations

from typing import Any

import orjson

from lms_async.bulk.endpoint import ABSENT, Found, Present
from lms_async.bulk.rows import Rows
from lms_async.http.call import Call, get
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path
from lms_async.outcome import RowResult, Status

_COMPARED = ("first_name", "last_name")


async def look_up_rows(transport: Transport, rows: Rows[Any]) -> list[Found]:
    """What the vendor knows of each row. A user who is there as sent was made by us, or needs no
    more; of one who has the row's mail address or ``student_id`` and other values, nothing tells
    whether we made it and the vendor changed what was sent.

    :raises LmsError: the users could not be read.
    """
    call: Call[Any] = get(build_path("users"), envelope_key="users")
    payload, _ = await transport.fetch(call)
    users = [user for user in payload["users"] if isinstance(user, dict)]
    if not users:
        return [None] * len(rows)  # not even an administrator: whoever asks may not see anybody
    by_email = {_plain(user.get("email")): user for user in users if user.get("email")}
    by_student = {str(user["student_id"]): user for user in users if user.get("student_id")}
    return [_of(orjson.loads(body), by_email, by_student) for body in rows.bodies]


def _of(sent: dict[str, Any], by_email: dict[str, Any], by_student: dict[str, Any]) -> Found:
    student_id = sent.get("student_id")
    user = by_email.get(_plain(sent["email"]))
    if user is None and student_id:
        user = by_student.get(str(student_id))
    if user is None:
        return ABSENT
    known = str(user.get("id"))
    same = (
        _plain(user.get("email")) == _plain(sent["email"])
        and str(user.get("student_id") or "") == str(student_id or "")
        and all(str(user.get(name)) == str(sent.get(name)) for name in _COMPARED)
    )
    return RowResult(Status.DONE, known) if same else Present(known)


def _plain(email: Any) -> str:
    return str(email).strip().casefold()
