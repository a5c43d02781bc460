"""Read the grading periods, grades, attendance and completion of one section.

Vendor pages: Grades, Attendance, Completion.
"""

from __future__ import annotations

from datetime import date

from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params

from .. import models
from .base import PAGE_SIZE, SchoologyResource
from .filters import flags


class SectionRecords(SchoologyResource):
    """The methods of ``schoology.sections`` for the records of one section."""

    def grading_periods(self, section_id: str | int) -> Pages[models.SectionGradingPeriod]:
        """List the grading periods of a section. Vendor page: Grading Periods, "sections".

        :param section_id: Schoology's id of the section.
        """
        return self._list(
            build_path("sections/{section_id:number}/grading_periods", section_id=section_id),
            models.SectionGradingPeriod,
            envelope_key="grading_period",
            perhaps_unpaged=True,
        )

    async def grades(
        self,
        section_id: str | int,
        *,
        assignment_id: str | int | None = None,
        enrollment_id: str | int | None = None,
        timestamp: int | None = None,
    ) -> models.Gradebook:
        """Get the grades of a section. Vendor page: Grades, "list".

        :param assignment_id: only grades of this assignment.
        :param enrollment_id: only grades of this enrollment.
        :param timestamp: only grades changed since this time, in seconds since 1970.
        :raises Forbidden: the account may not see them.
        """
        path = build_path("sections/{section_id:number}/grades", section_id=section_id)
        query = query_params(
            assignment_id=assignment_id, enrollment_id=enrollment_id, timestamp=timestamp
        )
        return await self._get(path, models.Gradebook, query=query, required_key="grades")

    def grade_items(
        self, section_id: str | int, *, with_attachments: bool = False
    ) -> Pages[models.GradeItem]:
        """List the items of a section that can be graded. Vendor page: Grade Items, "list".

        :param with_attachments: include the attachments.
        """
        return self._list(
            build_path("sections/{section_id:number}/grade_items", section_id=section_id),
            models.GradeItem,
            envelope_key="assignment",
            query=flags(with_attachments=with_attachments),
            perhaps_unpaged=True,
        )

    async def grade_item(self, section_id: str | int, grade_item_id: str | int) -> models.GradeItem:
        """Get one item that can be graded. Vendor page: Grade Items, "view".

        :raises NotFound: there is no such item.
        """
        path = build_path(
            "sections/{section_id:number}/grade_items/{grade_item_id:number}",
            section_id=section_id,
            grade_item_id=grade_item_id,
        )
        return await self._get(
            path, models.GradeItem, required_key="id", about=about("id", grade_item_id)
        )

    async def attendance(
        self,
        section_id: str | int,
        *,
        start: date | str | None = None,
        end: date | str | None = None,
        enrollment_id: str | int | None = None,
    ) -> models.Attendance:
        """Get the attendance of a section by day. Vendor page: Attendance, "list".

        :param start: the first day. A string is sent unchanged.
        :param end: the last day. A string is sent unchanged.
        :param enrollment_id: only attendance of this enrollment.
        :raises Forbidden: the account may not see it.
        :raises Gone: the district takes attendance in another application.
        """
        path = build_path("sections/{section_id:number}/attendance", section_id=section_id)
        query = query_params(start=_day(start), end=_day(end), enrollment_id=enrollment_id)
        return await self._get(path, models.Attendance, query=query, required_key="date")

    def completion(
        self, section_id: str | int, *, page_size: int = PAGE_SIZE
    ) -> Pages[models.Completion]:
        """List the progress of each student in a section. Vendor page: Completion, "list".

        :param page_size: students per page, at least 2. Schoology returns at most 200.
        """
        path = build_path("sections/{section_id:number}/completion", section_id=section_id)
        return self._paged(path, models.Completion, envelope_key="completion", page_size=page_size)


def _day(value: date | str | None) -> str | None:
    return date.isoformat(value) if isinstance(value, date) else value
