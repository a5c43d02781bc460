"""``schoology.courses``: read courses, and write one course at a time.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/course
"""

from __future__ import annotations

from lms_async.errors import InvalidInput
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.resource import changes_of

from ..models import Course
from .base import PAGE_SIZE
from .filters import flags
from .many_courses import ManyCourses
from .sending.courses import CourseChange, NewCourse, course_change, new_course


class Courses(ManyCourses):
    """Courses of the school. People are enrolled in their sections."""

    def list(
        self,
        *,
        building_id: str | int | None = None,
        fetch_district_course_name: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> Pages[Course]:
        """List all courses that the account may see, over all pages. Vendor page: "list".

        :param building_id: only courses of this building.
        :param fetch_district_course_name: include ``Course.district_course_name``.
        :param page_size: courses per page, at least 2. Schoology returns at most 200.
        """
        query = query_params(building_id=building_id)
        query += flags(fetch_district_course_name=fetch_district_course_name)
        path = build_path("courses")
        return self._paged(path, Course, envelope_key="course", page_size=page_size, query=query)

    async def create(self, course: NewCourse) -> Course:
        """Create one course. Vendor page: "create".

        :param course: the fields of the course. ``title`` and ``course_code`` are required.
        :returns: the course as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid, or ``sections`` is set, which only
            ``create_many`` supports. Nothing was sent.
        :raises BadRequest: Schoology refused, e.g. because the ``course_code`` exists.
        :raises OutcomeUnknown: the response was lost. Look up the ``course_code`` before you try
            again.
        """
        body = new_course(course)
        if "sections" in body:
            fault = "must be created with courses.create_many or sections.create"
            raise InvalidInput("the course can't be sent", fields={"sections": fault})
        path = build_path("courses")
        return await self._send("POST", path, body, returns=Course, required_key="id")

    async def get(self, course_id: str | int) -> Course:
        """Get one course. Vendor page: "view".

        :raises NotFound: there is no such course, or the account may not see it.
        """
        path = build_path("courses/{course_id:number}", course_id=course_id)
        return await self._get(path, Course, required_key="id", about=about("id", course_id))

    async def update(self, course_id: str | int, changes: CourseChange) -> None:
        """Update one course. Vendor page: "update".

        :param changes: only the fields to change. If they contain an ``id``, it must equal
            ``course_id``.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such course.
        """
        path = build_path("courses/{course_id:number}", course_id=course_id)
        body = changes_of(course_change, changes, id_=course_id)
        await self._send("PUT", path, body, repeatable=True)

    async def delete(self, course_id: str | int) -> None:
        """Delete one course. Vendor page: "delete".

        :raises NotFound: there is no such course.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        path = build_path("courses/{course_id:number}", course_id=course_id)
        await self._send("DELETE", path)
