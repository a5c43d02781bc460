"""``managebac.students``: one student, or one list, at a time. Vendor page: Students."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from lms_async.http.pages import Pages
from lms_async.http.urls import query_params

from ..models import Student, StudentMemberships
from .base import Portrayed
from .filters import flag, repeated
from .many_students import ManyStudents
from .sending.students import (
    NewStudent,
    StudentChange,
    archived_student,
    new_student,
    student_change,
)

StudentStatus = Literal["enrolled", "withdrawn", "graduated"]


class Students(Portrayed[Student, NewStudent, StudentChange], ManyStudents):
    """Students of the school."""

    _new, _change = new_student, student_change

    def list(
        self,
        *,
        ids: Iterable[str | int] | None = None,
        archived: bool | None = None,
        status: StudentStatus | None = None,
        year_group_ids: Iterable[str | int] | None = None,
        homeroom_advisor_ids: Iterable[str | int] | None = None,
        q: str | None = None,
        modified_since: datetime | None = None,
        deleted_since: datetime | None = None,
        per_page: int | None = None,
    ) -> Pages[Student]:
        """List all students that match every filter. Vendor page: "Get all Students".

        :param ids: only these students, any number.
        :param archived: list only archived students, or only active ones. By default both.
        :param status: only ``enrolled``, ``withdrawn`` or ``graduated`` students.
        :param year_group_ids: only students of these year groups, any number.
        :param homeroom_advisor_ids: only students of these advisors, any number.
        :param q: text to search for in the names, email address and ``student_id``.
        :param modified_since: only students who were changed since this time, which needs a time
            zone. See also :meth:`changes`.
        :param deleted_since: list students who were deleted since this time (with a time zone)
            instead of current ones.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: a time has no time zone, or a list of ids is empty.
        """
        return self._list_people(
            ids=ids,
            archived=archived,
            status=status,
            q=q,
            modified_since=modified_since,
            deleted_since=deleted_since,
            per_page=per_page,
            filters=(
                repeated("year_group_ids[]", year_group_ids),
                repeated("homeroom_advisor_ids[]", homeroom_advisor_ids),
            ),
        )

    async def archive(
        self,
        student_id: str | int,
        *,
        withdrawn_on: date | str | None = None,
        graduated_on: date | str | None = None,
    ) -> None:
        """Archive a student, which removes them from classes, groups and year groups. Vendor page:
        "Archive a Student".

        :param withdrawn_on: the day on which the student left without graduating.
        :param graduated_on: the day on which the student graduated. Pass exactly one of the two.
        :raises InvalidInput: neither day was passed, or both.
        :raises NotFound: there is no such student.
        """
        days = {"withdrawn_on": withdrawn_on, "graduated_on": graduated_on}
        given = {name: day for name, day in days.items() if day is not None}
        body = archived_student({"id": 0, **given})
        del body["id"]
        await self._put_state(student_id, "/archive", body)

    async def memberships(
        self, student_id: str | int, *, archived: bool = False
    ) -> StudentMemberships:
        """Get the classes, groups and year groups of a student. Vendor page: "Get a Student's
        memberships".

        :param archived: return only archived classes and groups, instead of only active ones.
        :raises NotFound: there is no such student.
        """
        path = self._path(student_id, "/memberships")
        query = query_params(archived="true" if flag("archived", archived) == "1" else None)
        return await self._get(path, StudentMemberships, query=query, envelope_key="memberships")
