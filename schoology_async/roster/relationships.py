"""Relationships: the links of students to their parents, by ``school_uid``.

Schoology does not say what kind of parent somebody is, so all are guardians. The advisors of a
student can't be read.
"""

from __future__ import annotations

from typing import Any

from lms_async.errors import InvalidInput
from lms_async.roster import Change, Entry
from lms_async.roster.entries import join, split

_PARENT = "guardian"


def entry(student: str, parent: str, *, school: str) -> Entry:
    """Return the entry of a link, by the ``school_uid`` of both.

    :param school: the code of the student's building.
    """
    key = join(student, parent, _PARENT)
    # A link has no id of its own.
    return Entry(kind="relationships", key=key, org=school, vendor_id="link")


def row(change: Change, *, delete: bool) -> dict[str, Any]:
    """Return the row that links a student to a parent, or unlinks the two.

    :raises InvalidInput: the other person is not a parent.
    """
    student, other, kind = split(change.key)
    if kind != _PARENT:
        raise InvalidInput(
            "the change can't be sent", fields={"kind": "only parents can be linked"}
        )
    return {"student_school_uid": student, "parent_school_uid": other, "delete": delete}
