"""Many rows over an endpoint that takes a few at a time: one :class:`Outcome` a row, in order.

Rows are checked and cut into chunks by count and by bytes; several chunks are under way at once;
whoever reads the outcomes holds the rest back, so that memory stays bounded however long the input
is. What happened to a chunk as a whole is turned into the fate of each of its rows here, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Generator,
    Hashable,
    Iterable,
    Mapping,
)
from contextlib import aclosing
from typing import Any, Generic, TypeVar

import orjson

from .ahead import ahead
from .chunks import Batch, Chunk, Row, chunks
from .delivery import Delivery, Sender
from .errors import InvalidInput, LmsError
from .outcome import Outcome, Report, RowError, Status
from .verdict import all_alike

R = TypeVar("R")

#: How many chunks may be under way: enough for a window of 50 that opens at once.
WIDTH = 64


class Bulk(Generic[R]):
    """The work on all rows. It starts when it is first read, and can be read once.

    ``async for outcome in bulk`` gives one outcome a row, in input order and bounded memory;
    ``report = await bulk`` runs to the end and gives the counts and the rows that need a look.

    A row is never lost: what the vendor did not speak of is ``unknown``, and after an error that
    no other row could escape (credentials, an unreachable host, a limit that asks for more than
    the caller's patience) the rest is ``skipped``, unsent.
    """

    def __init__(
        self, sender: Sender, items: Iterable[R] | AsyncIterable[R], batch: Batch[R]
    ) -> None:
        if isinstance(items, str | bytes | Mapping):
            raise InvalidInput("rows are given one by one, e.g. as a list, not as one text or row")
        self._sender = sender
        self._items = items
        self._batch = batch
        self._report: Report[R] = Report()
        self._stopping = False
        self._read = False
        self._under_way: dict[Hashable, int] = {}
        self._tasks: dict[asyncio.Task[list[Outcome[R]]], Chunk[R]] = {}

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

    def _halt(self, error: LmsError) -> None:
        self._report.stopped = self._report.stopped or error
        self.stop()

    async def __aiter__(self) -> AsyncIterator[Outcome[R]]:
        if self._read:
            raise RuntimeError("a bulk is read once: keep its outcomes, or its report")
        self._read = True
        try:
            # As many chunks as may be under way, and as many again that wait for one before them.
            async with aclosing(ahead(self._departures(), WIDTH)) as departures:
                early: dict[int, Outcome[R]] = {}  # of chunks whose rows do not stand together
                following = 0
                async for task in departures:
                    for outcome in await task:
                        if outcome.index != following:
                            early[outcome.index] = outcome
                            continue
                        ready: Outcome[R] | None = outcome
                        while ready is not None:
                            following += 1
                            self._report.add(ready)
                            yield ready
                            ready = early.pop(following, None) if early else None
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _departures(self) -> AsyncGenerator[asyncio.Task[list[Outcome[R]]], None]:
        """The chunks in input order, each already under way, at most WIDTH of them at once."""
        places = asyncio.Semaphore(WIDTH)

        def left(task: asyncio.Task[list[Outcome[R]]]) -> None:
            del self._tasks[task]
            places.release()
            if not task.cancelled():
                task.exception()  # raised where its outcomes are read, if they still are

        async for chunk in chunks(self._items, self._batch, self._check):
            await places.acquire()
            task = asyncio.create_task(self._settle(chunk))
            self._tasks[task] = chunk
            task.add_done_callback(left)
            yield task

    def _check(self, first: int, items: list[R]) -> list[Row[R] | Outcome[R]]:
        prepared = self._batch.prepare(items)
        checked: list[Row[R] | Outcome[R]] = []
        for index, (item, one) in enumerate(zip(items, prepared, strict=True), first):
            if isinstance(one, InvalidInput):
                error = RowError("invalid", _listed(one), one.fields)
                checked.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            key, value = one
            try:
                body = orjson.dumps(value)
            except TypeError:  # its text names the value
                error = RowError("invalid", "a value can't be written as JSON")
                checked.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            earlier = index if key is None else self._under_way.setdefault(key, index)
            if earlier != index:
                why = f"rows {earlier} and {index} (counted from 0) have the same key"
                error = RowError("duplicate", why)
                checked.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            checked.append(Row(index, item, key, body))
        return checked

    async def _settle(self, chunk: Chunk[R]) -> list[Outcome[R]]:
        """Send ``chunk`` and give the fate of each of its rows, in input order."""
        if not chunk.rows:
            return chunk.known
        try:
            return await self._send(chunk)
        finally:
            if not self._batch.distinct:
                for row in chunk.rows:
                    self._under_way.pop(row.key, None)

    async def _send(self, chunk: Chunk[R]) -> list[Outcome[R]]:
        if self._stopping:
            return all_alike(chunk.rows, Status.SKIPPED, _STOPPED)
        delivery = Delivery(self._sender, self._batch, departing=chunk.depart, halt=self._halt)
        chunk.sending = asyncio.current_task()
        try:
            return await delivery.outcomes(chunk.rows)
        except asyncio.CancelledError:
            if not chunk.recalled:
                raise
        finally:
            chunk.sending = None
        if chunk.departed:
            return all_alike(chunk.rows, Status.UNKNOWN, _ABANDONED, 1)
        return all_alike(chunk.rows, Status.SKIPPED, _STOPPED)


_STOPPED = RowError("stopped", "the bulk had stopped before this row left")
_ABANDONED = RowError("abandoned", "the bulk was abandoned while this row was on its way")


def _listed(invalid: InvalidInput) -> str:
    return "; ".join(f"{name}: {why}" for name, why in invalid.fields.items()) or str(invalid)
