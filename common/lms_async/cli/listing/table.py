"""Format rows as a table that fits the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from ..kinds import Row
from ..wording import visible

_GAP = 2
#: No column becomes narrower than this, unless its cells are shorter.
_NARROWEST = 6


class TableFormat:
    """A table. The first block of rows decides how wide the columns are.

    So rows appear while the next ones are still being read, and few of them are in memory. Cells
    that are too long end with ``…``. Columns that do not fit are left out, from the last one on.

    :param columns: the columns, in order.
    :param width: the width of the terminal, in columns.
    """

    def __init__(self, columns: Sequence[str], width: int) -> None:
        self._columns = columns
        self._width = width
        self._widths: list[int] | None = None

    @property
    def left_out(self) -> Sequence[str]:
        """The columns that do not fit."""
        return () if self._widths is None else self._columns[len(self._widths) :]

    def header(self) -> str:
        """Return nothing: the column names come with the first rows, which decide the widths."""
        return ""

    def rows(self, block: Sequence[Row]) -> str:
        """Return one line per row. The first call returns the column names too."""
        cells = [[visible(row.get(column, "")) for column in self._columns] for row in block]
        if self._widths is None:
            wanted = [max(map(cell_len, each)) for each in zip(self._columns, *cells, strict=True)]
            self._widths = fit(wanted, self._width)
            cells = [[*self._columns], *cells]
        return "".join(f"{_line(row, self._widths)}\n" for row in cells)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return as many cells as there are widths, each cut or filled up to its width."""
    shown = (
        set_cell_size(cell, width)
        if cell_len(cell) <= width
        else f"{set_cell_size(cell, width - 1)}…"
        for cell, width in zip(cells, widths, strict=False)
    )
    return (" " * _GAP).join(shown).rstrip()


def fit(wanted: Sequence[int], available: int) -> list[int]:
    """Return the widths of the columns that fit, the widest ones shortened first.

    :param wanted: the width that each column needs.
    :param available: the width of the terminal.
    """
    widths = list(wanted)
    while len(widths) > 1 and _total([min(width, _NARROWEST) for width in widths]) > available:
        widths.pop()
    while _total(widths) > available and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)
