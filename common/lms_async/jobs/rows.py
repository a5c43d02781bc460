"""Read the rows of a job, and compare them with the rows that it was planned with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from contextlib import aclosing
from datetime import date, time
from hashlib import sha256
from typing import Any, TypeVar

import attrs

from ..bulk.rows import check_input
from ..errors import InvalidInput
from ..records.scalars import UNSET

R = TypeVar("R")

#: After so many rows, the event loop does other work.
_PER_TURN = 500
#: The size of the hash of one row, in bytes.
_HASH = sha256().digest_size


def _plain(value: object) -> object:
    """Return a value that JSON has, for models, mappings and dates."""
    kind: Any = type(value)
    if attrs.has(kind):
        values = {name: getattr(value, name) for name in attrs.fields_dict(kind)}
        return {name: one for name, one in values.items() if one is not UNSET}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    raise TypeError


#: Writes canonical JSON: equal rows have equal texts, with any version of Python.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain)


class RowHashes:
    """The hashes of rows in their order, 32 bytes of memory each."""

    def __init__(self) -> None:
        self._hashes = bytearray()

    def __len__(self) -> int:
        return len(self._hashes) // _HASH

    def add(self, row: object) -> None:
        """Add the SHA-256 hash of the canonical JSON of ``row``.

        :raises InvalidInput: the row can't be written as JSON.
        """
        try:
            text = _CANONICAL.encode(row)
        except (TypeError, ValueError, RecursionError):
            text = None  # the error may quote the row, so it must not be the cause of the next one
        if text is None:
            raise InvalidInput(
                f"row {len(self)} (counted from 0) can't be written as JSON",
                hint="give mappings, models or ids",
            )
        self._hashes += sha256(text.encode("ascii")).digest()

    def of(self, first: int, count: int) -> str:
        """Return one SHA-256 hash of ``count`` rows from ``first``, as 64 hexadecimal digits."""
        return sha256(self._hashes[first * _HASH : (first + count) * _HASH]).hexdigest()


async def in_turns(rows: Iterable[R] | AsyncIterable[R]) -> AsyncGenerator[R, None]:
    """Yield ``rows``, and let the event loop do other work from time to time.

    :raises InvalidInput: it is a text or a single row.
    """
    check_input(rows)
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
        return
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _PER_TURN == 0:
            await asyncio.sleep(0)


async def hashed(
    rows: Iterable[R] | AsyncIterable[R], hashes: RowHashes
) -> AsyncGenerator[R, None]:
    """Yield ``rows``, and add the hash of each to ``hashes``."""
    async with aclosing(in_turns(rows)) as read:
        async for row in read:
            hashes.add(row)
            yield row


async def part_of(rows: Iterable[Any] | AsyncIterable[Any], first: int, end: int) -> list[Any]:
    """Return the rows from ``first`` to before ``end``, or fewer if the input ends before."""
    async with aclosing(in_turns(rows)) as read:
        await next_of(read, first, keep=False)
        return await next_of(read, end - first)


async def next_of(rows: AsyncGenerator[Any, None], count: int, *, keep: bool = True) -> list[Any]:
    """Return the next ``count`` of ``rows``, or fewer if they end before.

    :param keep: whether to return the rows. If not, the list is empty.
    """
    part: list[Any] = []
    for _ in range(count):
        try:
            row = await anext(rows)
        except StopAsyncIteration:
            break
        if keep:
            part.append(row)
    return part
