"""The column ``delete``, which makes a row remove what it names."""

from __future__ import annotations

from lms_async.cli.kinds import Row

#: What the column contains. ``{what}`` is what a row removes.
DELETE = "1 to remove {what}, otherwise 0 or empty"


def deletes(row: Row) -> bool:
    """Return whether a row removes what it names."""
    return row.get("delete", "0").strip().lower() in ("1", "true")
