"""Decide which rows may be sent: rows that pass their check and whose key no other row has."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from itertools import chain, repeat
from typing import Any, Generic, TypeVar

from orjson import Fragment, dumps

from ..journal.tags import CANONICAL
from ..outcome import Outcome, Status
from . import status
from .chunks import Checked
from .endpoint import BulkEndpoint
from .rows import Prepared, Rows

R = TypeVar("R")

_LINE_BREAK = Fragment(b"\n")


class Admission(Generic[R]):
    """Checks rows before they are sent.

    It remembers the keys of admitted rows until :meth:`release`, or for the whole input if a key
    may appear only once in it.

    :param journaled: whether there is a journal. It identifies a row by its JSON, so the JSON is
        written in canonical form: equal rows have equal JSON.
    """

    def __init__(self, endpoint: BulkEndpoint[R], *, journaled: bool = False) -> None:
        self._endpoint = endpoint
        self._option = CANONICAL if journaled else None
        # Split the JSON into rows if a journal or groups need it, or once a row was rejected.
        self._apart = journaled or endpoint.group is not None
        self._inside: dict[Hashable, int] = {}

    def check(self, first: int, items: list[R]) -> Checked[R]:
        """Split ``items`` into rows to send, and outcomes of rejected rows.

        :param first: the index of the first item.
        """
        prepared = self._endpoint.prepare(items)
        keys = prepared.keys
        distinct = set(keys)
        alone = len(distinct) == len(keys) and self._inside.keys().isdisjoint(distinct)
        valid = alone and None not in distinct and not prepared.refused
        indices = range(first, first + len(items))
        if valid and (rows := self._encoded(indices, items, prepared)) is not None:
            # All rows are valid, as in most blocks.
            self._inside.update(zip(keys, indices, strict=True))
            return rows, []
        self._apart = True
        return self._each(first, items, prepared)

    def _encoded(
        self, indices: Sequence[int], items: list[R], prepared: Prepared
    ) -> Rows[R] | None:
        """Encode all items. Return ``None`` if one can't be written as JSON."""
        try:
            if self._apart:
                bodies = dumps_each(prepared.values, self._option)
                return Rows(indices, items, prepared.keys, bodies)
            return Rows(indices, items, prepared.keys, json=dumps(prepared.values))
        except TypeError:
            return None

    def _each(self, first: int, items: list[R], prepared: Prepared) -> Checked[R]:
        indices: list[int] = []
        rows: Rows[R] = Rows(indices, [], [], [])
        ended: list[Outcome[R]] = []
        accepted = zip(prepared.keys, prepared.values, strict=True)
        for place, item in enumerate(items):
            index = first + place
            invalid = prepared.refused.get(place)
            if invalid is not None:
                ended.append(Outcome(index, item, Status.REJECTED, error=status.invalid(invalid)))
                continue
            key, value = next(accepted)
            try:
                body = dumps(value, None, self._option)
            except TypeError:  # not quoted: its text shows the value
                ended.append(Outcome(index, item, Status.REJECTED, error=status.NOT_JSON))
                continue
            earlier = index if key is None else self._inside.setdefault(key, index)
            if earlier != index:
                error = status.duplicate(earlier, index)
                ended.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            indices.append(index)
            rows.items.append(item)
            rows.keys.append(key)
            rows.bodies.append(body)
        return rows, ended

    def release(self, keys: Iterable[Hashable | None]) -> None:
        """Allow other rows with these ``keys`` again, after the rows with these keys have ended."""
        if not self._endpoint.distinct:
            deque(map(self._inside.pop, keys, repeat(None)), maxlen=0)


def dumps_each(values: Sequence[Any], option: int | None) -> list[bytes]:
    """Encode each of ``values`` with orjson.

    One call for all of them takes half as long as one call for each. It puts a line break after
    each value. There is none inside a value, because JSON escapes line breaks in texts.
    """
    lines = dumps(list(chain.from_iterable(zip(values, repeat(_LINE_BREAK)))), None, option)
    return lines[1:-3].split(b",\n,") if values else []
