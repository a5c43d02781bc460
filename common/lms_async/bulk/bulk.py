"""Send many rows, several per request, and return one :class:`Outcome` per row, in order.

Rows are checked and split into chunks, and several chunks are sent at the same time. The input is
read no faster than the outcomes are, so memory stays bounded for any length of input.
"""

from __future__ import annotations

import asyncio
import warnings
import weakref
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
)
from contextlib import aclosing, suppress
from typing import Any, Generic, Self, TypeVar

import attrs

from ..errors import BulkStopped, InvalidInput
from ..http.prefetch import prefetch
from ..journal.journal import Journal
from ..outcome import Outcome, Report
from ..uncut import to_the_end
from .chunks import chunks
from .converted import FollowUp, converting
from .delivery import Delivery
from .endpoint import BulkEndpoint
from .in_order import InOrder
from .noted import noted, refused
from .row_check import RowCheck
from .rows import Rows, check_input
from .run import BulkRun, Sender

R = TypeVar("R")

#: How many chunks may be under way, or have ended while an earlier one has not. This is several
#: times as many as are under way at once, so that one slow chunk does not delay the others.
MAX_STARTED_CHUNKS = 256


class Bulk(Generic[R]):
    """A bulk operation on any number of rows. It starts when it is first read. Read it only once.

    ``async for outcome in bulk`` yields one outcome per row, in input order and bounded memory.
    ``report = await bulk`` runs to the end, and returns a report with the number of rows by status
    and the rows that are not done. To run it as a task, use ``asyncio.ensure_future(bulk)``: it is
    awaitable, but not a coroutine.

    No row is lost: a row that the vendor's response does not mention is ``unknown``. After an error
    with which all other rows would fail too, the remaining rows are ``skipped`` and not sent. Such
    errors are: refused credentials, an unreachable host, a rate limit with a longer wait than the
    retry policy allows, and a vendor that no longer responds.

    A bulk that is never read sends nothing. Unless it was closed, it warns with a
    ``ResourceWarning`` when it is garbage collected.
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
            raise InvalidInput('journal must be a Journal, such as Journal("import.db")')
        self._run = BulkRun(sender, endpoint)
        self._items = items
        self._endpoint = endpoint
        self._journal = journal
        self._first = 0
        self._row_check = RowCheck(self._run, journaled=journal is not None)
        self._tasks: set[asyncio.Task[list[Outcome[R]]]] = set()
        self._reading: weakref.ref[AsyncGenerator[Outcome[R], None]] | None = None
        self._has_begun = False
        # Whether it was neither awaited, iterated nor closed.
        self._is_unread = True
        self._all_ended = asyncio.Event()
        self._one_ended = asyncio.Event()

    def __del__(self) -> None:
        # Also called if __init__ raised. Then there is nothing to warn about.
        if getattr(self, "_is_unread", False):
            operation = self.operation.partition(" ")[0]
            warnings.warn(
                f"the bulk {operation} was never awaited or iterated, so nothing was sent",
                ResourceWarning,
                source=self,
                stacklevel=2,
            )

    def __await__(self) -> Generator[Any, None, Report[R]]:
        return self._read_all().__await__()

    async def _read_all(self) -> Report[R]:
        async for _ in self:
            pass
        return self.report

    @property
    def report(self) -> Report[R]:
        """A report of the outcomes that were read so far."""
        return self._run.report

    @property
    def operation(self) -> str:
        """The call, and those of its options that change its effect, as a journal notes them."""
        return self._endpoint.operation

    def count_from(self, first: int) -> None:
        """Count rows from ``first`` instead of 0 in outcomes and messages.

        Use this if the rows are a part of a longer input, before the bulk is read.
        """
        self._first = first

    def converting(
        self, to_row: Callable[[Any], R], *, follow_up: FollowUp | None = None
    ) -> Bulk[Any]:
        """Return a bulk over the same items, which converts each item to a row that this one takes.

        Its outcomes have the items, not the rows. Read only the bulk that is returned.

        :param to_row: converts an item. It may raise InvalidInput, which rejects the item, or
            another LmsError, which stops the bulk.
        :param follow_up: see :class:`~lms_async.bulk.endpoint.BulkEndpoint`.
        """
        self._is_unread = False
        endpoint: BulkEndpoint[Any] = attrs.evolve(
            self._endpoint,
            prepare=converting(to_row, self._endpoint.prepare),
            follow_up=follow_up or self._endpoint.follow_up,
        )
        return Bulk(self._run.sender, self._items, endpoint, journal=self._journal)

    async def noted(self) -> AsyncGenerator[Outcome[R], None]:
        """Yield the outcomes that the journal has for the rows, in input order. Nothing is sent.

        With PostgreSQL, this works while another process runs the bulk. Rows that were sent without
        a response yet are ``unknown``. Rows that the next run would send are ``skipped``. Make a
        bulk for this only, since it reads the rows.

        :raises InvalidInput: the bulk has no journal.
        :raises JournalUnusable: the journal can't be read now, or was written for another job,
            account, call or version.
        """
        self._is_unread = False
        if self._journal is None:
            raise InvalidInput("noted() needs a bulk with a journal")
        reader = await self._journal.read(
            account=self._run.sender.account, operation=self.operation
        )
        try:
            async with aclosing(
                noted(self._items, self._endpoint, reader, first=self._first)
            ) as outcomes:
                async for outcome in outcomes:
                    yield outcome
        finally:
            await to_the_end(reader.close())

    async def refused(self) -> AsyncGenerator[Outcome[R], None]:
        """Yield an outcome for each row that our own check rejects. Nothing is sent.

        This includes each row with the same key as an earlier row (``duplicate``). The keys of all
        rows are kept in memory. Make a bulk for this only, since it reads the rows.

        :raises LmsError: what the check needs could not be read.
        """
        self._is_unread = False
        async with aclosing(refused(self._items, self._endpoint, first=self._first)) as outcomes:
            async for outcome in outcomes:
                yield outcome

    def stop(self) -> None:
        """Send nothing more, but wait for responses to requests already sent. The other rows are
        ``skipped``."""
        self._run.stop(BulkStopped("the program called stop()"))

    def abandon(self) -> None:
        """Stop without waiting. Rows that were sent and have no response yet are ``unknown``."""
        self._run.stop(BulkStopped("the program called abandon()"), wait=False)

    async def open(self) -> None:
        """Open the journal before the first row is read, to find out whether it can be used.

        Without this, the journal is opened when the bulk is first read.

        :raises JournalUnusable: the journal is in use, or was written for another job, account,
            call or version.
        """
        if self._journal is not None and self._run.journal is None:
            self._run.journal = await self._journal.open(
                account=self._run.sender.account, operation=self.operation
            )

    async def close(self) -> None:
        """Stop, and return when all chunks have ended and the journal is closed.

        ``async with bulk:`` calls this at the end of its block. Afterwards the same journal can be
        used again, even if an ``async for`` was left early. Do not call it while another task reads
        the bulk; use :meth:`stop` for that.
        """
        self._is_unread = False
        if self._all_ended.is_set():
            return
        self._run.stop(BulkStopped("the program closed the bulk"))
        if not self._has_begun:
            if self._run.journal is not None:
                await self._run.journal.close()
            return
        reading = None if self._reading is None else self._reading()
        if reading is not None:
            with suppress(RuntimeError):  # raised if it is being read or closed at this moment
                await reading.aclose()
        await self._all_ended.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[Outcome[R]]:
        if self._reading is not None:
            raise RuntimeError("a bulk can be read only once; keep its outcomes or its report")
        self._is_unread = False
        outcomes = self._outcomes()
        self._reading = weakref.ref(outcomes)
        return outcomes

    async def _outcomes(self) -> AsyncGenerator[Outcome[R], None]:
        self._has_begun = True
        report = self.report
        try:
            await self.open()
            async with aclosing(prefetch(self._deliveries(), MAX_STARTED_CHUNKS)) as deliveries:
                in_order: InOrder[R] = InOrder(self._first)
                async for task, delivery in deliveries:
                    # Do not await the task: a reader that is cancelled would cancel the task too.
                    while not task.done():
                        self._one_ended.clear()
                        await self._one_ended.wait()
                    if self._journal is not None:
                        await delivery.wait_written()
                    outcomes = in_order.add(task.result())
                    self._run.notify(outcomes)
                    del task, delivery  # they hold the rows: free the memory
                    for outcome in outcomes:
                        report.add(outcome)
                        yield outcome
                    outcomes.clear()
        finally:
            await to_the_end(self._end())

    async def _end(self) -> None:
        """Cancel the chunks that are under way. With a journal, wait for their responses first."""
        try:
            if self._journal is not None and self._tasks:
                self._run.stop(BulkStopped("the program stopped reading the outcomes"))
                await asyncio.wait(self._tasks, timeout=self._journal.grace)
        finally:
            for task in self._tasks:
                task.cancel()
            try:
                await asyncio.gather(*self._tasks, return_exceptions=True)
            finally:
                try:
                    if self._run.journal is not None:
                        await self._run.journal.close()
                finally:
                    self._all_ended.set()

    async def _deliveries(
        self,
    ) -> AsyncGenerator[tuple[asyncio.Task[list[Outcome[R]]], Delivery[R]], None]:
        """Start the deliveries of all chunks in input order. The rate limit and the latency
        determine how many run at the same time."""

        def ended(task: asyncio.Task[list[Outcome[R]]]) -> None:
            self._tasks.remove(task)
            self._one_ended.set()
            if not task.cancelled():
                task.exception()  # retrieved, so that asyncio does not log it; the reader gets it

        pieces = chunks(self._items, self._endpoint, self._row_check.check, first=self._first)
        async for chunk in pieces:
            while len(self._tasks) >= self._run.sender.width:
                self._one_ended.clear()
                await self._one_ended.wait()
            delivery = Delivery(self._run, chunk)
            task = asyncio.create_task(self._deliver(delivery, chunk.rows))
            self._tasks.add(task)
            task.add_done_callback(ended)
            yield task, delivery

    async def _deliver(self, delivery: Delivery[R], rows: Rows[R]) -> list[Outcome[R]]:
        self._run.under_way.add(delivery)
        try:
            return await delivery.outcomes()
        finally:
            self._run.under_way.remove(delivery)
            self._row_check.admission.release(rows.keys)
