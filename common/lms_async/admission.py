"""Which rows may be sent: those that pass their check, and whose key no other row has."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import count
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

import orjson

from .chunks import Batch, Prepared, Row
from .errors import InvalidInput
from .outcome import Outcome, RowError, Status

R = TypeVar("R")
_key = attrgetter("key")


class Admission(Generic[R]):
    """The check of rows before they are sent. It keeps the keys of those that were let in, until
    :meth:`release`, or for good where a key may stand once in the whole input."""

    def __init__(self, batch: Batch[R]) -> None:
        self._batch = batch
        self._inside: dict[Hashable, int] = {}

    def check(self, first: int, items: list[R]) -> list[Row[R] | Outcome[R]]:
        """``items`` as rows to send, and as outcomes of those that can't be.

        :param first: the index of the first of them.
        """
        prepared = self._batch.prepare(items)
        if set(map(type, prepared)) == {tuple}:  # nothing is wrong with any, as in most blocks
            keys, values = zip(*cast("list[tuple[Hashable | None, Any]]", prepared), strict=True)
            alone = len(set(keys)) == len(keys) and self._inside.keys().isdisjoint(keys)
            if alone and None not in keys and (bodies := _encoded(values)) is not None:
                self._inside.update(zip(keys, count(first), strict=False))
                return list(map(Row, count(first), items, keys, bodies))
        return self._each(first, items, prepared)

    def _each(
        self, first: int, items: list[R], prepared: list[Prepared]
    ) -> list[Row[R] | Outcome[R]]:
        checked: list[Row[R] | Outcome[R]] = []
        for index, (item, one) in enumerate(zip(items, prepared, strict=True), first):
            if isinstance(one, InvalidInput):
                error = RowError("invalid", _listed(one), one.fields)
                checked.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            key, value = one
            try:
                body = orjson.dumps(value)
            except TypeError:  # its text names the value
                error = RowError("invalid", "a value can't be written as JSON")
                checked.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            earlier = index if key is None else self._inside.setdefault(key, index)
            if earlier != index:
                why = f"rows {earlier} and {index} (counted from 0) have the same key"
                error = RowError("duplicate", why)
                checked.append(Outcome(index, item, Status.REJECTED, error=error))
                continue
            checked.append(Row(index, item, key, body))
        return checked

    def release(self, rows: Iterable[Row[R]]) -> None:
        """Let others with the keys of ``rows`` in, which have ended."""
        if not self._batch.distinct:
            for key in map(_key, rows):
                self._inside.pop(key, None)


def _encoded(values: Iterable[Any]) -> list[bytes] | None:
    try:
        return list(map(orjson.dumps, values))
    except TypeError:
        return None


def _listed(invalid: InvalidInput) -> str:
    return "; ".join(f"{name}: {why}" for name, why in invalid.fields.items()) or str(invalid)
