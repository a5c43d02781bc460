"""Sections, whose key is the ``section_school_code``."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.roster import Change, Entry
from lms_async.roster.entries import join, split
from lms_async.roster.targets.names import Names

from ..client import Schoology
from ..models import Section
from .references import Periods, read_courses, read_periods

#: The fields that Schoology holds.
HOLDS = frozenset({"title", "course", "terms", "location"})
#: A section can't move to another course. If its grading periods change, its materials lose theirs.
FIXED = frozenset({"course", "terms"})
SYNCED = "another system imports this section"


@attrs.frozen(kw_only=True)
class SectionNames:
    """What the records of sections refer to."""

    courses: Names
    periods: Names


async def read_section_names(client: Schoology) -> SectionNames:
    """Read what the records of sections refer to."""
    return SectionNames(courses=await read_courses(client), periods=await read_periods(client))


def is_over(section: Section, periods: Periods) -> bool:
    """Return whether all grading periods of a section are over."""
    return periods.are_over(section.grading_periods or [])


def entry(section: Section, *, course: str, school: str, periods: Periods) -> Entry:
    """Return the entry of a section.

    A section of past grading periods is not in use. It is never changed, because it has last year's
    grades.

    :param course: the code of its course.
    :param school: the code of the building of its course.
    """
    over = is_over(section, periods)
    locked = "its grading periods are over" if over else ""
    titles = {periods.name(id_) for id_ in section.grading_periods or ()} - {""}
    return Entry(
        kind="sections",
        key=section.section_school_code or "",
        org=school,
        vendor_id=section.id or "",
        active=not over,
        locked=SYNCED if section.synced else locked,
        fields={
            "title": (section.section_title or "").strip(),
            "course": course,
            "terms": join(*sorted(titles)),
            "location": (section.location or "").strip(),
        },
    )


def new_row(change: Change, names: SectionNames) -> dict[str, Any]:
    """Return the row that creates a section. Both of its codes are its key.

    :raises InvalidInput: Schoology does not know the course or a term.
    """
    terms = split(change.after.get("terms", ""))
    return {
        "section_school_code": change.key,
        "section_code": change.key,
        "course_id": names.courses.id(change.after.get("course", ""), field="course"),
        "grading_periods": [names.periods.id(title, field="terms") for title in terms],
        **_fields(change),
    }


def changed_row(change: Change) -> dict[str, Any]:
    """Return the row that changes the fields of a section."""
    return {"id": change.vendor_id, **_fields(change)}


def _fields(change: Change) -> dict[str, Any]:
    return {name: change.after[name] for name in ("title", "location") if name in change.after}
