"""The changes of a plan as rows of a file or a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...roster import Change
from ...roster.entries import split
from ..kinds import Row

COLUMNS = ("number", "kind", "action", "school", "key", "changes", "vendor_id")


def change_row(number: int, change: Change) -> Row:
    """Return a change as a row with :data:`COLUMNS`.

    :param number: the position of the change in the plan, counted from 1.
    """
    return {
        "number": str(number),
        "kind": change.kind,
        "action": change.action,
        "school": change.org,
        "key": shown_key(change.key),
        "vendor_id": change.vendor_id,
        "changes": "; ".join(_changes(change.before, change.after)),
    }


def shown_key(key: str) -> str:
    """Return a key as people read it: ``section / person`` for an enrollment."""
    return " / ".join(split(key))


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield ``name: value`` for a value that is set or removed, else ``name: old → new``."""
    for name in after or before:
        values = [_shown(values[name]) for values in (before, after) if name in values]
        if any(values):
            yield f"{name}: {' → '.join(value or 'nothing' for value in values)}"


def _shown(value: str) -> str:
    return ", ".join(split(value))
