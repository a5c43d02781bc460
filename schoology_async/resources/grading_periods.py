"""``schoology.grading_periods``: the grading periods of the school.

``schoology.sections.grading_periods`` lists the grading periods of one section.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/grading-periods
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.resource import Given, changes_of

from ..models import GradingPeriod
from .base import PAGE_SIZE
from .create_each import CreateEach, Key, OneEach, by_name
from .filters import flags
from .sending.grading_periods import (
    GradingPeriodChange,
    NewGradingPeriod,
    grading_period_change,
    new_grading_period,
)


class GradingPeriods(CreateEach):
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

    def create_many(
        self,
        periods: Given[NewGradingPeriod],
        *,
        update_existing: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewGradingPeriod]:
        """Create grading periods, one per request, several requests at once.

        Schoology has no bulk request for grading periods. The existing periods are read first. A
        period exists if one has the same ``title``.

        :param periods: an iterable or async iterable of any length, of models or of mappings with
            the same fields. A row is rejected without being sent if a required field is missing, or
            if an earlier row has the same title.
        :param update_existing: update periods that exist, instead of rejecting them.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.

        If a response is lost, its period is looked up before it is sent again.
        """
        return self._create_each(
            periods,
            "grading_periods.create_many",
            self._one_each(prepare_row),
            update_existing=update_existing,
            journal=journal,
        )

    def _one_each(
        self, prepare: Callable[[Any], tuple[Key, dict[str, Any]]]
    ) -> OneEach[GradingPeriod]:
        """Describe how periods are created. ``prepare`` checks a row, see :class:`OneEach`."""
        return OneEach(
            noun="a grading period with this title",
            prepare=prepare,
            read=self._by_title,
            create=lambda _: build_path("gradingperiods"),
            one=lambda id_: build_path("gradingperiods/{period_id:number}", period_id=id_),
        )

    async def _by_title(self, _: str) -> Mapping[str, Sequence[GradingPeriod]]:
        return by_name((one.title or "", one) for one in await self.list())

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


def prepare_row(item: Any) -> tuple[Key, dict[str, Any]]:
    """Check a new grading period, and return its key and its JSON value.

    :raises InvalidInput: a field is missing or not valid.
    """
    body = new_grading_period(item)
    return ("", str(body["title"])), body
