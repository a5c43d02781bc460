"""Many rows over an endpoint that takes a few at a time: one :class:`Outcome` a row, in order.

Rows are checked and cut into chunks by count and by bytes; several chunks are under way at once;
whoever reads the outcomes holds the rest back, so that memory stays bounded however long the input
is. What happened to a chunk as a whole is turned into the fate of each of its rows here, once.
"""

from __future__ import annotations

import asyncio
import warnings
import weakref
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Generator,
    Iterable,
    Sequence,
)
from contextlib import aclosing, suppress
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

from ..errors import InvalidInput, JournalFailed, LmsError
from ..http.prefetch import ahead
from ..journal.entries import Known
from ..journal.journal import SAME, Journal, OpenJournal
from ..outcome import Outcome, Report, RowError, Status
from ..uncut import to_the_end
from .admission import Admission
from .breaker import Breaker
from .chunks import Checked, Chunk, chunks
from .delivery import Delivery, Sender
from .endpoint import BulkEndpoint
from .one_record import OneRecordEach
from .order import InOrder
from .results import all_alike
from .rows import Rows, check_input
from .status import EARLIER, SENT_BEFORE, STOPPED, of_cancelled

R = TypeVar("R")

#: How many chunks may have left, or have ended and wait for one before them: several times as
#: many as are under way, so that one that is late does not hold the others up.
AHEAD = 256


