"""Compare the values that were sent with the vendor's record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..models.converter import converter


def shows(record: Any, sent: Mapping[str, Any], names: Collection[str] | None = None) -> bool:
    """Return whether ``record`` shows the values that were sent.

    ManageBac leaves out fields without a value, so a cleared field counts as shown if it is absent.

    :param names: the fields to compare; by default all fields that were sent.
    """
    shown = converter.unstructure(record)  # flags, lists and days in the form of a request
    return all(
        _is_same(shown.get(name), value)
        for name, value in sent.items()
        if names is None or name in names
    )


def _is_same(known: Any, value: Any) -> bool:
    if isinstance(value, list):
        shown = str(known).split(",") if isinstance(known, str) else known or ()
        return sorted(map(str, shown)) == sorted(map(str, value))
    return _text(known) == _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)
