"""``managebac.year_groups``. Vendor page: Year Groups."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime

from lms_async.bulk.guard import Guard, check_guard
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path

from ..models import Student, YearGroup, YearGroupAdvisor
from .base import ManageBacResource, whole_ids
from .filters import archived_queries, crossed, list_query, repeated
from .many_year_groups import ManyYearGroups


class YearGroups(ManyYearGroups, ManageBacResource):
    """Year groups. The API can't get, create, change or delete a single year group."""

    def list(
        self,
        *,
        archived: bool | None = False,
        student_ids: Iterable[str | int] | None = None,
        modified_since: datetime | None = None,
        per_page: int | None = None,
    ) -> Pages[YearGroup]:
        """List all year groups that match every filter. Vendor page: "Get all Year Groups".

        The vendor does not list deleted year groups. To find them, compare two whole lists.

        :param archived: list archived year groups instead of active ones; ``None`` for both, which
            takes two lists.
        :param student_ids: only year groups of these students, any number.
        :param modified_since: only year groups that were changed since this time, which needs a
            time zone.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: the time has no time zone.
        """
        return self._list(
            build_path("year-groups"),
            YearGroup,
            envelope_key="year_groups",
            query=list_query(modified_since=modified_since, per_page=per_page),
            filters=crossed(archived_queries(archived), repeated("student_ids[]", student_ids)),
        )

    def students(
        self,
        year_group_id: str | int,
        *,
        student_ids: Iterable[str | int] | None = None,
        per_page: int | None = None,
    ) -> Pages[Student]:
        """List the students of a year group. Vendor page: "Get Students of a Year Group".

        :param student_ids: only these students, any number.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :raises NotFound: there is no such year group.
        """
        return self._list(
            build_path("year-groups/{year_group_id}/students", year_group_id=year_group_id),
            Student,
            envelope_key="students",
            query=list_query(per_page=per_page),
            filters=repeated("student_ids[]", student_ids),
        )

    async def add_students(self, year_group_id: str | int, ids: Iterable[str | int]) -> None:
        """Add students to a year group. Vendor page: "Add Students to a Year Group".

        A student can be in one active year group, so this removes the students from any other
        active one. The vendor ignores unknown ids.

        :raises InvalidInput: there are no ids, or one is not a number.
        :raises NotFound: there is no such year group.
        """
        path = build_path("year-groups/{year_group_id}/add_students", year_group_id=year_group_id)
        await self._change_members("POST", path, "student_ids", ids, repeatable=True)

    async def remove_students(
        self, year_group_id: str | int, ids: Iterable[str | int], *, guard: Guard | None = None
    ) -> None:
        """Remove students from a year group. The vendor ignores students who are not in it. Vendor
        page: "Remove Students from a Year Group".

        :param guard: how many students may be removed, or which share of the year group.
        :raises InvalidInput: there are no ids, one is not a number, or ``guard`` allows fewer.
        :raises NotFound: there is no such year group.
        """
        ids = whole_ids(ids)
        if guard is not None:
            check_guard(guard)

            async def count() -> int:
                return len(await self.students(year_group_id))

            await guard.allow(len(ids), count)
        template = "year-groups/{year_group_id}/remove_students"
        path = build_path(template, year_group_id=year_group_id)
        await self._change_members("POST", path, "student_ids", ids, repeatable=True)

    async def advisors(self, year_group_id: str | int) -> builtins.list[YearGroupAdvisor]:
        """List the advisors of a year group, with their roles. Vendor page: "Get Advisors of a Year
        Group".

        :raises NotFound: there is no such year group.
        """
        path = build_path("year-groups/{year_group_id}/advisors", year_group_id=year_group_id)
        return await self._get_all(path, YearGroupAdvisor, envelope_key="advisors")