class Bulk(Generic[R]):
    """The work on all rows. It starts when it is first read, and can be read once.

    ``async for outcome in bulk`` gives one outcome a row, in input order and bounded memory;
    ``report = await bulk`` runs to the end and gives the counts and the rows that need a look. A
    task of its own is ``asyncio.ensure_future(bulk)``: it is awaitable, and no coroutine.

    One that is never read sends nothing; it warns by a ``ResourceWarning`` when it is collected,
    unless it was closed.

    A row is never lost: what the vendor did not speak of is ``unknown``, and after an error that
    no other row could escape (credentials, an unreachable host, a limit that asks for more than
    the caller's patience, a vendor that no longer responds) the rest is ``skipped``, unsent.
    """

    def __init__(
        self,
        sender: Sender,
        items: Iterable[R] | AsyncIterable[R],
        endpoint: BulkEndpoint[R],
        *,
        journal: Journal | None = None,
    ) -> None:
        check_input(items)
        if not isinstance(journal, Journal | None):
            raise InvalidInput('a journal is given as Journal("import.db")')
        self._sender = sender
        self._items = items
        self._endpoint = endpoint
        self._journal = journal
        self._book: OpenJournal | None = None
        self._report: Report[R] = Report()
        self._stopping = False
        self._reading: weakref.ref[AsyncGenerator[Outcome[R], None]] | None = None
        self._begun = False
        #: Whether it was neither awaited, iterated nor closed.
        self._unread = True
        self._ended = asyncio.Event()
        self._one_ended = asyncio.Event()
        self._admission: Admission[R] = Admission(endpoint, journaled=journal is not None)
        self._records = OneRecordEach() if endpoint.one_record_each else None
        self._tasks: dict[asyncio.Task[list[Outcome[R]]], Chunk[R]] = {}

    @cached_property
    def _breaker(self) -> Breaker:
        return Breaker(self._sender.max_failed_chunks)

    def __del__(self) -> None:
        # Also called if __init__ raised, before there is anything to warn of.
        if getattr(self, "_unread", False):
            operation = self._endpoint.operation.partition(" ")[0]
            warnings.warn(
                f"the bulk {operation} was never awaited or iterated, so nothing was sent",
                ResourceWarning,
                source=self,
                stacklevel=2,
            )

    def __await__(self) -> Generator[Any, None, Report[R]]:
        return self._run().__await__()

    async def _run(self) -> Report[R]:
        async for _ in self:
            pass
        return self._report

    @property
    def report(self) -> Report[R]:
        """The report of the outcomes that were read so far."""
        return self._report

    def stop(self) -> None:
        """Let nothing more leave. What has left is waited for; the rest ends as ``skipped``."""
        self._stopping = True
        for chunk in self._tasks.values():
            if not chunk.departed:
                chunk.recall()

    def abandon(self) -> None:
        """Stop, and do not wait: rows that have left without an answer end as ``unknown``."""
        self.stop()
        for chunk in self._tasks.values():
            chunk.recall()

    async def open(self) -> None:
        """Open the journal, before the first row is taken: to know that it can be used. Without
        this it is opened when the bulk is first read.

        :raises JournalUnusable: it is in use, of other input, of another account, call or version.
        """
        if self._journal is not None and self._book is None:
            self._book = await self._journal.open(
                account=self._sender.account, operation=self._endpoint.operation
            )

    async def close(self) -> None:
        """Stop, and return when all has ended and the journal is closed: for those who have left
        an ``async for`` early, and want to go on with the same journal at once. Not to be called
        while another task reads: :meth:`stop` is for that."""
        self._unread = False
        self.stop()
        if not self._begun:
            if self._book is not None:
                await self._book.close()
            return
        reading = None if self._reading is None else self._reading()
        if reading is not None:
            with suppress(RuntimeError):  # it is being read, or closed, at this moment
                await reading.aclose()
        await self._ended.wait()

    def _halt(self, chunk: Chunk[R], error: LmsError) -> None:
        """No row could fare better than those of ``chunk``, which end by themselves."""
        self._report.stopped = self._report.stopped or error
        chunk.sending = None
        self.stop()

    def __aiter__(self) -> AsyncIterator[Outcome[R]]:
        if self._reading is not None:
            raise RuntimeError("a bulk is read once: keep its outcomes, or its report")
        self._unread = False
        outcomes = self._outcomes()
        self._reading = weakref.ref(outcomes)
        return outcomes

    async def _outcomes(self) -> AsyncGenerator[Outcome[R], None]:
        self._begun = True
        try:
            await self.open()
            async with aclosing(ahead(self._departures(), AHEAD)) as departures:
                in_order: InOrder[R] = InOrder()
                async for task, chunk in departures:
                    # Not awaited itself: a reader that is cancelled would take the chunk with it.
                    while not task.done():
                        self._one_ended.clear()
                        await self._one_ended.wait()
                    if chunk.written is not None:
                        await self._wait_written(chunk, chunk.written)
                    outcomes = in_order.ready(task.result())
                    del task, chunk  # with their rows, as soon as somebody has read them
                    for outcome in outcomes:
                        self._report.add(outcome)
                        yield outcome
                    outcomes.clear()
        finally:
            await to_the_end(self._end())

    async def _end(self) -> None:
        """Cut off what is still under way; where there is a journal, wait for its answers first."""
        try:
            if self._journal is not None and self._tasks:
                self.stop()
                await asyncio.wait(self._tasks, timeout=self._journal.grace)
        finally:
            for task in self._tasks:
                task.cancel()
            try:
                await asyncio.gather(*self._tasks, return_exceptions=True)
            finally:
                try:
                    if self._book is not None:
                        await self._book.close()
                finally:
                    self._ended.set()

    async def _departures(
        self,
    ) -> AsyncGenerator[tuple[asyncio.Task[list[Outcome[R]]], Chunk[R]], None]:
        """The chunks in input order, each already under way: as many at once as limit and latency
        call for."""

        def ended(task: asyncio.Task[list[Outcome[R]]]) -> None:
            del self._tasks[task]
            self._one_ended.set()
            if not task.cancelled():
                task.exception()  # raised where its outcomes are read, if they still are

        async for chunk in chunks(self._items, self._endpoint, self._ready):
            while len(self._tasks) >= self._sender.width:
                self._one_ended.clear()
                await self._one_ended.wait()
            task = asyncio.create_task(self._settle(chunk))
            self._tasks[task] = chunk
            task.add_done_callback(ended)
            yield task, chunk

    async def _ready(self, first: int, items: list[R]) -> Checked[R]:
        """``items`` as rows to send, and as outcomes of those that are not to be sent."""
        rows, ended = self._admission.check(first, items)
        if self._book is None:
            return rows, ended
        try:
            known = await self._book.recall(rows)
        except JournalFailed as failed:
            self._halt(Chunk(), failed)
            return rows, ended
        if not any(known):
            return rows, ended
        return self._recalled(rows, known, ended)

    def _recalled(
        self, rows: Rows[R], known: Sequence[Known | None], ended: list[Outcome[R]]
    ) -> Checked[R]:
        """``rows`` in the light of what an earlier run has noted of them."""
        places, doubtful = [], []
        for place, (index, one) in enumerate(zip(rows.indices, known, strict=True)):
            if one is None or one.status is None:
                places.append(place)
                doubtful += [] if one is None else [index]
                continue
            key = rows.keys[place]
            self._admission.release([key])
            if self._records is not None and one.status is Status.DONE:
                self._records.note(index, str(key) if one.id == SAME else one.id)
            message, fields = one.reason or (EARLIER, {})
            error = None if one.code is None else RowError(one.code, message, fields)
            id_ = str(key) if one.id == SAME else one.id
            ended.append(Outcome(index, rows.items[place], one.status, id_, error, earlier=one.at))
        rest = rows.at(places)
        rest.doubtful = frozenset(doubtful)
        return rest, sorted(ended, key=lambda outcome: outcome.index)

    async def _settle(self, chunk: Chunk[R]) -> list[Outcome[R]]:
        """Send ``chunk`` and give the fate of each of its rows, in input order."""
        if not chunk.rows:
            return chunk.known
        try:
            outcomes = await self._send(chunk)
            if self._records is not None:
                self._records.check(outcomes)
            if self._book is not None:
                outcomes = _with_doubts(chunk.rows, outcomes)
                self._note(self._book, chunk, outcomes)
            return outcomes
        finally:
            self._admission.release(chunk.rows.keys)

    async def _send(self, chunk: Chunk[R]) -> list[Outcome[R]]:
        if self._stopping:
            return all_alike(chunk.rows, Status.SKIPPED, STOPPED)
        delivery = Delivery(
            self._sender,
            self._endpoint,
            before_send=partial(self._depart, chunk),
            will_retry=partial(self._return, chunk),
            halt=partial(self._halt, chunk),
            stopping=lambda: self._stopping,
        )
        chunk.sending = asyncio.current_task()
        try:
            outcomes = await delivery.outcomes(chunk.rows)
            self._mind_breaker(chunk, delivery, outcomes)
        except asyncio.CancelledError:
            if not chunk.recalled:
                raise
        else:
            if chunk.recalled:  # from within, by a listener: at the task's end it would cost them
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0)
            return outcomes
        finally:
            chunk.sending = None
        return all_alike(chunk.rows, *of_cancelled(sent=chunk.departed), int(chunk.departed))

    def _mind_breaker(
        self, chunk: Chunk[R], delivery: Delivery[R], outcomes: list[Outcome[R]]
    ) -> None:
        """Stop, if too many chunks in a row got no response that settles a row."""
        if any(outcome.status in (Status.DONE, Status.REJECTED) for outcome in outcomes):
            self._breaker.settled()
        elif delivery.failure is not None and not self._breaker.is_open:
            self._breaker.unanswered(delivery.failure.what, looked_up=delivery.looked_up)
            if self._breaker.is_open:
                self._halt(chunk, self._breaker.error())

    async def _depart(self, chunk: Chunk[R]) -> None:
        """Note that ``chunk`` leaves, before it does."""
        if self._breaker.is_open:  # not even a retry of what was sent before it opened
            raise self._breaker.error()
        if self._book is not None and chunk.noted is None:
            # Before it is on the disk: who is recalled meanwhile has not left, which is noted then.
            chunk.noted = self._book.number()
            await self._book.sent(chunk.noted, chunk.rows)
        chunk.departed = True

    def _return(self, chunk: Chunk[R]) -> None:
        """Note that ``chunk`` has not left after all. Who stops need not wait for its turn."""
        chunk.departed = False
        if self._stopping:
            chunk.recall()

    def _note(self, book: OpenJournal, chunk: Chunk[R], outcomes: list[Outcome[R]]) -> None:
        """Note how the rows of ``chunk`` ended; the next one need not wait for the disk."""
        if chunk.noted is None:
            if not chunk.rows.in_doubt():
                return
            chunk.noted = book.number()
            book.sent(chunk.noted, chunk.rows)
        chunk.written = book.ended(chunk.noted, chunk.rows, outcomes)

    async def _wait_written(self, chunk: Chunk[R], written: asyncio.Future[None]) -> None:
        """Wait until the end of ``chunk`` is on the disk, and only then told. If it can't be
        written, what was noted before still holds: it was sent, and nobody knows."""
        try:
            await written
        except JournalFailed as failed:
            self._halt(chunk, failed)


def _with_doubts(rows: Rows[R], outcomes: list[Outcome[R]]) -> list[Outcome[R]]:
    """``outcomes``, of which none says of a row that an earlier run has sent that it was not."""
    for place in rows.in_doubt():
        if outcomes[place].status is Status.SKIPPED:
            index, item = rows.indices[place], rows.items[place]
            outcomes[place] = Outcome(index, item, Status.UNKNOWN, None, SENT_BEFORE)
    return outcomes
