"""``schoology.grading_periods``: the grading periods of the school.

``schoology.sections.grading_periods`` lists the grading periods of one section.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/grading-periods
"""

from __future__ import annotations

from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.resource import changes_of

from ..models import GradingPeriod
from .base import PAGE_SIZE, SchoologyResource
from .filters import flags
from .sending.grading_periods import (
    GradingPeriodChange,
    NewGradingPeriod,
    grading_period_change,
    new_grading_period,
)


class GradingPeriods(SchoologyResource):
    """Grading periods of the school."""

    def list(
        self, *, title: str | None = None, startswith: bool = False, page_size: int = PAGE_SIZE
    ) -> Pages[GradingPeriod]:
        """List all grading periods. Vendor page: "list".

        :param title: only the period with this title.
        :param startswith: match all titles that begin with ``title``.
        :param page_size: periods per page, at least 2. Schoology does not document whether this
            list is paged. Both cases work.
        """
        return self._paged(
            build_path("gradingperiods"),
            GradingPeriod,
            envelope_key="gradingperiods",  # plural, unlike the key of every other list
            page_size=page_size,
            query=query_params(title=title) + flags(startswith=startswith),
            perhaps_unpaged=True,
        )

    async def create(self, period: NewGradingPeriod) -> GradingPeriod:
        """Create a grading period. Vendor page: "create".

        :param period: the fields of the period. ``title``, ``start`` and ``end`` are required.
        :returns: the period as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look up the title before you try again.
        """
        body = new_grading_period(period)
        path = build_path("gradingperiods")
        return await self._send("POST", path, body, returns=GradingPeriod, required_key="id")

    async def get(self, period_id: str | int) -> GradingPeriod:
        """Get one grading period. Vendor page: "view".

        :raises NotFound: there is no such period.
        """
        path = build_path("gradingperiods/{period_id:number}", period_id=period_id)
        return await self._get(path, GradingPeriod, required_key="id", about=about("id", period_id))

    async def update(self, period_id: str | int, changes: GradingPeriodChange) -> None:
        """Update one grading period. Vendor page: "update".

        :param changes: only the fields to change.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such period.
        """
        path = build_path("gradingperiods/{period_id:number}", period_id=period_id)
        body = changes_of(grading_period_change, changes, id_=period_id)
        await self._send("PUT", path, body, repeatable=True)

    async def delete(self, period_id: str | int) -> None:
        """Delete one grading period. Vendor page: "delete".

        Before, you must delete its sections or move them to another period.

        :raises NotFound: there is no such period.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        path = build_path("gradingperiods/{period_id:number}", period_id=period_id)
        await self._send("DELETE", path)
