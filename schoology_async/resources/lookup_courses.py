"""Look up courses whose response was lost, and the sections inside them.

Sending a missing course again never creates two courses, because a ``course_code`` is unique in the
school (vendor page: Courses, "Fields"). If the first request arrives after the look-up, Schoology
refuses the second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from lms_async.bulk.lookup import FoundRecord
from lms_async.bulk.rows import Rows
from lms_async.bulk.status import with_parts
from lms_async.http.call import get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, query_params
from lms_async.outcome import RowError, RowResult, Status

from ..models import Course, Section
from .lookup_sections import COMPARED as SECTION_COMPARED
from .lookup_sections import find_sections
from .shown import shows

#: The fields that are compared if sending a course again would not update it.
COMPARED = ("title",)
_NOT_SHOWN = RowError("lost", "sent, but the response was lost, and the section was not found")


async def look_up_rows(
    transport: Transport, rows: Rows[Any], *, update_existing: bool
) -> list[Found]:
    """Look up Schoology's record of each row.

    The list of courses can't be filtered by code. So it is read until all codes are found, with one
    request per 200 courses of the school.

    :param update_existing: whether sending a row again updates the course. If so, all fields that
        were sent are compared, otherwise only the title.
    :raises LmsError: the look-up failed.
    """
    sent = [orjson.loads(body) for body in rows.bodies]
    courses = await _find_courses(transport, {str(row["course_code"]) for row in sent})
    codes = {
        str(section["section_school_code"])
        for row in sent
        if str(row["course_code"]) in courses
        for section in sections_of(row)
        if section.get("section_school_code")
    }
    sections = await find_sections(transport, codes)
    found: list[Found] = []
    for row in sent:
        course = courses.get(str(row["course_code"]))
        if course is None:
            found.append(ABSENT)
        else:
            found.append(_found(row, course, sections, update_existing=update_existing))
    return found


def sections_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sections inside a row, in the form in which they are sent."""
    sections: list[dict[str, Any]] = row.get("sections", {}).get("section", [])
    return sections


async def _find_courses(transport: Transport, codes: set[str]) -> dict[str, Course]:
    call = get(
        build_path("courses"),
        query=query_params(limit=200),
        returns=list[Course],
        envelope_key="course",
    )
    courses: dict[str, Course] = {}
    async for page in Pages(transport, call, Course).pages():
        courses.update(
            (course.course_code, course) for course in page if course.course_code in codes
        )
        if len(courses) == len(codes):
            break
    return courses


def _found(
    row: dict[str, Any],
    course: Course,
    known: Mapping[str, FoundRecord[Section]],
    *,
    update_existing: bool,
) -> Found:
    """Return the result for a row whose course exists."""
    sections = sections_of(row)
    # Schoology does not update a section without a section_code, but creates another one.
    updates = update_existing and all(section.get("section_code") for section in sections)
    own = {name: value for name, value in row.items() if name != "sections"}
    same = shows(course, own, None if update_existing else COMPARED)
    parts: list[RowResult] = []
    for section in sections:
        code = section.get("section_school_code")
        record = known[str(code)] if code else None
        if record is None:  # the section can't be looked up
            return DIFFERENT if updates else None
        if record is ABSENT or record.course_id != course.id:
            parts.append(RowResult(Status.UNKNOWN, None, _NOT_SHOWN))
            continue
        parts.append(RowResult(Status.DONE, record.id))
        is_updated = update_existing and bool(section.get("section_code"))
        same = same and shows(record, section, None if is_updated else SECTION_COMPARED)
    whole = RowResult(Status.DONE, course.id)
    if updates and (not same or any(part.status is not Status.DONE for part in parts)):
        return DIFFERENT
    if all(part.status is Status.DONE for part in parts) and not same:
        return Present(course.id)
    return with_parts(whole, parts, field="sections")
