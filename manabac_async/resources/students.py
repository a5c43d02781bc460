"""``managebac.students``: the classes and groups of one student."""

from __future__ import annotations

from lms_async.http.urls import build_path, query_params

from ..models import StudentMemberships
from .many_students import ManyStudents


class Students(ManyStudents):
    """Students of the school."""

    async def memberships(
        self, student_id: str | int, *, archived: bool = False
    ) -> StudentMemberships:
        """Get the classes, groups and year groups of a student. Vendor page: "Get a Student's
        memberships".

        :param archived: return only archived classes and groups, instead of only active ones.
        :raises NotFound: there is no such student.
        """
        path = build_path("students/{student_id:person}/memberships", student_id=student_id)
        query = query_params(archived="true" if archived else None)
        return await self._get(path, StudentMemberships, query=query, envelope_key="memberships")
