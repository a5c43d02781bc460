"""Courses, whose key is the ``course_code``."""

from __future__ import annotations

from typing import Any

from lms_async.roster import Change, Entry
from lms_async.roster.targets.names import Names

from ..models import Course

#: The fields that Schoology holds.
HOLDS = frozenset({"title", "school"})


def entry(course: Course, buildings: Names) -> Entry:
    """Return the entry of a course."""
    school = buildings.name(course.building_id)
    return Entry(
        kind="courses",
        key=course.course_code or "",
        org=school,
        vendor_id=course.id or "",
        locked="another system imports this course" if course.synced else "",
        fields={"title": (course.title or "").strip(), "school": school},
    )


def new_row(change: Change, buildings: Names) -> dict[str, Any]:
    """Return the row that creates a course.

    :raises InvalidInput: Schoology does not know the school.
    """
    return {"course_code": change.key, **_fields(change, buildings)}


def changed_row(change: Change, buildings: Names) -> dict[str, Any]:
    """Return the row that changes the fields of a course.

    :raises InvalidInput: Schoology does not know the school.
    """
    return {"id": change.vendor_id, **_fields(change, buildings)}


def _fields(change: Change, buildings: Names) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if "title" in change.after:
        row["title"] = change.after["title"]
    if change.after.get("school"):
        row["building_id"] = buildings.id(change.after["school"], field="school")
    return row
