"""Refuse dates in a format that the user has to name. Dates are personal data and not shown."""

from __future__ import annotations

from collections.abc import Collection

from ..exit_codes import CommandError
from ..files.columns import Columns
from ..files.dates import DateColumn
from ..files.table import Table
from ..wording import counted, listed


def refuse_unclear_dates(table: Table, columns: Columns, dates: Collection[str]) -> None:
    """Read all rows and find out how their dates are written.

    Call this if a row was rejected. If none was, the vendor takes all dates as they are.

    :param dates: the fields that contain a date.
    :raises CommandError: all dates of a column have a format that must be named.
    """
    found = {
        (field, position): DateColumn()
        for position, field in columns.fields
        if field in dates and field not in columns.conversions
    }
    if not found:
        return
    for number, cells in table.rows():
        if len(cells) == columns.width and columns.selects(cells):
            for (_, position), column in found.items():
                if cell := cells[position].strip():
                    column.add(number, cell)
    faults = [
        fault
        for (field, _), column in found.items()
        for fault in date_faults(columns.called.get(field, field), column)
    ]
    if faults:
        raise CommandError(*faults)


def date_faults(called: str, dates: DateColumn) -> list[str]:
    """Return what the user must decide about a column of dates, without any date."""
    if not dates.others or dates.accepted:
        return []  # the check of each row rejects those that the vendor does not take
    if not dates.formats:
        return [
            f"{called}: the dates have several formats. Row {dates.mixed_row} has another format "
            f"than row {dates.first_row}. Write all dates as YYYY-MM-DD."
        ]
    options = listed([_option(text) for text in dates.formats], "or")
    if len(dates.formats) == 1:
        return [
            f"{called}: the dates look like {dates.formats[0]} ({counted(dates.others, 'date')}, "
            f"first in row {dates.first_row}). If so, add {options}"
        ]
    return [
        f"{called}: the date in row {dates.first_row} could be {listed(dates.formats, 'or')}, and "
        f"no other row shows which. Look at the row, and add {options}"
    ]


def _option(text: str) -> str:
    return f'--date-format "{text}"' if " " in text else f"--date-format {text}"
