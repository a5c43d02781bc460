"""Find ids that are in a file more than once, without keeping all ids in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from .table import Table

#: The bits of a Bloom filter with one hash function. At 600,000 ids, it takes some 3,000 of them
#: for repeated by mistake. Those are told apart by a second reading.
_BITS = 1 << 26


@attrs.define
class Repeat:
    """The rows that have the same key.

    :param line: the line of the first row.
    :param content: a hash of the first row, so that no row has to be kept.
    :param equal: whether the other rows say the same.
    :param apart: the cells in which the rows may differ, one tuple for each row.
    """

    line: int
    content: int
    rows: int = 1
    equal: bool = True
    apart: tuple[tuple[str, ...], ...] = attrs.field(default=(), repr=False)


def find_repeats(
    table: Table,
    column: str = "sourcedId",
    *,
    may_differ: tuple[str, ...] = (),
    fold: Callable[[str], str] = str,
) -> dict[str, Repeat]:
    """Return what several rows have in a column, by folded cell.

    :param fold: returns the same text for cells that count as equal.
    :param may_differ: columns that do not make two rows different.
    """
    suspects = _suspects(map(fold, table.cells(column)))
    if not suspects:
        return {}

    found: dict[str, Repeat] = {}
    for row in table.scan(column, lambda cell: fold(cell) in suspects):
        content = hash(
            tuple(
                value
                for name, value in row.values.items()
                if name != "dateLastModified" and name not in may_differ
            )
        )
        cell = fold(row[column])
        repeat = found.get(cell)
        if repeat is None:
            repeat = found[cell] = Repeat(row.line, content)
        else:
            repeat.rows += 1
            repeat.equal = repeat.equal and content == repeat.content
        if may_differ:
            repeat.apart = (*repeat.apart, tuple(row[name] for name in may_differ))
    return {cell: repeat for cell, repeat in found.items() if repeat.rows > 1}


def _suspects(cells: Iterable[str]) -> set[str]:
    """Return the cells that come more than once, and some that do not."""
    seen = bytearray(_BITS >> 3)
    suspects = set()
    for cell in cells:
        place = hash(cell) & (_BITS - 1)
        bit = 1 << (place & 7)
        if seen[place >> 3] & bit:
            suspects.add(cell)
        else:
            seen[place >> 3] |= bit
    return suspects
