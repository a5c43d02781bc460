"""What the answer to a bulk call says of each row."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

from .chunks import Row
from .outcome import Outcome, RowError, Status, Verdict

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


_UNMENTIONED = RowError("unmentioned", "the vendor's answer does not speak of this row")


def all_alike(
    rows: list[Row[R]], status: Status, error: RowError, attempts: int = 0
) -> list[Outcome[R]]:
    """The outcomes of rows that ended together."""
    return [Outcome(row.index, row.item, status, None, error, attempts) for row in rows]


def all_done(rows: list[Row[R]], ids: Sequence[str | None], attempts: int) -> list[Outcome[R]]:
    """The outcomes of rows that were all done."""
    done = Status.DONE
    return [
        Outcome(row.index, row.item, done, known, None, attempts)
        for row, known in zip(rows, ids, strict=True)
    ]


def outcomes_of(
    rows: list[Row[R]], verdicts: list[Verdict | None], attempts: int
) -> list[Outcome[R]]:
    """The outcomes of rows that were answered; ``None`` is a row that the answer passed over."""
    return [
        Outcome(row.index, row.item, Status.UNKNOWN, None, _UNMENTIONED, attempts)
        if verdict is None
        else Outcome(row.index, row.item, verdict.status, verdict.id, verdict.error, attempts)
        for row, verdict in zip(rows, verdicts, strict=True)
    ]
