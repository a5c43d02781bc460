"""The rows of a file, looked at before any is sent."""

from __future__ import annotations

import asyncio
import re
from array import array
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

import attrs

from ...errors import InvalidInput
from ...outcome import RowError
from ...records.ids import ExactId, fault_of_id, fault_of_value, seems
from ..wording import listed
from .columns import Columns
from .table import Table

#: How many rows are looked at before Ctrl-C and the screen have their turn.
_STRETCH = 2000
#: How many rows with one key are named.
_MOST_NAMED = 5
#: A long number as a spreadsheet shows it, and writes it into a CSV file: its end is lost.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


@attrs.frozen
class InputRow:
    """A row of the file: its number as a spreadsheet shows it, and what it says or lacks."""

    row: int
    key: tuple[str, ...] = attrs.field(repr=False)
    values: Mapping[str, str] = attrs.field(repr=False)
    error: RowError | None = None

    @property
    def name(self) -> str:
        """The key, as the results file shows it."""
        return "/".join(self.key)


@attrs.define
class Checked:
    """What a look at the whole file found. ``rejected`` is by row number; ``rounded`` are the rows
    whose key looks as if a spreadsheet had rounded it."""

    rows: int = 0
    rounded: list[int] = attrs.field(factory=list)
    rejected: dict[int, RowError] = attrs.field(factory=dict)

    @property
    def good(self) -> int:
        """How many rows can be sent."""
        return self.rows - len(self.rejected)


def read_lines(table: Table, columns: Columns, key: Sequence[str]) -> Iterator[InputRow]:
    """Each row that is not blank; one that can't be read as a row has an ``error``, and no key."""
    for row, cells in table.rows():
        values = columns.row(cells)
        if isinstance(values, RowError):
            yield InputRow(row, (), {}, values)
        else:
            yield InputRow(row, tuple(values.get(field, "") for field in key), values)


async def check(
    table: Table,
    columns: Columns,
    *,
    key: Sequence[str],
    same: Callable[[tuple[str, ...]], Hashable],
    check_row: Callable[[Mapping[str, str]], None],
) -> Checked:
    """Look at every row. Rows whose keys look the same are all rejected: nothing tells which is
    meant. So is a row whose key can be nobody's, such as #N/A.

    Keeps the keys in memory, and nothing else of the good rows.
    """
    checked = Checked()
    first: dict[Hashable, int] = {}
    doubled: dict[Hashable, list[int]] = {}
    for line in read_lines(table, columns, key):
        checked.rows += 1
        if checked.rows % _STRETCH == 0:
            await asyncio.sleep(0)
        if all(line.key) and line.key and not any(map(_no_id, line.key)):
            named = same(tuple(map(seems, line.key)))
            earlier = first.setdefault(named, line.row)
            if earlier != line.row:
                doubled.setdefault(named, [earlier]).append(line.row)
        error = (
            line.error
            or _complaint(check_row, line.values, columns.called)
            or _fault_of_key(line, key, columns.called)
        )
        if error is None and any(map(_ROUNDED.fullmatch, line.key)):
            checked.rounded.append(line.row)
        if error is not None:
            checked.rejected[line.row] = error
    for rows in doubled.values():
        error = RowError("duplicate", f"rows {_some(rows)} have the same {listed(key)}")
        checked.rejected.update(dict.fromkeys(rows, error))
    return checked


def _no_id(cell: str) -> bool:
    return not isinstance(cell, ExactId) and fault_of_value(cell) is not None


def _fault_of_key(line: InputRow, key: Sequence[str], called: Mapping[str, str]) -> RowError | None:
    """What is wrong with the row's key, whatever the target's own check says of it."""
    faults = {
        called.get(field, field): fault
        for field, cell in zip(key, line.key, strict=True)
        if cell and not isinstance(cell, ExactId) and (fault := fault_of_id(cell))
    }
    if not faults:
        return None
    return RowError(
        "invalid", "; ".join(f"{field}: {why}" for field, why in faults.items()), faults
    )


def _some(rows: list[int]) -> str:
    """The first few of ``rows``: this stands in the results of each of them."""
    if len(rows) <= _MOST_NAMED:
        return listed(rows)
    named = ", ".join(map(str, rows[:_MOST_NAMED]))
    return f"{named} and {len(rows) - _MOST_NAMED:,} more"


def _complaint(
    check_row: Callable[[Mapping[str, str]], None],
    values: Mapping[str, str],
    called: Mapping[str, str],
) -> RowError | None:
    try:
        check_row(values)
    except InvalidInput as invalid:
        fields = {called.get(field, field): why for field, why in invalid.fields.items()}
        message = "; ".join(f"{field}: {why}" for field, why in fields.items())
        return RowError("invalid", message or invalid.what, fields)
    return None


class Feed:
    """The good rows on their way into a bulk. It remembers each until its end is told, and the
    rejected ones between them, so that all can be told in the order of the file."""

    def __init__(self, lines: Iterator[InputRow], rejected: Mapping[int, RowError]) -> None:
        self._lines = lines
        self._rejected = rejected
        self._waiting: deque[InputRow] = deque()
        self._sent_rows = array("L")

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        for line in self._lines:
            error = self._rejected.get(line.row, line.error)
            self._waiting.append(line if error is None else attrs.evolve(line, error=error))
            if error is None:
                self._sent_rows.append(line.row)
                yield line.values

    def row_number(self, index: int) -> int:
        """The number in the file of the row that was sent as number ``index``, counted from 0."""
        return self._sent_rows[index]

    def rejected(self) -> Iterator[InputRow]:
        """The rejected rows before the next one that was sent."""
        while self._waiting and self._waiting[0].error is not None:
            yield self._waiting.popleft()

    def sent(self) -> InputRow:
        """The next one that was sent."""
        return self._waiting.popleft()

    def waiting(self) -> bool:
        """Whether the end of some row was not told yet."""
        return bool(self._waiting)
