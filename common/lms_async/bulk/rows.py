"""Rows on their way from the caller's input into a chunk, kept side by side as columns.

What is done to rows is done to a whole column by one call, not to one row after the other: that is
most of what makes a bulk quick.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs
import orjson

from ..errors import InvalidInput

R = TypeVar("R")


def check_input(items: object) -> None:
    """Whether ``items`` can be taken for several rows: not one text or row, and not none at all.

    :raises InvalidInput: they can't.
    """
    one = isinstance(items, str | bytes | bytearray | memoryview | Mapping)
    if one or not isinstance(items, Iterable | AsyncIterable):
        raise InvalidInput("rows are given one by one, e.g. as a list, not as one text or row")


@attrs.frozen
class Prepared:
    """Some items after the check of their fields: of each that can be sent, in their order, the key
    that the vendor will name it by (or ``None``) and the JSON value that is sent for it; of each
    other one, by its place, why not.
    """

    keys: list[Hashable | None] = attrs.field(repr=False)
    values: list[Any] = attrs.field(repr=False)
    refused: Mapping[int, InvalidInput] = attrs.field(factory=dict)


def one_by_one(
    prepare: Callable[[R], tuple[Hashable | None, Any]],
) -> Callable[[list[R]], Prepared]:
    """A ``BulkEndpoint.prepare`` from a function of one item, which gives its key and what is sent
    for it, or raises InvalidInput."""

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
    """Rows that passed their check, side by side: a column for each thing that is known of them.

    ``indices`` is where they stood in the input, ``items`` what they were, ``keys`` what the vendor
    names them by. The JSON that is sent is given as ``bodies``, one for each, or as ``json``, the
    list of all of them; the one is made of the other where it is asked for. ``doubtful`` has the
    indices of those that were sent in an earlier run, and nobody knows what became of them;
    ``tags`` is what a journal knows them by.
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
        """Keep the JSON of all alone, which takes less room than that of each."""
        self._json, self._bodies = self.json, None

    def at(self, places: Iterable[int]) -> Rows[R]:
        """Those at ``places``, counted from 0 among these rows."""
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
        """Put ``others`` behind these."""
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
    """The rows as they stand in a chunk's body: a list that is encoded already."""
    return orjson.Fragment(rows.json)
