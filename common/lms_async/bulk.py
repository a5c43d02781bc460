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
    Callable,
    Generator,
    Hashable,
    Iterable,
)
from contextlib import aclosing
from typing import Any, Generic, Protocol, TypeVar, cast

import attrs
import orjson

from .ahead import ahead
from .call import Call
from .errors import ClientUnusable, InvalidInput, LmsError
from .outcome import Outcome, Report, RowError, Status

R = TypeVar("R")

#: How many chunks may be under way: enough for a window of 50 that opens at once.
WIDTH = 64


class Sender(Protocol):
    """The part of the transport that a bulk needs."""

    async def fetch(
        self, call: Call[Any], *, departing: Callable[[], None] | None = None
    ) -> tuple[Any, int]:
        """The checked payload of ``call``, and how many attempts it took.

        :param departing: called when an attempt is about to leave.
        """


@attrs.define(eq=False)
class Row(Generic[R]):
    """A row that passed its check: where it stood, what it was, and what is sent for it."""

    index: int
    item: R = attrs.field(repr=False)
    key: Hashable | None = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)

    @property
    def json(self) -> orjson.Fragment:
        """The row as it stands in a chunk's JSON body, without being encoded again."""
        return orjson.Fragment(self.body)


@attrs.frozen
class Verdict:
    """What the vendor's answer says of one row."""

    status: Status
    id: str | None = None
    error: RowError | None = None


@attrs.frozen(kw_only=True)
class Batch(Generic[R]):
    """How the rows of one endpoint go over the wire.

    ``prepare`` checks an item and gives the key that the vendor will name it by (or ``None``) and
    what is sent for it; it raises :class:`~lms_async.errors.InvalidInput` for one that can't be.
    ``call`` makes the call for a chunk. ``read`` says, for each row of a chunk in its order, what
    the payload tells of it; ``None`` where it tells nothing.
    ``at_most`` rows and ``max_bytes`` of them go into one chunk.
    """

    prepare: Callable[[R], tuple[Hashable | None, Any]]
    call: Callable[[list[Row[R]]], Call[Any]]
    read: Callable[[Any, list[Row[R]]], list[Verdict | None]]
    at_most: int = 50
    max_bytes: int = 1024 * 1024


