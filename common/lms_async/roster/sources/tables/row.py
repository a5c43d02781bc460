"""A row of a file, and what can be read from its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NoReturn

from .cells import Ambiguous, read_date, read_flag, read_list, read_school_year


class RowRejected(Exception):
    """A row cannot be read. It is caught where the rows of the file are read.

    :param orphan: whether it refers to a record that is not in the source.
    """

    def __init__(self, column: str, code: str, text: str, *, orphan: bool = False) -> None:
        self.column = column
        self.code = code
        self.text = text
        self.orphan = orphan
        super().__init__(text)


class RowLeftOut(Exception):
    """A row refers to a record that the mapping leaves out, so the row is left out with it."""


class Row(dict[str, str]):
    """A row of a file: its stripped cells by column, ``""`` if the file lacks the column.

    :param cells: columns and cells.
    :param warn: reports a problem: its line, column, code and text.
    """

    __slots__ = ("_warn", "line", "warned")

    def __init__(
        self,
        line: int,
        cells: Iterable[tuple[str, str]],
        warn: Callable[[int, str, str, str], None],
    ) -> None:
        super().__init__(cells)
        self.line = line
        #: Whether something was reported of the row.
        self.warned = False
        self._warn = warn

    def reject(self, column: str, code: str, text: str, *, orphan: bool = False) -> NoReturn:
        """Give up the row."""
        raise RowRejected(column, code, text, orphan=orphan)

    def warn(self, column: str, code: str, text: str) -> None:
        """Report something that does not keep the row from being read."""
        self.warned = True
        self._warn(self.line, column, code, text)

    def need(self, column: str) -> str:
        """Return a cell that must not be blank."""
        cell = self[column]
        if not cell:
            self.reject(column, "blank", "the cell is blank, and the record needs it.")
        return cell

    def date(self, column: str) -> date | None:
        """Return a date, ``None`` for a blank cell."""
        cell = self[column]
        if not cell:
            return None
        try:
            found, standard = read_date(cell)
        except Ambiguous as why:
            self.reject(column, "date", str(why))
        if not standard:
            self.warn(column, "date_format", "the date is not written as YYYY-MM-DD.")
        return found

    def school_year(self, column: str) -> int | None:
        """Return the year in which a school year ends, ``None`` for a blank cell."""
        try:
            year, standard = read_school_year(self[column])
        except Ambiguous as why:
            self.reject(column, "school_year", str(why))
        if not standard:
            text = "this names two years. The year in which the school year ends is used."
            self.warn(column, "school_year", text)
        return year

    def flag(self, column: str, *, blank: bool) -> bool:
        """Return yes or no; ``blank`` for a blank cell."""
        try:
            return read_flag(self[column], blank=blank)
        except Ambiguous as why:
            self.reject(column, "true_or_false", str(why))

    def list(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell with commas between them."""
        return read_list(self[column])

    def word(self, column: str, words: Mapping[str, str]) -> str:
        """Return a word as the standard writes it. Another word is reported and kept."""
        cell = self[column]
        known = words.get(cell.casefold())
        if known is None and cell:
            self.warn(column, "unknown_word", "the standard does not have this word.")
        return cell if known is None else known
