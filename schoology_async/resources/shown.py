"""Compare what was sent with what the vendor shows of a record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..models.converter import converter

#: Fields that are shown under another name than the one they are written by.
_SHOWN_AS = {"title": ("title", "section_title")}
#: Lists of which the vendor does not keep the order.
_UNORDERED = frozenset({"grading_periods", "meeting_days", "class_periods"})


def shows(record: Any, sent: Mapping[str, Any], names: Collection[str] | None = None) -> bool:
    """Whether ``record`` shows the values that were sent.

    A field that the vendor does not show, as in some lists, can't be confirmed.

    :param names: the fields that are compared; all that were sent if it is ``None``.
    """
    shown = converter.unstructure(record)  # flags, lists and days as they are sent
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
