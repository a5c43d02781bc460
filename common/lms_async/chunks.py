"""Cutting rows into chunks: by count, by bytes, and by group where not all rows may share one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Hashable, Iterable
from enum import Enum
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, cast

import attrs
import orjson

from .call import Call
from .errors import InvalidInput
from .outcome import AllDone, Outcome, Verdict

R = TypeVar("R")

#: How many chunks may be open at once, waiting for more rows of their groups.
MOST_OPEN = 500
#: How many rows may be taken before a chunk that waits for more of its group goes without them.
MOST_BEHIND = 10_000


@attrs.define(eq=False)
class Row(Generic[R]):
    """A row that passed its check: where it stood, what it was, and what is sent for it."""

    index: int
    item: R = attrs.field(repr=False)
    key: Hashable | None = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    #: Whether it was sent in an earlier run, and nobody knows what became of it.
    doubtful: bool = False
    #: What a journal knows it by.
    tag: bytes = attrs.field(default=b"", repr=False)

    @classmethod
    def of(cls, index: int, item: R, key: Hashable | None, body: Any) -> Row[R]:
        """A row whose ``body`` is a JSON value; it is encoded here, once."""
        return cls(index, item, key, orjson.dumps(body))


_body = attrgetter("body")


def json_of(rows: Iterable[Row[Any]]) -> orjson.Fragment:
    """The rows as they stand in a chunk's body: a list, whose elements are encoded already."""
    return orjson.Fragment(b"[" + b",".join(map(_body, rows)) + b"]")


class Absent(Enum):
    """The type of :data:`ABSENT`."""

    ABSENT = "absent"


#: What a look-up says of a row that did not arrive: it may be sent again.
ABSENT: Final = Absent.ABSENT

#: A row's key and what is sent for it, or why it can't be sent.
Prepared = tuple[Hashable | None, Any] | InvalidInput


def one_by_one(
    prepare: Callable[[R], tuple[Hashable | None, Any]],
) -> Callable[[list[R]], list[Prepared]]:
    """A ``Batch.prepare`` from a function of one item, which raises InvalidInput."""

    def one(item: R) -> Prepared:
        try:
            return prepare(item)
        except InvalidInput as invalid:
            return invalid

    return lambda items: [one(item) for item in items]


@attrs.frozen(kw_only=True)
class Batch(Generic[R]):
    """How the rows of one endpoint go over the wire.

    ``prepare`` checks items, several at a time, and gives for each what the vendor will name it by
    (or ``None``) and what is sent for it, or the error for one that can't be sent; see
    :func:`one_by_one`.
    ``call`` makes the call for a chunk. ``read`` says, for each row of a chunk in its order, what
    the payload tells of it, ``None`` where it tells nothing; or that all of them are done.
    ``at_most`` rows and ``max_bytes`` of them go into one chunk. ``distinct``: a key may stand once
    in the whole input, not just once among the rows under way; their keys are then kept. ``group``
    tells from a row's key with which others it may share a chunk, where not all rows may.
    ``operation`` names the call and those of its options that change what it does, for a journal.
    ``look_up`` asks the vendor what became of rows whose answer was lost: a verdict, :data:`ABSENT`
    where it is certain that the row is not there, ``None`` where that can't be told.
    """

    prepare: Callable[[list[R]], list[Prepared]]
    call: Callable[[list[Row[R]]], Call[Any]]
    read: Callable[[Any, list[Row[R]]], AllDone | list[Verdict | None]]
    operation: str
    at_most: int = 50
    max_bytes: int = 1024 * 1024
    distinct: bool = False
    group: Callable[[Any], Hashable] | None = None
    look_up: Callable[[list[Row[R]]], Awaitable[list[Verdict | Absent | None]]] | None = None


