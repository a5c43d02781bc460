"""Look up new users whose response was lost, by reading all users.

v1 can't search for a user by email address or student id. Both are unique in a school ("Email has
already been taken, Student ID must be unique"). So sending a missing user again never creates a
second account: if the first request arrives after the look-up, the vendor refuses the second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.lookup import FoundRecord, look_up
from lms_async.bulk.rows import Rows
from lms_async.http.call import Call, get
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path

_COMPARED = ("first_name", "last_name")


async def look_up_rows(transport: Transport, rows: Rows[Any]) -> list[Found]:
    """Look up the vendor's record of each row, by email address, then by ``student_id``.

    :raises LmsError: the users could not be read.
    """

    async def find(
        sent: Sequence[dict[str, Any]],
    ) -> Sequence[FoundRecord[dict[str, Any]]]:
        call: Call[Any] = get(build_path("users"), envelope_key="users")
        payload, _ = await transport.fetch(call)
        users = [user for user in payload["users"] if isinstance(user, dict)]
        if not users:  # a school has at least an administrator, so this account may not see users
            return [None] * len(sent)
        by_email = {_plain(user.get("email")): user for user in users if user.get("email")}
        by_student = {str(user["student_id"]): user for user in users if user.get("student_id")}
        return [
            by_email.get(_plain(row["email"]))
            or by_student.get(str(row.get("student_id") or ""), ABSENT)
            for row in sent
        ]

    return await look_up(
        rows,
        find,
        is_same=_is_same,
        id_of=lambda user: str(user.get("id")),
        resend_changes=False,
    )


def _is_same(sent: Mapping[str, Any], user: Mapping[str, Any]) -> bool:
    return (
        _plain(user.get("email")) == _plain(sent["email"])
        and str(user.get("student_id") or "") == str(sent.get("student_id") or "")
        and all(str(user.get(name)) == str(sent.get(name)) for name in _COMPARED)
    )


def _plain(email: Any) -> str:
    return str(email).strip().casefold()
