"""The bulk methods of ``managebac.year_groups``: the students of many year groups.

Vendor page: Year Groups.
"""

from __future__ import annotations

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..models import Student, YearGroup
from .many import GUARD, PAGE
from .places import ManyPlaces, Places
from .sending.year_groups import YearGroupRow, year_group_row


class ManyYearGroups(ManyPlaces):
    """The methods of ``managebac.year_groups`` that take any number of rows."""

    def add_students_many(
        self, rows: Given[YearGroupRow], *, chunk: int = 100, journal: Journal | None = None
    ) -> Bulk[YearGroupRow]:
        """Put students into year groups. ManageBac removes them from their other active year
        groups. Vendor page: "Add students to a year group".

        The students of one year group are sent in one request. Then the students of the year group
        are read, because ManageBac skips unknown students silently. If a response is lost, the
        request is sent again: adding a student twice does no harm.

        :param rows: each with ``year_group_id`` and ``student_id``. A student may appear only once.
        :param chunk: students per request, at least 1; the vendor names no maximum.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._add_places(
            rows,
            "year_groups.add_students_many",
            "year-groups/{id}/add_students",
            self._places(),
            repeatable=True,
            chunk=chunk,
            journal=journal,
        )

    def remove_students_many(
        self,
        rows: Given[YearGroupRow],
        *,
        guard: Guard = GUARD,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[YearGroupRow]:
        """Remove students from year groups. Vendor page: "Remove students from a year group".

        All rows are read before the first request, so that they can be counted. A student who is
        not in the year group is ``done``.

        :param rows: each with ``year_group_id`` and ``student_id``.
        :param guard: how many students may be removed, or which share of all students in year
            groups; 500 by default. If there are more, the bulk raises InvalidInput and sends
            nothing.
        :param chunk: see :meth:`add_students_many`.
        :param journal: see :meth:`add_students_many`.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._remove_places(
            rows,
            "year_groups.remove_students_many",
            "POST",
            "year-groups/{id}/remove_students",
            self._places(),
            guard=guard,
            count=self._count_places,
            repeatable=True,
            chunk=chunk,
            journal=journal,
        )

    def _places(self) -> Places:
        return Places(
            sending=year_group_row,
            group="year_group_id",
            person="student_id",
            ids="student_ids",
            members=self._members_of,
            only_one=True,
        )

    async def _members_of(self, year_group_id: int, students: list[int]) -> set[str]:
        path = build_path("year-groups/{id}/students", id=year_group_id)
        ids = ("student_ids[]", list(map(str, students)))
        found = await self._read(path, Student, envelope_key="students", ids=ids)
        return {student.id for student in found if student.id is not None}

    async def _count_places(self) -> int:
        groups = self._list(
            build_path("year-groups"), YearGroup, envelope_key="year_groups", query=PAGE
        )
        return sum([len(group.student_ids or ()) async for group in groups])