@attrs.define(eq=False)
class Chunk(Generic[R]):
    """A stretch of the input: rows to send, or outcomes that are known without sending."""

    rows: list[Row[R]] = attrs.field(factory=list)
    known: list[Outcome[R]] = attrs.field(factory=list)
    size: int = 0
    #: The task that sends it, once it has begun; whether it has left; whether it was called back.
    sending: asyncio.Task[Any] | None = None
    departed: bool = False
    recalled: bool = False
    #: Under which number a journal has it, and when how it ended is on the disk.
    noted: int | None = None
    written: asyncio.Future[None] | None = None

    def recall(self) -> None:
        """Call it back, if it is being sent; ``Bulk._send`` says how its rows end then."""
        if self.sending is not None:
            self.recalled = True
            self.sending.cancel()

    def has_room(self, body: bytes, batch: Batch[R]) -> bool:
        """Whether one more row of this ``body`` may go with it."""
        return not self.rows or (
            len(self.rows) < batch.at_most and self.size + len(body) + 1 <= batch.max_bytes
        )


async def chunks(
    items: Iterable[R] | AsyncIterable[R],
    batch: Batch[R],
    check: Callable[[int, list[R]], Awaitable[list[Row[R] | Outcome[R]]]],
) -> AsyncIterator[Chunk[R]]:
    """``items``, cut: a chunk goes when it is full, when too many are open, or at the end.

    :param check: gives, for the index of the first of some items and the items, the rows to send
        or their outcomes.
    """
    open_: dict[Hashable, Chunk[R]] = {}
    index = 0
    failure: Exception | None = None
    blocks = _blocks(items, batch.at_most)
    while failure is None:
        try:
            block = await anext(blocks, None)
        except Exception as broken:  # noqa: BLE001 - raised when the rows before it have ended
            failure = broken
            continue
        if block is None:
            break
        ready = await check(index, block)
        index += len(block)
        await asyncio.sleep(0)  # checking a block is the longest hold of the event loop
        whole = None if batch.group or open_ else _whole(ready, batch)
        if whole is not None:
            yield whole
            continue
        rejected: Chunk[R] = Chunk()
        for checked in ready:
            if isinstance(checked, Outcome):
                rejected.known.append(checked)
                continue
            group = None if batch.group is None else batch.group(checked.key)
            chunk = open_.get(group)
            if chunk is None:
                chunk = open_[group] = Chunk()
            if not chunk.has_room(checked.body, batch):
                yield chunk
                chunk = open_[group] = Chunk()
            chunk.rows.append(checked)
            chunk.size += len(checked.body) + 1
            if len(chunk.rows) >= batch.at_most:
                yield open_.pop(group)
        if rejected.known:
            yield rejected
        while open_ and (len(open_) > MOST_OPEN or index - _oldest(open_) > MOST_BEHIND):
            yield open_.pop(next(iter(open_)))
    for chunk in open_.values():
        yield chunk
    if failure is not None:
        raise failure


def _whole(ready: list[Row[R] | Outcome[R]], batch: Batch[R]) -> Chunk[R] | None:
    """A block that makes a chunk as it is, as those of a long input do that has no faults."""
    if len(ready) != batch.at_most or set(map(type, ready)) != {Row}:
        return None
    rows = cast("list[Row[R]]", ready)
    size = sum(map(len, map(_body, rows))) + len(rows)
    return Chunk(rows=rows, size=size) if size <= batch.max_bytes else None


def _oldest(open_: dict[Hashable, Chunk[R]]) -> int:
    """The index of the first row of the chunk that has been open longest."""
    return next(iter(open_.values())).rows[0].index


async def _blocks(items: Iterable[R] | AsyncIterable[R], size: int) -> AsyncIterator[list[R]]:
    """``items``, several at a time; what was taken before the input raises is given first."""
    block: list[R] = []
    failure: Exception | None = None
    try:
        if hasattr(items, "__aiter__"):
            async for item in items:
                block.append(item)
                if len(block) == size:
                    yield block
                    block = []
        else:
            taken = iter(items)
            while True:
                block.extend(islice(taken, size))  # keeps what came before an exception
                if len(block) < size:
                    break
                yield block
                block = []
    except Exception as broken:  # noqa: BLE001 - the input's own
        failure = broken
    if block:
        yield block
    if failure is not None:
        raise failure
