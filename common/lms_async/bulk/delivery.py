"""Deliver one chunk: send it, note it in the journal, and recall it when the bulk stops."""

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
    """The delivery of ``chunk``. It observes the attempts of its own calls, see
    :class:`~lms_async.http.call.AttemptObserver`."""

    def __init__(self, run: BulkRun[R], chunk: Chunk[R]) -> None:
        self._run = run
        self._rows = chunk.rows
        self._known = chunk.known
        self.sender = RowSender(run, self)
        #: Whether a request with these rows was sent and may have been acted on.
        self.is_sent = False
        #: See :class:`~lms_async.bulk.sending.ChunkObserver`.
        self.response_lost = False
        self.has_response = False
        # The task that may be cancelled to recall the chunk, and whether that was done.
        self._task: asyncio.Task[Any] | None = None
        self._is_recalled = False
        # The chunk's number in the journal, and when its outcomes are on the disk.
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
            outcomes = _with_doubts(self._rows, outcomes)
            self._note_outcomes(self._run.journal, outcomes)
        return outcomes

    def recall(self) -> None:
        """Cancel the delivery, if it is under way. Rows that were sent end as ``unknown``."""
        if self._task is not None:
            self._is_recalled = True
            self._task.cancel()

    async def wait_written(self) -> None:
        """Wait until the outcomes are on the disk: only then may anybody see them. If they can't be
        written, the journal still says that the rows were sent."""
        if self._written is None:
            return
        try:
            await self._written
        except JournalFailed as failed:
            self.end_bulk(failed)

    async def before_send(self) -> None:
        """Note in the journal that the chunk is about to be sent."""
        if self._run.breaker.is_open:  # not even a retry of what was sent before it opened
            raise self._run.breaker.error()
        journal = self._run.journal
        if journal is not None and self._number is None:
            # Set before the write: if the chunk is recalled meanwhile, its outcomes have to be
            # noted, and they say that it was not sent.
            self._number = journal.number()
            await journal.sent(self._number, self._rows)
        self.is_sent = True

    def lost(self) -> None:
        """Remember that an attempt was sent and its response lost."""
        self.response_lost = True

    def will_retry(self) -> None:
        """An attempt did nothing, and a retry is scheduled: not needed if the bulk stops."""
        if self.has_response:
            return
        self.is_sent = False
        if self._run.is_stopping:
            self.recall()

    def end_bulk(self, error: LmsError) -> None:
        """Stop the bulk, because no other row could escape ``error``."""
        self._task = None  # this chunk ends by itself, with the error as its reason
        self._run.stop(error)

    async def _send(self) -> list[Outcome[R]]:
        if self._run.is_stopping:
            return all_alike(self._rows, Status.SKIPPED, STOPPED)
        self._task = asyncio.current_task()
        try:
            outcomes = await self.sender.send(self._rows)
            self._count_failure(outcomes)
        except asyncio.CancelledError:
            if not self._is_recalled:
                raise
        else:
            if self._is_recalled:
                # A listener stopped the bulk during the last step. The cancellation is still to
                # come, and would cost the outcomes if it came later.
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0)
            return outcomes
        finally:
            self._task = None
        return all_alike(self._rows, *of_cancelled(sent=self.is_sent), int(self.is_sent))

    def _count_failure(self, outcomes: list[Outcome[R]]) -> None:
        """Stop the bulk if too many chunks in a row got no usable response."""
        breaker = self._run.breaker
        if any(outcome.status in (Status.DONE, Status.REJECTED) for outcome in outcomes):
            breaker.settled()
            return
        why = "" if self.sender.failure is None else self.sender.failure.what
        codes = (one.error.code for one in outcomes if one.attempts and one.error is not None)
        if not why and (code := next(codes, None)) is not None:
            why = f"it settled none of its rows ({code})"
        if why and not breaker.is_open:
            breaker.unanswered(why, looked_up=self.sender.looked_up)
            if breaker.is_open:
                self.end_bulk(breaker.error())

    def _note_outcomes(self, journal: OpenJournal, outcomes: list[Outcome[R]]) -> None:
        """Note in the journal how the rows ended. The next chunk need not wait for the disk."""
        if self._number is None:
            if not self._rows.in_doubt():
                return
            self._number = journal.number()
            journal.sent(self._number, self._rows)
        self._written = journal.ended(self._number, self._rows, outcomes)


def _with_doubts(rows: Rows[R], outcomes: list[Outcome[R]]) -> list[Outcome[R]]:
    """Report rows that were not sent now, but were sent in an earlier run, as ``unknown``."""
    for place in rows.in_doubt():
        if outcomes[place].status is Status.SKIPPED:
            index, item = rows.indices[place], rows.items[place]
            outcomes[place] = Outcome(index, item, Status.UNKNOWN, None, SENT_BEFORE)
    return outcomes
