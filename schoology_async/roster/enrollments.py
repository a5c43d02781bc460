"""Enrollments, whose key is the ``section_school_code`` and the ``school_uid``.

The vendor's id of an enrollment, as an entry has it, is the id of its section, a slash, and its own
id, because Schoology finds an enrollment only in its section.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from lms_async.errors import InvalidInput
from lms_async.roster import Change, Entry
from lms_async.roster.entries import join, split

from ..models import Enrollment, Section

#: The field that Schoology holds: ``admin`` for teachers, ``member`` for students.
HOLDS = frozenset({"role"})
_ADMIN = {"admin": True, "member": False}
ACTIVE, EXPIRED, ARCHIVED = 1, 2, 5


def entries(
    members: Iterable[Enrollment],
    section: Section,
    *,
    school: str,
    inactive: Container[str | None],
) -> Iterator[Entry]:
    """Yield the entry of each enrollment of a section.

    :param members: the enrollments.
    :param school: the code of the building of the section's course.
    :param inactive: Schoology's ids of the inactive users. Their enrollments are not in use.
    """
    code, synced = section.section_school_code or "", section.synced
    for member in members:
        locked = ""
        if synced:
            locked = "another system imports its section"
        elif member.status == ARCHIVED:
            locked = "archived with its section"
        yield Entry(
            kind="enrollments",
            key=join(code, member.school_uid or ""),
            org=school,
            vendor_id=f"{section.id}/{member.id}",
            active=member.status == ACTIVE and member.uid not in inactive,
            locked=locked,
            fields={"role": "admin" if member.admin else "member"},
        )


def new_row(change: Change) -> dict[str, Any]:
    """Return the row that enrolls a person.

    :raises InvalidInput: Schoology has no such role.
    """
    code, school_uid = split(change.key)
    return {
        "section_school_code": code,
        "school_uid": school_uid,
        "admin": _is_admin(change),
    }


def changed_row(change: Change) -> dict[str, Any]:
    """Return the row that changes the role of an enrollment.

    :raises InvalidInput: Schoology has no such role.
    """
    return _row(change) | {"admin": _is_admin(change)}


def returned_row(change: Change) -> dict[str, Any]:
    """Return the row that makes an enrollment active again.

    :raises InvalidInput: Schoology has no such role.
    """
    role = {"admin": _is_admin(change)} if "role" in change.after else {}
    return _row(change) | {"status": ACTIVE} | role


def expired_row(change: Change) -> dict[str, Any]:
    """Return the row that ends an enrollment and keeps its history."""
    return _row(change) | {"status": EXPIRED}


def own_id(change: Change) -> str:
    """Return Schoology's id of an enrollment, without that of its section."""
    return change.vendor_id.partition("/")[2]


def _row(change: Change) -> dict[str, Any]:
    section_id, _, id_ = change.vendor_id.partition("/")
    return {"section_id": section_id, "id": id_}


def _is_admin(change: Change) -> bool:
    role = change.after.get("role", "")
    if role not in _ADMIN:
        fault = "must be admin or member: set it in enrollment_roles of the mapping"
        raise InvalidInput("the change can't be sent", fields={"role": fault})
    return _ADMIN[role]
