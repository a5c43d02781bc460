"""Decide which rows may be sent: rows that pass their check and whose key no other row has."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from contextlib import suppress
from itertools import repeat
from typing import Generic, TypeVar

from orjson import dumps

from ..journal.tags import CANONICAL
from ..outcome import Outcome, Status
from . import status
from .chunks import Checked
from .endpoint import BulkEndpoint
from .rows import Prepared, Rows

R = TypeVar("R")


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
        if valid:
            with suppress(TypeError):  # a value can't be written as JSON; its row is found below
                bodies = [dumps(value, None, self._option) for value in prepared.values]
                indices = range(first, first + len(items))
                self._inside.update(zip(keys, indices, strict=True))
                return Rows(indices, items, keys, bodies), []
        return self._each(first, items, prepared)

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
