"""Check the fields of a write and convert them to the types that the sandbox keeps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ..accounts import Fields, Rejected, comma_list

Reader = Callable[[Any], Any]
"""Converts a value, or raises ``ValueError`` or ``TypeError``."""


def known(fields: Fields, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the known fields of a write. Read-only and unknown fields are silently ignored.

    The documents name the allowed values. Assumed: any other value is rejected.
    """
    changes: dict[str, Any] = {}
    for name, reader in readers.items():
        if name in fields:
            try:
                changes[name] = reader(fields[name])
            except (ValueError, TypeError):
                raise Rejected(400, f"Invalid value for {name}.") from None
    return changes


def text(value: Any) -> str:
    """Return text; a number is accepted, null is empty text."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError
    return str(value)


def optional_text(value: Any) -> str | None:
    """Return text, or null for empty text."""
    return text(value) or None


def flag(value: Any) -> int:
    """Return 0 or 1."""
    return whole(0, 1)(value or 0)


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Return a reader of whole numbers from ``low`` to ``high``."""

    def read_number(value: Any) -> int:
        if not re.fullmatch(r"\d{1,10}", text(value), re.ASCII) or not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return read_number


def decimal(value: Any) -> float:
    """Return a number. A whole number becomes an ``int``, as the vendor prints it."""
    if isinstance(value, bool):
        raise TypeError
    number = float(value or 0)
    if not math.isfinite(number):
        raise ValueError
    return int(number) if number.is_integer() else number


def identity(value: Any) -> str:
    """Return the id of a record."""
    if not re.fullmatch(r"\d+", text(value), re.ASCII):
        raise ValueError
    return text(value)


def one_of(*allowed: str) -> Callable[[Any], str]:
    """Return a reader of a fixed set of words."""

    def read_word(value: Any) -> str:
        if text(value) not in allowed:
            raise ValueError
        return text(value)

    return read_word


def day(value: Any) -> str:
    """Return a date as ``YYYY-MM-DD``."""
    if date.fromisoformat(text(value)).isoformat() != value:
        raise ValueError
    return text(value)


def time_of_day(value: Any) -> str:
    """Return a time as ``HH:mm``, or empty text."""
    if not re.fullmatch(r"(([01]\d|2[0-3]):[0-5]\d)?", text(value), re.ASCII):
        raise ValueError
    return text(value)


def ids(value: Any) -> tuple[int, ...]:
    """Return a list of ids. A single number, as XML may have, becomes a list with one id."""
    found = value if isinstance(value, list) else comma_list(value)
    return tuple(dict.fromkeys(int(identity(each)) for each in found))


def days(value: Any) -> tuple[str, ...]:
    """Return weekdays. Sunday is 0. The documents call Saturday 7, so 0 to 7 are accepted."""
    found = value if isinstance(value, list) else comma_list(value)
    return tuple(str(whole(0, 7)(each)) for each in found if each != "")


def options(readers: Mapping[str, Reader]) -> Callable[[Any], dict[str, Any]]:
    """Return a reader of an ``options`` object."""

    def read_options(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise TypeError
        return {name: reader(value[name]) for name, reader in readers.items() if name in value}

    return read_options
