"""Read and check the rows of a file before any is sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import Protocol

import attrs

from ...errors import InvalidInput
from ...outcome import RowError
from ...records.ids import ExactId, fault_of_id, fault_of_value, visible_text
from ..wording import listed
from .columns import Columns
from .table import Table

#: How many rows are checked at a time. In between, the event loop handles Ctrl-C and the screen.
_ROWS_PER_TURN = 2000
#: How many rows with the same key a message lists.
_MAX_NAMED = 5
#: A long number as a spreadsheet writes it into a CSV file. Its last digits are lost.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


#: Returns the fields of a row whose values are not known yet.
Unresolved = Callable[[Mapping[str, str]], Collection[str]]


@attrs.frozen
class InputRow:
    """A row of the file.

    :param number: the row number that a spreadsheet shows.
    :param key: the cells that identify the row.
    :param values: the cells by field, without the empty ones.
    :param error: why the row cannot be read.
    :param identity: the key with the vendor's ids instead of names; by default the key itself.
    """

    number: int
    key: tuple[str, ...] = attrs.field(repr=False)
    values: Mapping[str, str] = attrs.field(repr=False)
    error: RowError | None = None
    identity: tuple[str, ...] = attrs.field(
        default=attrs.Factory(lambda row: row.key, takes_self=True), repr=False
    )

    @property
    def name(self) -> str:
        """The key as the results file shows it."""
        return "/".join(self.key)


@attrs.define
class CheckedRows:
    """The result of checking a whole file.

    :param rows: the number of rows that are imported.
    :param rounded: the numbers of the rows whose key looks like a rounded number.
    :param rejected: the errors by row number.
    """

    rows: int = 0
    rounded: list[int] = attrs.field(factory=list)
    rejected: dict[int, RowError] = attrs.field(factory=dict)

    @property
    def valid(self) -> int:
        """How many rows can be sent."""
        return self.rows - len(self.rejected)


class Translate(Protocol):
    """Replaces names in a row by the vendor's ids."""

    def __call__(self, values: Mapping[str, str]) -> Mapping[str, str] | RowError:
        """Return the row with ids, or what is wrong with it."""

    def fields_after(self, fields: Sequence[str]) -> Sequence[str]:
        """Return the names of ``fields`` after the translation."""


def read_rows(
    table: Table, columns: Columns, key: Sequence[str], translate: Translate | None = None
) -> Iterator[InputRow]:
    """Yield each row that is imported. A row that cannot be read has an ``error`` and no values.

    Blank rows are not imported, nor are those that ``columns`` does not select.

    :param key: the fields that identify a row.
    """
    identity = key if translate is None else translate.fields_after(key)
    for number, cells in table.rows():
        if columns.where and not columns.selects(cells):
            continue
        values: Mapping[str, str] | RowError = columns.row(cells)
        if isinstance(values, RowError):
            yield InputRow(number, (), {}, values)
            continue
        named = tuple(values.get(field, "") for field in key)
        if translate is not None:
            values = translate(values)
            if isinstance(values, RowError):
                yield InputRow(number, named, {}, values)
                continue
        yield InputRow(
            number, named, values, identity=tuple(values.get(field, "") for field in identity)
        )


def _none(row: Mapping[str, str]) -> Collection[str]:
    """Say that all values of a row are known."""
    return ()


async def check_rows(
    table: Table,
    columns: Columns,
    *,
    key: Sequence[str],
    normalize: Callable[[tuple[str, ...]], Hashable],
    check_row: Callable[[Mapping[str, str]], object],
    translate: Translate | None = None,
    unresolved: Unresolved = _none,
) -> CheckedRows:
    """Check every row.

    All rows with the same key are rejected, because nothing says which one is right. Rows whose
    key cannot be an id, such as #N/A, are rejected too. A row whose names have no ids has no key.

    :param key: the fields that identify a row.
    :param normalize: returns equal values for keys that the vendor takes as the same.
    :param check_row: raises :class:`~lms_async.errors.InvalidInput` for a row that is not valid.
    :param translate: replaces names by the vendor's ids.
    :param unresolved: returns the fields of a row whose values are not known yet. They are not
        checked.
    """
    checked = CheckedRows()
    first: dict[Hashable, int] = {}
    doubled: dict[Hashable, list[int]] = {}
    for row in read_rows(table, columns, key, translate):
        checked.rows += 1
        if checked.rows % _ROWS_PER_TURN == 0:
            await asyncio.sleep(0)
        error = (
            row.error
            or _row_error(check_row, row.values, columns.called, unresolved)
            or _key_error(row, key, columns.called, unresolved)
        )
        if row.error is None and _has_key(row.identity, is_valid=error is None):
            same = normalize(tuple(map(visible_text, row.identity)))
            earlier = first.setdefault(same, row.number)
            if earlier != row.number:
                doubled.setdefault(same, [earlier]).append(row.number)
        if error is None and any(map(_ROUNDED.fullmatch, row.key)):
            checked.rounded.append(row.number)
        if error is not None:
            checked.rejected[row.number] = error
    for rows in doubled.values():
        error = RowError("duplicate", f"rows {_first_few(rows)} have the same {listed(key)}")
        checked.rejected.update(dict.fromkeys(rows, error))
    return checked


def _has_key(identity: tuple[str, ...], *, is_valid: bool) -> bool:
    """Return whether the cells identify a row. In a valid row, one of several may be enough."""
    there = any(identity) if is_valid else bool(identity) and all(identity)
    return there and not any(map(_is_not_id, filter(None, identity)))


def _is_not_id(cell: str) -> bool:
    return not isinstance(cell, ExactId) and fault_of_value(cell) is not None


def _key_error(
    row: InputRow,
    key: Sequence[str],
    called: Mapping[str, str],
    unresolved: Unresolved,
) -> RowError | None:
    """Return what is wrong with the row's key, if the target's own check let it pass."""
    faults = {
        called.get(field, field): fault
        for field, cell in zip(key, row.identity, strict=True)
        if cell
        and not isinstance(cell, ExactId)
        and (fault := fault_of_id(cell))
        and field not in unresolved(row.values)
    }
    if not faults:
        return None
    return RowError(
        "invalid", "; ".join(f"{field}: {why}" for field, why in faults.items()), faults
    )


def _first_few(rows: list[int]) -> str:
    """List the first rows only, because every one of the rows gets this text as its result."""
    if len(rows) <= _MAX_NAMED:
        return listed(rows)
    named = ", ".join(map(str, rows[:_MAX_NAMED]))
    return f"{named} and {len(rows) - _MAX_NAMED:,} more"


def _row_error(
    check_row: Callable[[Mapping[str, str]], object],
    values: Mapping[str, str],
    called: Mapping[str, str],
    unresolved: Unresolved,
) -> RowError | None:
    try:
        check_row(values)
    except InvalidInput as invalid:
        unknown = unresolved(values)
        fields = {
            called.get(field, field): why
            for field, why in invalid.fields.items()
            if field not in unknown
        }
        if invalid.fields and not fields:
            return None
        message = "; ".join(f"{field}: {why}" for field, why in fields.items())
        return RowError("invalid", message or invalid.what, fields)
    return None
