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


def differs(record: Any, sent: Mapping[str, Any], ignored: Collection[str]) -> bool:
    """Return whether ``record`` shows a value that is clearly another one than was sent.

    Upper and lower case, spaces and punctuation do not count, since ManageBac may change them.
    Neither do fields that are blank or not shown.

    :param ignored: the fields that are not compared.
    """
    shown = converter.unstructure(record)
    return any(
        _plain(known) != _plain(value)
        for name, value in sent.items()
        if name not in ignored and _plain(known := shown.get(name)) and _plain(value)
    )


def _plain(value: Any) -> list[str]:
    parts = value if isinstance(value, list | tuple) else _text(value).split(",")
    texts = ("".join(filter(str.isalnum, _text(part))).casefold() for part in parts)
    return sorted(text for text in texts if text)


def _is_same(known: Any, value: Any) -> bool:
    if isinstance(value, list):
        shown = str(known).split(",") if isinstance(known, str) else known or ()
        return sorted(map(str, shown)) == sorted(map(str, value))
    return _text(known) == _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)
