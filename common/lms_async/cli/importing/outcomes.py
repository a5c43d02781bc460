"""Match each outcome of a bulk call with its row of the file, and record it."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from ...bulk.bulk import Bulk
from ...bulk.status import BROKEN_OFF
from ...outcome import RowError, Status
from ..files.rows import InputRow
from ..reporting.progress import Change, Progress, reasons
from ..reporting.reporters import Reporter
from ..reporting.results import ResultsFile
from ..wording import listed
from .comparison import Comparison


class PendingRows:
    """Gives the valid rows to a bulk call, and keeps each row until its outcome is recorded.

    It also keeps the rows between them that are not sent, because they are rejected or the vendor
    has them already. So all rows are recorded in the file's order.

    :param rejected: the errors by row number.
    :param comparison: which rows change something at the vendor.
    """

    def __init__(
        self,
        rows: Iterator[InputRow],
        rejected: Mapping[int, RowError],
        comparison: Comparison | None = None,
    ) -> None:
        self._rows = rows
        self._rejected = rejected
        self.comparison = comparison or Comparison()
        self._pending: deque[tuple[InputRow, bool]] = deque()
        self._sent_numbers = array("L")

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        for row in self._rows:
            error = self._rejected.get(row.number, row.error)
            changes = self.comparison.changes.get(row.number) is not Change.UNCHANGED
            sent = error is None and changes
            self._pending.append((row if error is None else attrs.evolve(row, error=error), sent))
            if sent:
                self._sent_numbers.append(row.number)
                yield row.values

    def is_empty(self) -> bool:
        """Return whether all rows that were read have been recorded."""
        return not self._pending

    def number_at(self, index: int) -> int:
        """Return the row number in the file of the sent row ``index``, counted from 0."""
        return self._sent_numbers[index]

    def pop_unsent(self) -> Iterator[InputRow]:
        """Take the rows that stand before the next row that is sent."""
        while self._pending and not self._pending[0][1]:
            yield self._pending.popleft()[0]

    def pop_sent(self) -> InputRow:
        """Take the next row that is sent."""
        return self._pending.popleft()[0]


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
        fields: Collection[str],
        creates: bool = False,
    ) -> None:
        """Create a recorder.

        :param fields: the fields that a row can have.
        :param creates: whether each row that is done is a new record.
        """
        self._fields = fields
        self._creates = creates
        self._pending = pending
        self._progress = progress
        self._results = results
        self._reporter = reporter
        self._vendor = vendor

    async def record_all(self, bulk: Bulk[Any]) -> None:
        """Record every outcome of ``bulk``, which was given the pending rows."""
        try:
            async for outcome in bulk:
                self._record_unsent()
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
            self._record_unsent()
            # Rows without an outcome remain only if the bulk call itself failed. They may have
            # been sent.
            while not self._pending.is_empty():
                status, error = BROKEN_OFF
                self._record(self._pending.pop_sent(), status, error=error)
                self._record_unsent()

    def record_unsent_only(self) -> None:
        """Record the rows of a file if none of them is sent."""
        for _ in self._pending:
            raise AssertionError("a row to send in a file that has none")
        self._record_unsent()

    def _with_row_numbers(self, row: InputRow, error: RowError, other: int) -> RowError:
        """Return ``error`` with the row numbers of the two rows that it concerns."""
        numbers = listed(sorted([row.number, self._pending.number_at(other)]))
        what = "became the same record" if error.code == "same_record" else "have the same key"
        return attrs.evolve(error, message=f"rows {numbers} {what} at the vendor")

    def _record_unsent(self) -> None:
        for row in self._pending.pop_unsent():
            if row.error is not None:
                self._record(row, Status.REJECTED, error=row.error, ours=True)
            else:
                self._record(row, Status.DONE, id=self._pending.comparison.ids.get(row.number))

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
        if error is not None and not ours:
            error = self._with_known_fields(error)
        if error is not None and status is Status.REJECTED:
            self._progress.reasons.update(reasons(error, ours=ours))
            if not ours:
                self._progress.codes.add(error.code)
        if error is not None and status is not Status.SKIPPED:
            vendor = "" if ours else self._vendor
            self._reporter.row(row.number, status, error, vendor=vendor)
        change = self._change(row) if status is Status.DONE and earlier is None else None
        if change is not None:
            self._progress.changes[change] += 1
        self._results.write(row, status, id=id, error=error, earlier=earlier, change=change)

    def _with_known_fields(self, error: RowError) -> RowError:
        """Return a vendor's error with the names of our fields only.

        The names are printed, and another name may contain personal data.
        """
        known = {name: why for name, why in error.fields.items() if name in self._fields}
        return attrs.evolve(error, fields=known)

    def _change(self, row: InputRow) -> Change | None:
        """Return what a row changed that is done, if that is known."""
        return self._pending.comparison.changes.get(
            row.number, Change.CREATED if self._creates else None
        )
