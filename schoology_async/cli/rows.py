"""Write records as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def cell_of(value: Any) -> str:
    """Return a value as it would be in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def row_of(
    record: object, columns: Iterable[str], others: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Return a record as a row. A field that Schoology does not show is left out.

    :param columns: the columns, which are fields of the record or keys of ``others``.
    :param others: values that the record does not have, or has in another form, by column.
    """
    others = others or {}
    values = {
        name: others[name] if name in others else getattr(record, name, None) for name in columns
    }
    return {name: cell_of(value) for name, value in values.items() if value is not None}
