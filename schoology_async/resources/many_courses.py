"""The bulk methods of ``schoology.courses``, with 50 courses per request.

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
from .sending.courses import CourseChange, NewCourse, course_change, new_course

#: The default guard: one deletion may remove this many courses.
GUARD = Guard(max_removals=500)

_ID = FieldReader("id")


class ManyCourses(SchoologyResource):
    """The methods of ``schoology.courses`` for many rows."""

    def create_many(
        self,
        courses: Given[NewCourse],
        *,
        update_existing: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewCourse]:
        """Create courses, with or without their sections, 50 courses per request.

        Vendor page: "POST courses (bulk)".

        There is one outcome per course. ``Outcome.parts`` has the results of its sections, in the
        order of ``sections``. A course is ``done`` only if all its sections are. If Schoology
        creates the course and rejects a section, the outcome is ``rejected`` with the code
        ``incomplete``. It then has the course's ``id``, and ``error.fields`` names the sections.

        :param courses: an iterable or async iterable of any length, of models or of mappings with
            the same fields. A row is rejected without being sent if a required field is missing, if
            an earlier row has the same ``course_code``, or if two of its sections have the same
            code.
        :param update_existing: update courses whose ``course_code`` exists, instead of rejecting
            them. Of such a course, update the sections whose ``section_code`` and
            ``grading_periods`` exist.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result. It does not record the results of sections.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.

        If a response is lost, its courses are looked up before they are sent again. This reads the
        list of courses, 200 per request, and looks up sections by ``section_school_code``. If the
        course exists and a section of the row has no ``section_school_code``, the row is
        ``unknown``.

        With ``update_existing``, the request is sent again without a look-up, unless one of its
        sections has no ``section_code``.
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

        :param changes: rows with the course's ``id`` and only the fields to change.
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
        """Delete courses permanently, 50 per request. Vendor page: "DELETE courses (bulk)".

        All ids are read and counted before the first request. A request whose
        response was lost is never sent again. Each of its courses is looked up: it is ``done`` if
        it no longer exists, otherwise ``unknown``.

        :param course_ids: Schoology's ids of the courses.
        :param guard: the maximum number of courses to delete, or percentage of all courses; 500 by
            default. If there are more ids, the bulk
            raises InvalidInput and sends nothing.
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
            fields[f"sections[{place}].course_id"] = "must not be set: the row is the course"
        other = first.setdefault(section_key(section), place)
        if other != place:
            fields[f"sections[{place}]"] = f"has the same code as sections[{other}]"
    if fields:
        raise InvalidInput("the course can't be sent", fields=fields)
