"""Format rows as CSV, as JSON lines, or as a table for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Protocol

import orjson

from ..kinds import Row
from ..reporting.cells import write_cell
from ..wording import escaped_json

#: The byte-order mark by which Excel recognizes UTF-8.
MARK = "\ufeff"


class RowFormat(Protocol):
    """Turns rows into text, block by block."""

    def header(self) -> str:
        """Return the text before the first row."""

    def rows(self, block: Sequence[Row]) -> str:
        """Return the text of some rows."""


class CsvFormat:
    """CSV with a header. No cell can run as a formula or as a terminal command.

    :param columns: the columns, in order.
    :param mark: what comes before the header: :data:`MARK` in files, nothing in pipes.
    """

    def __init__(self, columns: Sequence[str], *, mark: str = "") -> None:
        self._columns = columns
        self._mark = mark

    def header(self) -> str:
        """Return the line with the column names."""
        return self._mark + csv_lines([self._columns])

    def rows(self, block: Sequence[Row]) -> str:
        """Return one line per row."""
        return csv_lines(
            [write_cell(row.get(column, "")) for column in self._columns] for row in block
        )


class JsonFormat:
    """One JSON object per row, with the texts as the vendor has them.

    :param columns: the keys of each object, in order.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def header(self) -> str:
        """Return nothing: JSON lines have no header."""
        return ""

    def rows(self, block: Sequence[Row]) -> str:
        """Return one line per row."""
        objects = ({column: row.get(column, "") for column in self._columns} for row in block)
        return "".join(f"{escaped_json(orjson.dumps(one).decode())}\n" for one in objects)


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells as CSV, each on a line that ends with a line feed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
