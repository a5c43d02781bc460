"""Rows and what became of them, brought together again."""

from __future__ import annotations

from typing import Any

import attrs

from ...bulk.bulk import Bulk
from ...outcome import RowError, Status
from ..files.rows import Feed, InputRow
from ..reporting.progress import Work, reasons
from ..reporting.reporters import Reporter
from ..reporting.results import Results
from ..wording import listed

_BROKEN_OFF = RowError("lost", "the import failed after the row may have been sent")


class Sending:
    """Enters each row of ``feed`` as it ends: counted, in the results file, perhaps on screen."""

    def __init__(
        self, feed: Feed, work: Work, results: Results, say: Reporter, vendor: str
    ) -> None:
        self._feed = feed
        self._work = work
        self._results = results
        self._say = say
        self._vendor = vendor

    async def all(self, bulk: Bulk[Any]) -> None:
        """Read ``bulk``, which was given the feed, to its end."""
        try:
            async for outcome in bulk:
                self._enter_rejected()
                self._work.earlier += outcome.status is Status.DONE and outcome.earlier is not None
                line, error = self._feed.sent(), outcome.error
                if error is not None and error.other_index is not None:
                    error = self._by_row_numbers(line, error, error.other_index)
                self._enter(
                    line, outcome.status, id=outcome.id, error=error, earlier=outcome.earlier
                )
                if self._results.failure is not None:
                    bulk.stop()
        finally:
            self._enter_rejected()
            # Only if the bulk itself failed: what it had taken may have been sent.
            while self._feed.waiting():
                self._enter(self._feed.sent(), Status.UNKNOWN, error=_BROKEN_OFF)
                self._enter_rejected()

    def nothing(self) -> None:
        """Read a feed of rejected rows only."""
        for _ in self._feed:
            raise AssertionError("a good row in a feed that has none")
        self._enter_rejected()

    def _by_row_numbers(self, line: InputRow, error: RowError, other: int) -> RowError:
        """``error`` of two rows, with their numbers in the file."""
        rows = listed(sorted([line.row, self._feed.row_number(other)]))
        what = "became the same record" if error.code == "same_record" else "have the same key"
        return attrs.evolve(error, message=f"rows {rows} {what} at the vendor")

    def _enter_rejected(self) -> None:
        for line in self._feed.rejected():
            self._enter(line, Status.REJECTED, error=line.error, ours=True)

    def _enter(
        self,
        line: InputRow,
        status: Status,
        *,
        id: str | None = None,  # noqa: A002 - as the outcome calls it
        error: RowError | None = None,
        ours: bool = False,
        earlier: float | None = None,
    ) -> None:
        self._work.counts[status] += 1
        if error is not None and status is Status.REJECTED:
            self._work.reasons.update(reasons(error, ours=ours))
            if not ours:
                self._work.codes.add(error.code)
        if error is not None and status is not Status.SKIPPED:
            self._say.row(line.row, status, error, vendor="" if ours else self._vendor)
        self._results.write(line, status, id=id, error=error, earlier=earlier)
