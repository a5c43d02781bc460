"""Deliver one chunk: send it, note it in the journal, and cancel it when the bulk stops.

``sending.py`` handles failures: it halves the chunk, sends rows again, or looks them up.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Generic, TypeVar

from ..errors import JournalFailed, LmsError
from ..journal.journal import OpenJournal
from ..outcome import Outcome, Status
from .chunks import Chunk
from .results import all_alike
from .rows import Rows
from .run import BulkRun
from .sending import RowSender
from .status import SENT_BEFORE, STOPPED, of_cancelled

R = TypeVar("R")


class Delivery(Generic[R]):
    """The delivery of ``chunk``. It is notified of the attempts of its own calls, see
    :class:`~lms_async.http.call.AttemptObserver`."""

    def __init__(self, run: BulkRun[R], chunk: Chunk[R]) -> None:
        self._run = run
        self._rows = chunk.rows
        self._known = chunk.known
        #: Whether a request with these rows was sent, so that the vendor may have acted on it.
        self.is_sent = False
        #: See :class:`~lms_async.bulk.sending.ChunkObserver`.
        self.response_lost = False
        self.has_response = False
        # The task that sends the chunk, and whether it was cancelled by `cancel`.
        self._task: asyncio.Task[Any] | None = None
        self._is_cancelled = False
        # The chunk's number in the journal, and a future that is done when its outcomes are on the
        # disk.
        self._number: int | None = None
        self._written: asyncio.Future[None] | None = None

    async def outcomes(self) -> list[Outcome[R]]:
        """Send the chunk.

        :returns: one outcome per row, in input order.
        """
        if not self._rows:
            return self._known
        outcomes = await self._send()
        if self._run.records is not None:
            self._run.records.check(outcomes)
        if self._run.journal is not None:
            outcomes = _with_sent_before(self._rows, outcomes)
            self._note_outcomes(self._run.journal, outcomes)
        return outcomes

    def cancel(self) -> None:
        """Cancel the delivery, if it is under way. Rows that were sent are then ``unknown``."""
        if self._task is not None:
            self._is_cancelled = True
            self._task.cancel()

    async def wait_written(self) -> None:
        """Wait until the outcomes are on the disk. They must not be shown to the caller before.

        If they can't be written, the bulk stops. The journal still says that the rows were sent.
        """
        if self._written is None:
            return
        try:
            await self._written
        except JournalFailed as failed:
            self.end_bulk(failed)

    async def before_send(self) -> None:
        """Note in the journal that the chunk is about to be sent."""
        if self._run.breaker.is_open:  # this prevents retries too
            raise self._run.breaker.error()
        journal = self._run.journal
        if journal is not None and self._number is None:
            # Set the number before the write. If the chunk is cancelled during the write, the
            # journal may say that it was sent, and must be corrected with its outcomes.
            self._number = journal.number()
            await journal.sent(self._number, self._rows)
        self.is_sent = True

    def lost(self) -> None:
        """Record that an attempt was sent and its response was lost."""
        self.response_lost = True

    def will_retry(self) -> None:
        """Record that the vendor did nothing and a retry is scheduled. Cancel it if the bulk has
        stopped."""
        if self.has_response:
            return
        self.is_sent = False
        if self._run.is_stopping:
            self.cancel()

    def end_bulk(self, error: LmsError) -> None:
        """Stop the bulk, because every other row would fail with ``error`` too."""
        self._task = None  # do not cancel this chunk: its rows end with the error as the reason
        self._run.stop(error)

    async def _send(self) -> list[Outcome[R]]:
        if self._run.is_stopping:
            return all_alike(self._rows, Status.SKIPPED, STOPPED)
        self._task = asyncio.current_task()
        try:
            # The sender is not an attribute of the delivery. Otherwise the two would refer to each
            # other, and Python would keep the rows until its next garbage collection.
            sender = RowSender(self._run, self)
            outcomes = await sender.send(self._rows)
            self._count_failure(sender, outcomes)
        except asyncio.CancelledError:
            if not self._is_cancelled:
                raise
        else:
            if self._is_cancelled:
                # An event listener stopped the bulk during the last step. Receive the cancellation
                # here. If it came later, the outcomes would be lost.
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0)
            return outcomes
        finally:
            self._task = None
        return all_alike(self._rows, *of_cancelled(sent=self.is_sent), int(self.is_sent))

    def _count_failure(self, sender: RowSender[R], outcomes: list[Outcome[R]]) -> None:
        """Stop the bulk if too many chunks in a row got no usable response."""
        breaker = self._run.breaker
        if any(outcome.status in (Status.DONE, Status.REJECTED) for outcome in outcomes):
            breaker.record_success()
            return
        why = "" if sender.failure is None else sender.failure.what
        codes = (one.error.code for one in outcomes if one.attempts and one.error is not None)
        if not why and (code := next(codes, None)) is not None:
            why = f"no row is done or rejected ({code})"
        if why and not breaker.is_open:
            breaker.record_failure(why, looked_up=sender.looked_up)
            if breaker.is_open:
                self.end_bulk(breaker.error())

    def _note_outcomes(self, journal: OpenJournal, outcomes: list[Outcome[R]]) -> None:
        """Note the outcomes in the journal, without waiting for the disk."""
        if self._number is None:
            if not self._rows.places_sent_before():
                return
            self._number = journal.number()
            journal.sent(self._number, self._rows)
        self._written = journal.ended(self._number, self._rows, outcomes)


def _with_sent_before(rows: Rows[R], outcomes: list[Outcome[R]]) -> list[Outcome[R]]:
    """Change ``skipped`` to ``unknown`` for rows that an earlier run sent without a response."""
    for place in rows.places_sent_before():
        if outcomes[place].status is Status.SKIPPED:
            index, item = rows.indices[place], rows.items[place]
            status, error = SENT_BEFORE
            outcomes[place] = Outcome(index, item, status, None, error)
    return outcomes
