"""Split the input into chunks, limited by rows and bytes. A chunk has rows of one group only."""

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
from itertools import islice
from typing import Any, Generic, TypeVar

import attrs

from ..outcome import Outcome
from .endpoint import BulkEndpoint
from .rows import Rows

R = TypeVar("R")

#: How many chunks may be incomplete at once, waiting for more rows of their groups.
MOST_OPEN = 500
#: A chunk is sent incomplete after so many further rows of input.
MOST_BEHIND = 10_000


@attrs.define(eq=False)
class Chunk(Generic[R]):
    """Rows to send in one request, or outcomes that are known without sending."""

    rows: Rows[R] = attrs.field(factory=lambda: Rows([], [], [], []))
    known: list[Outcome[R]] = attrs.field(factory=list)
    size: int = 0

    def take(self, rows: Rows[R], places: Sequence[int], endpoint: BulkEndpoint[R]) -> int:
        """Add the rows at ``places`` until the chunk is full. An empty chunk takes at least one.

        :returns: how many rows were added.
        """
        taken = 0
        for place in places:
            size = len(rows.bodies[place]) + 1
            count = len(self.rows) + taken
            if count and (count >= endpoint.max_rows or self.size + size > endpoint.max_bytes):
                break
            self.size += size
            taken += 1
        self.rows.add(rows.at(places[:taken]))
        return taken


#: Rows to send, and the outcomes of rows that are not sent, in input order.
Checked = tuple[Rows[R], list[Outcome[R]]]


async def chunks(
    items: Iterable[R] | AsyncIterable[R],
    endpoint: BulkEndpoint[R],
    check: Callable[[int, list[R]], Awaitable[Checked[R]]],
    *,
    first: int = 0,
) -> AsyncIterator[Chunk[R]]:
    """Split ``items`` into chunks. A chunk is yielded when it is full, when too many chunks are
    incomplete, or at the end.

    :param check: splits items into rows to send and outcomes. Its first argument is the index of
        the first item.
    :param first: the index of the first item of the input.
    """
    open_: dict[Hashable, Chunk[R]] = {}
    index = first
    failure: Exception | None = None
    blocks = _blocks(items, endpoint.max_rows)
    while failure is None:
        # Checking a block blocks the event loop longer than anything else. Before that, other tasks
        # get two turns, so that responses are read and the memory of finished rows is freed first.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        try:
            block = await anext(blocks, None)
        except Exception as broken:  # noqa: BLE001 - raised below, after the rows read before it
            failure = broken
            continue
        if block is None:
            break
        rows, ended = await check(index, block)
        index += len(block)
        size = rows.json_size
        is_full = len(rows) == endpoint.max_rows and size <= endpoint.max_bytes
        if is_full and not (endpoint.group or open_):
            # A full block of valid rows is already a chunk. Most blocks are like this.
            yield Chunk(rows=rows, size=size)
            continue
        for group, places in _by_group(rows, endpoint).items():
            while places:
                chunk = open_.setdefault(group, Chunk())
                places = places[chunk.take(rows, places, endpoint) :]
                if places or len(chunk.rows) >= endpoint.max_rows:
                    yield open_.pop(group)
        if ended:
            yield Chunk(known=ended)
        while open_ and (len(open_) > MOST_OPEN or index - _oldest(open_) > MOST_BEHIND):
            yield open_.pop(next(iter(open_)))
    for chunk in open_.values():
        yield chunk
    if failure is not None:
        raise failure


def _by_group(rows: Rows[Any], endpoint: BulkEndpoint[Any]) -> dict[Hashable, list[int]]:
    """Group the places of ``rows`` that may share a chunk."""
    if endpoint.group is None:
        return {None: list(range(len(rows)))}
    groups: dict[Hashable, list[int]] = {}
    for place, key in enumerate(rows.keys):
        groups.setdefault(endpoint.group(key), []).append(place)
    return groups


def _oldest(open_: dict[Hashable, Chunk[R]]) -> int:
    """Return the index of the first row of the oldest incomplete chunk."""
    return next(iter(open_.values())).rows.indices[0]


async def _blocks(items: Iterable[R] | AsyncIterable[R], size: int) -> AsyncIterator[list[R]]:
    """Yield ``items`` in blocks. If the input raises, the items before the error come first."""
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
    except Exception as broken:  # noqa: BLE001 - the input may raise anything
        failure = broken
    if block:
        yield block
    if failure is not None:
        raise failure
