"""Rows of a bulk, kept as columns.

Each step handles a whole column by one call, not one row after the other. This is what makes a
bulk fast.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs
import orjson

from ..errors import InvalidInput

R = TypeVar("R")


def check_input(items: object) -> None:
    """Check that ``items`` are several rows, and not one text or one row.

    :raises InvalidInput: they can't.
    """
    one = isinstance(items, str | bytes | bytearray | memoryview | Mapping)
    if one or not isinstance(items, Iterable | AsyncIterable):
        raise InvalidInput("rows are given one by one, e.g. as a list, not as one text or row")


@attrs.frozen
class Prepared:
    """Items after the check of their fields. ``keys`` and ``values`` have, for each valid item in
    order, the key that the vendor's response names (or ``None``) and the JSON value to send.
    ``refused`` has the error of each other item, by its place.
    """

    keys: list[Hashable | None] = attrs.field(repr=False)
    values: list[Any] = attrs.field(repr=False)
    refused: Mapping[int, InvalidInput] = attrs.field(factory=dict)


def one_by_one(
    prepare: Callable[[R], tuple[Hashable | None, Any]],
) -> Callable[[list[R]], Prepared]:
    """Make a ``BulkEndpoint.prepare`` from a function of one item, which returns its key and its
    JSON value, or raises InvalidInput."""

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

    ``indices`` are their places in the input, ``items`` the rows as they were given, ``keys`` what
    the vendor's response names them by. Their JSON is kept as ``bodies``, one per row, or as
    ``json``, one list; each is made from the other when it is needed. ``doubtful`` has the indices
    of rows that an earlier run sent without a response. ``tags`` identify them in a journal.
    """

    indices: Sequence[int]
    items: list[R] = attrs.field(repr=False)
    keys: list[Hashable | None] = attrs.field(repr=False)
    _bodies: list[bytes] | None = attrs.field(default=None, repr=False)
    _json: bytes | None = attrs.field(default=None, repr=False, kw_only=True)
    doubtful: frozenset[int] = attrs.field(default=frozenset(), kw_only=True)
    tags: list[bytes] = attrs.field(factory=list, repr=False, kw_only=True)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def bodies(self) -> list[bytes]:
        """The JSON of each."""
        if self._bodies is None:
            self._bodies = list(map(orjson.dumps, orjson.loads(self.json)))
        return self._bodies

    @property
    def json(self) -> bytes:
        """The JSON of all, as a list."""
        if self._json is None:
            self._json = b"[" + b",".join(self._bodies or ()) + b"]"
        return self._json

    def pack(self) -> None:
        """Keep only the JSON of all rows, which takes less memory than that of each row."""
        self._json, self._bodies = self.json, None

    def at(self, places: Iterable[int]) -> Rows[R]:
        """Give the rows at ``places``, counted from 0 among these rows."""
        picked = list(places)
        indices = [self.indices[place] for place in picked]
        bodies = self.bodies
        return Rows(
            indices,
            [self.items[place] for place in picked],
            [self.keys[place] for place in picked],
            [bodies[place] for place in picked],
            doubtful=self.doubtful and self.doubtful.intersection(indices),
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
        self.doubtful |= others.doubtful
        self.tags += others.tags

    def in_doubt(self) -> list[int]:
        """The places of those that are doubtful."""
        if not self.doubtful:
            return []
        return [place for place, index in enumerate(self.indices) if index in self.doubtful]


def json_of(rows: Rows[Any]) -> orjson.Fragment:
    """Give the rows as an encoded list, to be put into a request body."""
    return orjson.Fragment(rows.json)
