"""Cutting rows into chunks: by count, by bytes, and by group where not all rows may share one."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Sequence,
)
from enum import Enum
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import attrs

from ..http.call import Call
from ..outcome import AllDone, Outcome, RowError, RowResult
from .rows import Prepared, Rows

R = TypeVar("R")

#: How many chunks may be open at once, waiting for more rows of their groups.
MOST_OPEN = 500
#: How many rows may be taken before a chunk that waits for more of its group goes without them.
MOST_BEHIND = 10_000


class Absent(Enum):
    """The type of :data:`ABSENT` and :data:`DIFFERENT`."""

    ABSENT = "absent"
    DIFFERENT = "different"


#: What a look-up says of a row that did not arrive: it may be sent again.
ABSENT: Final = Absent.ABSENT
#: The same, where it is there in another form, be it from before or because the vendor made
#: something else of it: what is sent again changes it.
DIFFERENT: Final = Absent.DIFFERENT


@attrs.frozen
class Present:
    """What a look-up says of a row whose key is there with other values than were sent, where
    sending it again would change nothing. ``id`` is the vendor's.

    This alone never ends a row as ``rejected``. Vendors trim, normalize, escape, cut and hide
    values, so other values do not prove that somebody else had made the record before.
    """

    id: str | None


#: What a look-up says of one row; ``None`` where it can't tell.
Found = RowResult | Absent | Present | None


@attrs.frozen(kw_only=True)
class BulkEndpoint(Generic[R]):
    """How the rows of one endpoint go over the wire.

    ``prepare`` checks items, several at a time; see :func:`lms_async.bulk.rows.one_by_one`.
    ``call`` makes the call for a chunk. ``read`` says, for each row of a chunk in its order, what
    the payload tells of it, ``None`` where it tells nothing; or that all of them are done.
    ``at_most`` rows and ``max_bytes`` of them go into one chunk. ``distinct``: a key may stand once
    in the whole input, not just once among the rows under way; their keys are then kept.
    ``one_record_each``: two rows that end with one vendor id have changed the same record, so the
    later one is reported as ``unknown``; the ids are then kept, about 150 bytes a row.
    ``path_names_rows``: the URL's path holds an id that the rows gave. ``group`` tells from a row's
    key with which others it may share a chunk, where not all rows may. ``operation`` names the call
    and those of its options that change what it does, for a journal. ``look_up`` asks the vendor
    what became of rows whose answer was lost: a verdict (``done`` where the row is there as sent),
    :data:`ABSENT` where it is certain that it is not there, :data:`DIFFERENT` or :class:`Present`
    where it is there otherwise, ``None`` where that can't be told. ``is_conflict`` tells of a row's
    refusal whether its reason may be that the record exists.
    """

    prepare: Callable[[list[R]], Prepared]
    call: Callable[[Rows[R]], Call[Any]]
    read: Callable[[Any, Rows[R]], AllDone | list[RowResult | None]]
    operation: str
    at_most: int = 50
    max_bytes: int = 1024 * 1024
    distinct: bool = False
    one_record_each: bool = False
    path_names_rows: bool = False
    group: Callable[[Any], Hashable] | None = None
    look_up: Callable[[Rows[R]], Awaitable[list[Found]]] | None = None
    is_conflict: Callable[[RowError], bool] = lambda error: error.code == "409"


@attrs.define(eq=False)
class Chunk(Generic[R]):
    """A stretch of the input: rows to send, or outcomes that are known without sending."""

    rows: Rows[R] = attrs.field(factory=lambda: Rows([], [], [], []))
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

    def take(self, rows: Rows[R], places: Sequence[int], batch: BulkEndpoint[R]) -> int:
        """Take as many of ``rows``, those at ``places``, as there is room for, and at least one if
        it is empty; gives their number."""
        taken = 0
        for place in places:
            size = len(rows.bodies[place]) + 1
            count = len(self.rows) + taken
            if count and (count >= batch.at_most or self.size + size > batch.max_bytes):
                break
            self.size += size
            taken += 1
        self.rows.add(rows.at(places[:taken]))
        return taken


#: Rows to send, and the outcomes of those that are not to be sent, in input order.
Checked = tuple[Rows[R], list[Outcome[R]]]


async def chunks(
    items: Iterable[R] | AsyncIterable[R],
    batch: BulkEndpoint[R],
    check: Callable[[int, list[R]], Awaitable[Checked[R]]],
) -> AsyncIterator[Chunk[R]]:
    """``items``, cut: a chunk goes when it is full, when too many are open, or at the end.

    :param check: sorts some items, given the index of the first of them.
    """
    open_: dict[Hashable, Chunk[R]] = {}
    index = 0
    failure: Exception | None = None
    blocks = _blocks(items, batch.at_most)
    while failure is None:
        # To take and check a block is the longest hold of the event loop. So others have a turn
        # before it; and a second one, in which what they left to do is done: answers that are in
        # are read, and rows that have ended go, before there are more.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        try:
            block = await anext(blocks, None)
        except Exception as broken:  # noqa: BLE001 - raised when the rows before it have ended
            failure = broken
            continue
        if block is None:
            break
        rows, ended = await check(index, block)
        index += len(block)
        size = len(rows.json)
        if len(rows) == batch.at_most and size <= batch.max_bytes and not (batch.group or open_):
            # As it is, as most blocks of a long input that has no faults.
            yield Chunk(rows=rows, size=size)
            continue
        for group, places in _by_group(rows, batch).items():
            while places:
                chunk = open_.setdefault(group, Chunk())
                places = places[chunk.take(rows, places, batch) :]
                if places or len(chunk.rows) >= batch.at_most:
                    yield open_.pop(group)
        if ended:
            yield Chunk(known=ended)
        while open_ and (len(open_) > MOST_OPEN or index - _oldest(open_) > MOST_BEHIND):
            yield open_.pop(next(iter(open_)))
    for chunk in open_.values():
        yield chunk
    if failure is not None:
        raise failure


def _by_group(rows: Rows[Any], batch: BulkEndpoint[Any]) -> dict[Hashable, list[int]]:
    """The places of ``rows`` that may share a chunk."""
    if batch.group is None:
        return {None: list(range(len(rows)))}
    groups: dict[Hashable, list[int]] = {}
    for place, key in enumerate(rows.keys):
        groups.setdefault(batch.group(key), []).append(place)
    return groups


def _oldest(open_: dict[Hashable, Chunk[R]]) -> int:
    """The index of the first row of the chunk that has been open longest."""
    return next(iter(open_.values())).rows.indices[0]


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
