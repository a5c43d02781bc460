"""Match the items of a bulk response to the rows, and create the outcomes of the rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import repeat
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
    return _outcomes(rows, repeat(status), repeat(None), repeat(error), attempts)


def all_done(rows: Rows[R], ids: Sequence[str | None], attempts: int) -> list[Outcome[R]]:
    """Return the outcomes of rows that are all done."""
    return _outcomes(rows, repeat(Status.DONE), ids, repeat(None), attempts)


def outcomes_of(rows: Rows[R], results: list[RowResult | None], attempts: int) -> list[Outcome[R]]:
    """Return the outcomes for the ``results`` of rows; ``None`` is a row without a result."""
    known = [result or UNMENTIONED for result in results]
    statuses = [one.status for one in known]
    outcomes = _outcomes(
        rows, statuses, [one.id for one in known], [one.error for one in known], attempts
    )
    for outcome, one in zip(outcomes, known, strict=True):
        if one.parts:
            outcome.parts = one.parts
    return outcomes


def _outcomes(
    rows: Rows[R],
    statuses: Iterable[Status],
    ids: Iterable[str | None],
    errors: Iterable[RowError | None],
    attempts: int,
) -> list[Outcome[R]]:
    return list(map(Outcome, rows.indices, rows.items, statuses, ids, errors, repeat(attempts)))
