"""Write records as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def row_of(
    record: object, columns: Iterable[str], others: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Return a record as a row. A field without a value is left out.

    :param columns: the fields of the record to write.
    :param others: values that the record does not have, or has in another form, by column. They
        replace the record's own.
    """
    values = {name: getattr(record, name, None) for name in columns} | dict(others or {})
    cells = {name: cell_of(value) for name, value in values.items()}
    return {name: cell for name, cell in cells.items() if cell}


def cell_of(value: Any) -> str:
    """Return a value as it would be in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.15g}"  # 3 instead of 3.0, and no rounded digits
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)
