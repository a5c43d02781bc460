"""Decide which rows of the input to send: they pass their check, and have no result yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from ..errors import JournalFailed, LmsError
from ..journal.entries import EarlierResult
from ..outcome import Outcome, Status
from .admission import Admission
from .chunks import Checked
from .noted import earlier_outcome
from .rows import Rows
from .run import BulkRun
from .status import NOT_RECALLED, STOPPED

R = TypeVar("R")


class RowCheck(Generic[R]):
    """Checks rows, and looks them up in the journal.

    :param journaled: see :class:`~lms_async.bulk.admission.Admission`.
    """

    def __init__(self, run: BulkRun[R], *, journaled: bool) -> None:
        self._run = run
        self._begin = run.endpoint.begin
        self.admission: Admission[R] = Admission(run.endpoint, journaled=journaled)

    async def check(self, first: int, items: list[R]) -> Checked[R]:
        """Split ``items`` into rows to send, and outcomes of rows that are not sent."""
        try:
            checked = self.admission.check(first, items)
        except LmsError as failed:  # what the check needs could not be read
            self._run.stop(failed)
            return Rows([], [], [], []), [
                Outcome(index, item, Status.SKIPPED, error=STOPPED)
                for index, item in enumerate(items, start=first)
            ]
        rows, ended = await self._without_known(*checked)
        begin, self._begin = (self._begin, None) if rows else (None, self._begin)
        if begin is not None and not self._run.is_stopping:
            try:
                await begin()
            except LmsError as failed:
                self._run.stop(failed)
        return rows, ended

    async def _without_known(self, rows: Rows[R], ended: list[Outcome[R]]) -> Checked[R]:
        """Move rows that the journal knows to ``ended``."""
        if self._run.journal is None:
            return rows, ended
        try:
            known = await self._run.journal.recall(rows)
        except JournalFailed as failed:
            self._run.stop(failed)
            self.admission.release(rows.keys)
            status, error = NOT_RECALLED
            for index, item in zip(rows.indices, rows.items, strict=True):
                ended.append(Outcome(index, item, status, None, error))
            return rows.at([]), sorted(ended, key=lambda outcome: outcome.index)
        if not any(known):
            return rows, ended
        return self._without_settled(rows, known, ended)

    def _without_settled(
        self, rows: Rows[R], known: Sequence[EarlierResult | None], ended: list[Outcome[R]]
    ) -> Checked[R]:
        """Remove the rows that have a result from an earlier run, and mark the rows that it sent
        without getting a response."""
        places, sent_before = [], []
        for place, (index, one) in enumerate(zip(rows.indices, known, strict=True)):
            if one is None or one.status is None:
                places.append(place)
                sent_before += [] if one is None else [index]
                continue
            key = rows.keys[place]
            self.admission.release([key])
            outcome = earlier_outcome(index, rows.items[place], key, one)
            if self._run.records is not None:
                self._run.records.check([outcome])  # a row of this run may have overwritten it
            ended.append(outcome)
        rest = rows.at(places)
        rest.sent_before = frozenset(sent_before)
        return rest, sorted(ended, key=lambda outcome: outcome.index)
