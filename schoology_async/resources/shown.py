"""Compare the values that were sent with the record that Schoology returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..models.converter import converter

#: The names under which Schoology returns a field, if they differ from the name to write.
_SHOWN_AS = {"title": ("title", "section_title")}
#: Lists whose order Schoology does not keep.
_UNORDERED = frozenset({"grading_periods", "meeting_days", "class_periods"})


def shows(record: Any, sent: Mapping[str, Any], names: Collection[str] | None = None) -> bool:
    """Return whether ``record`` has the values that were sent.

    A field that ``record`` lacks counts as different. Some of Schoology's lists leave fields out.

    :param names: the fields to compare; ``None`` for all fields that were sent.
    """
    # Unstructured, so that flags, lists and dates have the same form in both.
    shown = converter.unstructure(record)
    return all(
        _is_same(name, value, shown)
        for name, value in sent.items()
        if names is None or name in names
    )


def _is_same(name: str, value: Any, shown: Mapping[str, Any]) -> bool:
    known = next((shown[one] for one in _SHOWN_AS.get(name, (name,)) if one in shown), None)
    if known is None:
        return False
    if name in _UNORDERED and isinstance(value, list):
        return set(map(str, value)) == set(str(known).split(","))
    return str(known) == str(value)
