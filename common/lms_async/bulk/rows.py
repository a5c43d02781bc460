"""Rows of a bulk, kept as columns.

A bulk is fast because each step handles a whole column in one call, not one row after the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs
import orjson

from ..errors import InvalidInput

R = TypeVar("R")


def check_input(items: object) -> None:
    """Check that ``items`` is an iterable of rows, and not a text or a single row.

    :raises InvalidInput: it is not.
    """
    one = isinstance(items, str | bytes | bytearray | memoryview | Mapping)
    if one or not isinstance(items, Iterable | AsyncIterable):
        raise InvalidInput("rows must be a list or another iterable of rows, not a text or one row")


@attrs.frozen
class Prepared:
    """Items after the check of their fields.

    For each valid item in order, ``keys`` has the key by which the vendor's response names it (or
    ``None``), and ``values`` has the JSON value to send. ``refused`` has the errors of the other
    items, by their positions.
    """

    keys: list[Hashable | None] = attrs.field(repr=False)
    values: list[Any] = attrs.field(repr=False)
    refused: Mapping[int, InvalidInput] = attrs.field(factory=dict)


def one_by_one(
    prepare: Callable[[R], tuple[Hashable | None, Any]],
) -> Callable[[list[R]], Prepared]:
    """Make a ``BulkEndpoint.prepare`` from a function that checks a single item.

    :param prepare: returns the item's key and its JSON value, or raises InvalidInput.
    """

    def each(items: list[R]) -> Prepared:
        prepared = Prepared([], [], refused := {})
        for place, item in enumerate(items):
            try:
                key, value = prepare(item)
            except InvalidInput as invalid:
                refused[place] = invalid
            else:
                prepared.keys.append(key)
                prepared.values.append(value)
        return prepared

    return each


@attrs.define(eq=False)
class Rows(Generic[R]):
    """Rows that passed their check, as columns.

    ``indices`` are their positions in the input. ``items`` are the rows as the caller passed them.
    ``keys`` are the keys by which the vendor's response names them. ``bodies`` are their JSON.
    ``sent_before`` has the indices of rows that an earlier run sent without getting a response.
    ``tags`` identify the rows in a journal.
    """

    indices: Sequence[int]
    items: list[R] = attrs.field(repr=False)
    keys: list[Hashable | None] = attrs.field(repr=False)
    bodies: list[bytes] = attrs.field(repr=False)
    sent_before: frozenset[int] = attrs.field(default=frozenset(), kw_only=True)
    tags: list[bytes] = attrs.field(factory=list, repr=False, kw_only=True)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def json(self) -> bytes:
        """The JSON of all rows, as one list."""
        return b"[" + b",".join(self.bodies) + b"]"

    @property
    def json_size(self) -> int:
        """The length of :attr:`json` in bytes, for one row or more."""
        return sum(map(len, self.bodies)) + len(self.bodies) + 1

    def at(self, places: Iterable[int]) -> Rows[R]:
        """Return the rows at ``places``, counted from 0 among these rows."""
        picked = list(places)
        indices = [self.indices[place] for place in picked]
        return Rows(
            indices,
            [self.items[place] for place in picked],
            [self.keys[place] for place in picked],
            [self.bodies[place] for place in picked],
            sent_before=self.sent_before and self.sent_before.intersection(indices),
            tags=[self.tags[place] for place in picked] if self.tags else [],
        )

    def add(self, others: Rows[R]) -> None:
        """Append ``others``."""
        indices = self.indices if isinstance(self.indices, list) else list(self.indices)
        indices.extend(others.indices)
        self.indices = indices
        self.items += others.items
        self.keys += others.keys
        self.bodies += others.bodies
        self.sent_before |= others.sent_before
        self.tags += others.tags

    def places_sent_before(self) -> list[int]:
        """Return the places of the rows in ``sent_before``."""
        if not self.sent_before:
            return []
        return [place for place, index in enumerate(self.indices) if index in self.sent_before]


def json_of(rows: Rows[Any]) -> orjson.Fragment:
    """Return the rows as an encoded list, for a request body."""
    return orjson.Fragment(rows.json)
