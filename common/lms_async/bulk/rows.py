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
    ``keys`` are the keys by which the vendor's response names them. Their JSON is kept either as
    ``bodies``, one per row, or as ``json``, one list; each is made from the other when needed.
    ``sent_before`` has the indices of rows that an earlier run sent without getting a response.
    ``tags`` identify the rows in a journal.
    """

    indices: Sequence[int]
    items: list[R] = attrs.field(repr=False)
    keys: list[Hashable | None] = attrs.field(repr=False)
    _bodies: list[bytes] | None = attrs.field(default=None, repr=False)
    _json: bytes | None = attrs.field(default=None, repr=False, kw_only=True)
    sent_before: frozenset[int] = attrs.field(default=frozenset(), kw_only=True)
    tags: list[bytes] = attrs.field(factory=list, repr=False, kw_only=True)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def bodies(self) -> list[bytes]:
        """The JSON of each row."""
        if self._bodies is None:
            self._bodies = list(map(orjson.dumps, orjson.loads(self.json)))
        return self._bodies

    @property
    def json(self) -> bytes:
        """The JSON of all rows, as one list."""
        if self._json is None:
            self._json = b"[" + b",".join(self._bodies or ()) + b"]"
        return self._json

    def pack(self) -> None:
        """Keep only the JSON of all rows, which takes less memory than that of each row."""
        self._json, self._bodies = self.json, None

    def at(self, places: Iterable[int]) -> Rows[R]:
        """Return the rows at ``places``, counted from 0 among these rows."""
        picked = list(places)
        indices = [self.indices[place] for place in picked]
        bodies = self.bodies
        return Rows(
            indices,
            [self.items[place] for place in picked],
            [self.keys[place] for place in picked],
            [bodies[place] for place in picked],
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
        self.bodies.extend(others.bodies)
        self._json = None
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
