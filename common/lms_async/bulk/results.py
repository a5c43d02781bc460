"""Match the items of a bulk response to the rows, and create the outcomes of the rows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

from ..outcome import Outcome, RowError, RowResult, Status
from .rows import Rows
from .status import UNMENTIONED

R = TypeVar("R")


def match(
    keys: list[Hashable | None], items: list[Any], named: Sequence[Hashable | None]
) -> list[Any | None]:
    """Return the items of a response in the order of the rows.

    Items are matched by key. An item without a key is matched by position, but only if the response
    has exactly one item per row and all items with a key are at the positions of their rows. If two
    items have the same key, neither is used.

    :param named: the key of each item.
    :returns: one item per row; ``None`` for a row without an item.
    """
    if named == keys:
        return items
    by_key: dict[Hashable, Any] = {}
    for name, item in zip(named, items, strict=True):
        if name is not None:
            by_key[name] = None if name in by_key else item
    found = [by_key.get(key) if key is not None else None for key in keys]
    if len(items) == len(keys) and all(
        name is None or key is None or name == key for name, key in zip(named, keys, strict=True)
    ):
        for position, name in enumerate(named):
            if name is None or keys[position] is None:
                found[position] = items[position]
    return found


#: The message of a row that the vendor rejected with a code and no message.
NO_REASON = "the vendor gives no reason"


def all_alike(
    rows: Rows[R], status: Status, error: RowError, attempts: int = 0
) -> list[Outcome[R]]:
    """Return the same outcome for all ``rows``."""
    return [
        Outcome(index, item, status, None, error, attempts)
        for index, item in zip(rows.indices, rows.items, strict=True)
    ]


def outcomes_of(rows: Rows[R], results: list[RowResult | None], attempts: int) -> list[Outcome[R]]:
    """Return the outcomes for the ``results`` of rows; ``None`` is a row without a result."""
    known = [result or UNMENTIONED for result in results]
    return [
        Outcome(index, item, one.status, one.id, one.error, attempts, None, one.parts)
        for index, item, one in zip(rows.indices, rows.items, known, strict=True)
    ]
