"""The bulk methods of ``schoology.courses``: at most 50 courses per request, one outcome per row.

Vendor page: Courses, "POST courses (bulk)", "PUT courses (bulk)" and "DELETE courses (bulk)".
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..bulk_results import FieldReader, results_by
from ..models import Course
from .base import SchoologyResource, changes_by_id
from .course_results import read_courses, sections_in
from .filters import flags
from .lookup_courses import look_up_rows
from .lookup_removed import look_up_removed
from .section_codes import section_key
from .sending import CourseChange, NewCourse, course_change, new_course

#: How many courses one deletion may remove where the caller gives no guard.
GUARD = Guard(max_removals=500)

_ID = FieldReader("id")


class ManyCourses(SchoologyResource):
    """The methods of ``schoology.courses`` that take any number of rows."""

    def create_many(
        self,
        courses: Given[NewCourse],
        *,
        update_existing: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewCourse]:
        """Create courses, with or without their sections, 50 courses per request.

        Vendor page: "POST courses (bulk)".

        There is one outcome per course. The results of its sections are in ``Outcome.parts``, in
        the order of ``sections``. A course is ``done`` only if all its sections are. If the course
        was created and the vendor rejected a section, the outcome is ``rejected`` with the code
        ``incomplete``; it has the course's ``id``, and ``error.fields`` names the sections.

        :param courses: an iterable or async iterable of any length; models or mappings of the same
            fields. A row that lacks a needed field, whose ``course_code`` stands in an earlier row,
            or that has two sections with one code, is rejected without being sent.
        :param update_existing: update courses whose ``course_code`` exists, and their sections
            whose ``section_code`` and ``grading_periods`` exist, instead of rejecting them. A
            request whose response was lost is then sent again without a look-up, unless a section
            in it has no ``section_code``.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result. It does not keep the results of sections.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.

        Otherwise a course whose response was lost is looked up: by reading the list of courses, one
        request per 200, and its sections by ``section_school_code``. A course with a section that
        has no ``section_school_code`` ends as ``unknown`` if the course exists.
        """
        query = flags(update_existing=update_existing)

        async def look_up(rows: Rows[NewCourse]) -> list[Found]:
            return await look_up_rows(self._transport, rows, update_existing=update_existing)

        def repeatable(rows: Rows[NewCourse]) -> bool:
            sections = sections_in(rows)
            return update_existing and all(
                section.get("section_code") for row in sections.values() for section in row
            )

        return self._write_many(
            courses,
            "courses.create_many",
            "POST",
            build_path("courses"),
            wrapper=("courses", "course"),
            prepare=one_by_one(_prepare),
            read=read_courses,
            query=query,
            repeatable=repeatable,
            one_record_each=update_existing,
            distinct=True,
            look_up=look_up,
            journal=journal,
        )

    def update_many(
        self, changes: Given[CourseChange], *, journal: Journal | None = None
    ) -> Bulk[CourseChange]:
        """Update courses, 50 per request. Vendor page: "PUT courses (bulk)".

        :param changes: each with the course's ``id`` and only the fields to change.
        :param journal: see :meth:`create_many`.
        """
        return self._write_many(
            changes,
            "courses.update_many",
            "PUT",
            build_path("courses"),
            wrapper=("courses", "course"),
            prepare=changes_by_id(course_change),
            read=results_by(key=_ID, id=_ID),
            repeatable=True,
            journal=journal,
        )

    def delete_many(
        self,
        course_ids: Given[str | int],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Delete courses for good, 50 per request. Vendor page: "DELETE courses (bulk)".

        All ids are read before the first request, so that they can be counted. A request whose
        response was lost is never sent again: each of its courses is asked for, and is ``done`` if
        it is gone, else ``unknown``.

        :param course_ids: Schoology's ids of the courses.
        :param guard: how many courses may be removed, or which share of all courses; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        """
        return self._delete_many(
            course_ids,
            "courses.delete_many",
            build_path("courses"),
            parameter="course_ids",
            response_wrapper=("course",),
            guard=guard,
            count=partial(self._count, build_path("courses"), Course, envelope_key="course"),
            numbers_only=True,
            look_up=partial(look_up_removed, self._transport, template="courses/{id}"),
            journal=journal,
        )


def _prepare(item: NewCourse) -> tuple[Hashable, Any]:
    body = new_course(item)
    sections = body.pop("sections", None)
    if sections:
        _check(sections)
        body["sections"] = {"section": sections}
    return str(body["course_code"]), body


def _check(sections: list[dict[str, Any]]) -> None:
    fields: dict[str, str] = {}
    first: dict[Hashable, int] = {}
    for place, section in enumerate(sections):
        if "course_id" in section:
            fields[f"sections[{place}].course_id"] = "must not be given: the course is the row"
        other = first.setdefault(section_key(section), place)
        if other != place:
            fields[f"sections[{place}]"] = f"has the same code as sections[{other}]"
    if fields:
        raise InvalidInput("the course can't be sent", fields=fields)