@attrs.define(eq=False)
class _Chunk(Generic[R]):
    """A stretch of the input: the rows to send, and the outcomes already known, by position."""

    rows: list[Row[R]] = attrs.field(factory=list)
    known: list[Outcome[R]] = attrs.field(factory=list)
    size: int = 0
    #: The task that sends it, once it has begun; whether it has left; whether it was called back.
    sending: asyncio.Task[Any] | None = None
    departed: bool = False
    recalled: bool = False

    def depart(self) -> None:
        self.departed = True

    def recall(self) -> None:
        """Call it back, if it is being sent: :meth:`Bulk._send` says how its rows end then."""
        if self.sending is not None:
            self.recalled = True
            self.sending.cancel()

    def has_room(self, body: bytes, batch: Batch[R]) -> bool:
        return not self.rows or (
            len(self.rows) < batch.at_most and self.size + len(body) + 1 <= batch.max_bytes
        )


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
        self._sender = sender
        self._items = items
        self._batch = batch
        self._report: Report[R] = Report()
        self._stopping = False
        self._read = False
        self._under_way: dict[Hashable, int] = {}
        self._tasks: dict[asyncio.Task[list[Outcome[R]]], _Chunk[R]] = {}

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
                async for task in departures:
                    for outcome in await task:
                        self._report.add(outcome)
                        yield outcome
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

        async for chunk in self._chunks():
            await places.acquire()
            task = asyncio.create_task(self._settle(chunk))
            self._tasks[task] = chunk
            task.add_done_callback(left)
            yield task
            await asyncio.sleep(0)  # building a chunk is the longest hold of the event loop

    async def _chunks(self) -> AsyncIterator[_Chunk[R]]:
        chunk: _Chunk[R] = _Chunk()
        index = 0
        async for item in _each(self._items):
            checked = self._check(index, item)
            index += 1
            if isinstance(checked, Outcome):
                chunk.known.append(checked)
            else:
                if not chunk.has_room(checked.body, self._batch):
                    yield chunk
                    chunk = _Chunk()
                chunk.rows.append(checked)
                chunk.size += len(checked.body) + 1
            if len(chunk.rows) >= self._batch.at_most or len(chunk.known) >= self._batch.at_most:
                yield chunk
                chunk = _Chunk()
        if chunk.rows or chunk.known:
            yield chunk

    def _check(self, index: int, item: R) -> Row[R] | Outcome[R]:
        try:
            key, body = self._batch.prepare(item)
        except InvalidInput as invalid:
            error = RowError("invalid", _listed(invalid), invalid.fields)
            return Outcome(index, item, Status.REJECTED, error=error)
        if key is not None:
            first = self._under_way.setdefault(key, index)
            if first != index:
                message = f"rows {first} and {index} (counted from 0) have the same key"
                return Outcome(index, item, Status.REJECTED, error=RowError("duplicate", message))
        return Row(index, item, key, orjson.dumps(body))

    async def _settle(self, chunk: _Chunk[R]) -> list[Outcome[R]]:
        """Send ``chunk`` and give the fate of each of its rows, in input order."""
        try:
            sent = await self._send(chunk) if chunk.rows else []
        finally:
            for row in chunk.rows:
                self._under_way.pop(row.key, None)
        if not chunk.known:
            return sent
        return sorted(sent + chunk.known, key=lambda outcome: outcome.index)

    async def _send(self, chunk: _Chunk[R]) -> list[Outcome[R]]:
        rows = chunk.rows
        if self._stopping:
            return _all(rows, Status.SKIPPED, _STOPPED, 0)
        chunk.sending = asyncio.current_task()
        try:
            payload, attempts = await self._sender.fetch(
                self._batch.call(rows), departing=chunk.depart
            )
        except asyncio.CancelledError:
            if not chunk.recalled:
                raise
            if chunk.departed:
                return _all(rows, Status.UNKNOWN, _ABANDONED, 1)
            return _all(rows, Status.SKIPPED, _STOPPED, 0)
        except ClientUnusable:
            raise
        except LmsError as failure:
            error = failure
        else:
            verdicts = self._batch.read(payload, rows)
            return [
                Outcome(row.index, row.item, Status.UNKNOWN, None, _UNMENTIONED, attempts)
                if verdict is None
                else Outcome(
                    row.index, row.item, verdict.status, verdict.id, verdict.error, attempts
                )
                for row, verdict in zip(rows, verdicts, strict=True)
            ]
        finally:
            chunk.sending = None
        if error.stops:
            self._halt(error)
        code = str(getattr(error, "status", "lost" if error.may_have_acted else "stopped"))
        status = (
            Status.UNKNOWN
            if error.may_have_acted
            else Status.SKIPPED
            if error.stops
            else Status.REJECTED
        )
        return _all(rows, status, RowError(code, str(error)), error.attempts)


_STOPPED = RowError("stopped", "the bulk had stopped before this row left")
_ABANDONED = RowError("abandoned", "the bulk was abandoned while this row was on its way")
_UNMENTIONED = RowError("unmentioned", "the vendor's answer does not speak of this row")


def _all(rows: list[Row[R]], status: Status, error: RowError, attempts: int) -> list[Outcome[R]]:
    return [Outcome(row.index, row.item, status, None, error, attempts) for row in rows]


def _listed(invalid: InvalidInput) -> str:
    return "; ".join(f"{name}: {why}" for name, why in invalid.fields.items()) or str(invalid)


async def _each(items: Iterable[R] | AsyncIterable[R]) -> AsyncIterator[R]:
    if hasattr(items, "__aiter__"):
        async for item in cast("AsyncIterable[R]", items):
            yield item
    else:
        for item in items:
            yield item


def match(
    keys: list[Hashable | None], items: list[Any], key_of: Callable[[Any], Hashable | None]
) -> list[Any | None]:
    """The items of an answer in the order of the rows that they speak of.

    By key first. By position only where the item names no key, and only if the answer has exactly
    one item a row and those that name one stand in their places: otherwise nothing says which row
    it means. Two items for one key cancel out.
    """
    named = [key_of(item) for item in items]
    if named == keys:
        return items
    by_key: dict[Hashable, Any] = {}
    for name, item in zip(named, items, strict=True):
        if name is not None:
            by_key[name] = None if name in by_key else item
    found = [by_key.get(key) if key is not None else None for key in keys]
    if len(items) == len(keys) and all(
        name is None or key is None or name == key for name, key in zip(named, keys, strict=True)
    ):
        for position, name in enumerate(named):
            if name is None or keys[position] is None:
                found[position] = items[position]
    return found
