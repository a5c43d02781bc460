"""Find keys that are in the files more than once, without keeping all keys in memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

import attrs

from ...model import KEY_SEPARATOR
from .row import Row, RowRejected
from .table import Table

_OTHER_VALUES = "other values."


@attrs.define
class Repeat:
    """The rows that have the same key.

    :param table: the table of the first row.
    :param line: the line of the first row.
    :param content: a hash of the first row, so that no row has to be kept.
    :param other: the content of a row that differs from the first; ``None`` if all are equal.
    :param apart: the cells in which the rows may differ, one tuple for rows that agree in them.
    """

    table: Table = attrs.field(repr=False)
    line: int
    content: int
    rows: int = 1
    other: tuple[str, ...] | None = attrs.field(default=None, repr=False)
    apart: tuple[tuple[str, ...], ...] = attrs.field(default=(), repr=False)
    _may_differ: tuple[str, ...] = ()
    _difference: str = attrs.field(default=_OTHER_VALUES, init=False, repr=False)

    @property
    def equal(self) -> bool:
        """Whether the other rows say the same."""
        return self.other is None

    def is_first(self, table: Table, row: Row) -> bool:
        """Return whether a row is the first one."""
        return self.line == row.line and self.table is table

    def place(self, table: Table) -> str:
        """Name the first row for a message about ``table``."""
        return f"line {self.line}" + ("" if self.table is table else f" of {self.table.name}")

    def different(self, table: Table, row: Row, key: str) -> RowRejected:
        """Return why a row is rejected that has the same key as others and differs."""
        other = "another row" if self.is_first(table, row) else self.place(table)
        if self.is_first(table, row):
            self._difference = self._describe(table, row)
        return RowRejected(key, "same_id", f"{other} has the same id and {self._difference}")

    def _describe(self, table: Table, row: Row) -> str:
        """Return in which field the first row and another one differ, and what to do."""
        layout = table.layout
        for field, other in zip(table.compared(self._may_differ), self.other or (), strict=False):
            if row[field] == other:
                continue
            values = f" ({row[field]} and {other})" if field in layout.shown else ""
            text = f"another value of {layout.name(field)}{values}."
            if field in layout.can_be_left_out:
                text += (
                    f" Correct the file. If one of the {layout.kind} may have both values, such as "
                    f"several schools, leave {field} out of the mapping."
                )
            return text
        return _OTHER_VALUES


def find_repeats(
    tables: Sequence[Table],
    key: tuple[str, ...],
    *,
    may_differ: tuple[str, ...] = (),
    fold: Callable[[str], str] = str,
) -> dict[str, Repeat]:
    """Return what several rows of the tables have in common, by key.

    :param key: the fields that make two rows the same record. See :func:`key_in`.
    :param fold: returns the same text for keys that count as equal.
    :param may_differ: fields that do not make two rows different.
    """
    suspects = _repeated_hashes(map(fold, chain.from_iterable(table.keys(key) for table in tables)))
    if not suspects:
        return {}

    found: dict[str, Repeat] = {}
    for table in tables:
        rows = table.contents(key, lambda joined: hash(fold(joined)) in suspects, may_differ)
        for line, joined, values, apart in rows:
            content = hash(values)
            cell = fold(joined)
            repeat = found.get(cell)
            if repeat is None:
                repeat = found[cell] = Repeat(table, line, content, may_differ=may_differ)
            else:
                repeat.rows += 1
                if repeat.other is None and content != repeat.content:
                    repeat.other = values
            if may_differ and apart not in repeat.apart:
                repeat.apart = (*repeat.apart, apart)
    return {cell: repeat for cell, repeat in found.items() if repeat.rows > 1}


def key_in(row: Row, key: tuple[str, ...]) -> str:
    """Return the key of a row, as one text."""
    return row[key[0]] if len(key) == 1 else KEY_SEPARATOR.join(map(row.__getitem__, key))


def rows_once(
    table: Table, key: tuple[str, ...], repeats: Mapping[str, Repeat], *, quiet: bool = False
) -> Iterator[Row]:
    """Yield the rows of a table, each key once.

    Of rows that are equal, the first is given. Rows that have the same key and differ are rejected,
    because nothing says which of them is right.

    :param repeats: what :func:`find_repeats` returned for this table and others.
    :param quiet: whether equal rows are usual, so that they are not reported.
    """
    if not repeats:
        yield from table.rows()
        return
    for row in table.rows():
        repeat = repeats.get(key_in(row, key))
        if repeat is None or (repeat.equal and repeat.is_first(table, row)):
            yield row
        elif not repeat.equal:
            table.reject(row.line, repeat.different(table, row, key[0]))
        elif not quiet:
            text = f"the row is the same as that on {repeat.place(table)}."
            table.accept(row.line, "same_row_twice", text)


def _repeated_hashes(cells: Iterable[str]) -> set[int]:
    """Return the hashes that come more than once.

    A hash takes 8 bytes, and a key ten times as much. Different keys may have the same hash, so a
    second reading compares the keys.
    """
    hashes = sorted(array("q", map(hash, cells)))
    return {one for one, following in pairwise(hashes) if one == following}
