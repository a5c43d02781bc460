"""Match each outcome of a bulk call with its row of the file, and record it."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from ...bulk.bulk import Bulk
from ...bulk.status import BROKEN_OFF
from ...outcome import RowError, Status
from ..files.rows import InputRow
from ..reporting.progress import Progress, reasons
from ..reporting.reporters import Reporter
from ..reporting.results import ResultsFile
from ..wording import listed


class PendingRows:
    """Gives the valid rows to a bulk call, and keeps each row until its outcome is recorded.

    It also keeps the rejected rows between them, so that all rows are recorded in the file's order.
    """

    def __init__(self, rows: Iterator[InputRow], rejected: Mapping[int, RowError]) -> None:
        self._rows = rows
        self._rejected = rejected
        self._pending: deque[InputRow] = deque()
        self._sent_numbers = array("L")

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        for row in self._rows:
            error = self._rejected.get(row.number, row.error)
            self._pending.append(row if error is None else attrs.evolve(row, error=error))
            if error is None:
                self._sent_numbers.append(row.number)
                yield row.values

    def is_empty(self) -> bool:
        """Return whether all rows that were read have been recorded."""
        return not self._pending

    def number_at(self, index: int) -> int:
        """Return the row number in the file of the valid row ``index``, counted from 0."""
        return self._sent_numbers[index]

    def pop_rejected(self) -> Iterator[InputRow]:
        """Take the rejected rows that stand before the next valid one."""
        while self._pending and self._pending[0].error is not None:
            yield self._pending.popleft()

    def pop_sent(self) -> InputRow:
        """Take the next valid row."""
        return self._pending.popleft()


class OutcomeRecorder:
    """Counts each outcome, writes it to the results file, and reports rows that are not done."""

    def __init__(
        self,
        pending: PendingRows,
        progress: Progress,
        results: ResultsFile,
        reporter: Reporter,
        *,
        vendor: str,
    ) -> None:
        self._pending = pending
        self._progress = progress
        self._results = results
        self._reporter = reporter
        self._vendor = vendor

    async def record_all(self, bulk: Bulk[Any]) -> None:
        """Record every outcome of ``bulk``, which was given the pending rows."""
        try:
            async for outcome in bulk:
                self._record_rejected()
                done_earlier = outcome.status is Status.DONE and outcome.earlier is not None
                self._progress.earlier += done_earlier
                row, error = self._pending.pop_sent(), outcome.error
                if error is not None and error.other_index is not None:
                    error = self._with_row_numbers(row, error, error.other_index)
                self._record(
                    row, outcome.status, id=outcome.id, error=error, earlier=outcome.earlier
                )
                if self._results.failure is not None:
                    bulk.stop()
        finally:
            self._record_rejected()
            # Rows without an outcome remain only if the bulk call itself failed. They may have
            # been sent.
            while not self._pending.is_empty():
                self._record(self._pending.pop_sent(), Status.UNKNOWN, error=BROKEN_OFF)
                self._record_rejected()

    def record_rejected_only(self) -> None:
        """Record the rows of a file in which no row is valid."""
        for _ in self._pending:
            raise AssertionError("a valid row in a file that has none")
        self._record_rejected()

    def _with_row_numbers(self, row: InputRow, error: RowError, other: int) -> RowError:
        """Return ``error`` with the row numbers of the two rows that it concerns."""
        numbers = listed(sorted([row.number, self._pending.number_at(other)]))
        what = "became the same record" if error.code == "same_record" else "have the same key"
        return attrs.evolve(error, message=f"rows {numbers} {what} at the vendor")

    def _record_rejected(self) -> None:
        for row in self._pending.pop_rejected():
            self._record(row, Status.REJECTED, error=row.error, ours=True)

    def _record(
        self,
        row: InputRow,
        status: Status,
        *,
        id: str | None = None,  # noqa: A002 - as the outcome calls it
        error: RowError | None = None,
        ours: bool = False,
        earlier: float | None = None,
    ) -> None:
        self._progress.counts[status] += 1
        if error is not None and status is Status.REJECTED:
            self._progress.reasons.update(reasons(error, ours=ours))
            if not ours:
                self._progress.codes.add(error.code)
        if error is not None and status is not Status.SKIPPED:
            vendor = "" if ours else self._vendor
            self._reporter.row(row.number, status, error, vendor=vendor)
        self._results.write(row, status, id=id, error=error, earlier=earlier)
