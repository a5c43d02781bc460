"""What the answer to a bulk call says of each row."""

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
    """The items of an answer in the order of the rows that they speak of; ``named`` is what each
    item names.

    By key first. By position only where the item names no key, and only if the answer has exactly
    one item a row and those that name one stand in their places: otherwise nothing says which row
    it means. Two items for one key cancel out.
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


#: The message of a refusal that the vendor gives by its code alone.
NO_REASON = "the vendor gives no reason"


def all_alike(
    rows: Rows[R], status: Status, error: RowError, attempts: int = 0
) -> list[Outcome[R]]:
    """The outcomes of rows that ended together."""
    return _outcomes(rows, repeat(status), repeat(None), repeat(error), attempts)


def all_done(rows: Rows[R], ids: Sequence[str | None], attempts: int) -> list[Outcome[R]]:
    """The outcomes of rows that were all done."""
    return _outcomes(rows, repeat(Status.DONE), ids, repeat(None), attempts)


def outcomes_of(rows: Rows[R], verdicts: list[RowResult | None], attempts: int) -> list[Outcome[R]]:
    """The outcomes of rows that were answered; ``None`` is a row that the answer passed over."""
    told = [verdict or RowResult(Status.UNKNOWN, None, UNMENTIONED) for verdict in verdicts]
    statuses = [one.status for one in told]
    return _outcomes(
        rows, statuses, [one.id for one in told], [one.error for one in told], attempts
    )


def _outcomes(
    rows: Rows[R],
    statuses: Iterable[Status],
    ids: Iterable[str | None],
    errors: Iterable[RowError | None],
    attempts: int,
) -> list[Outcome[R]]:
    return list(map(Outcome, rows.indices, rows.items, statuses, ids, errors, repeat(attempts)))
