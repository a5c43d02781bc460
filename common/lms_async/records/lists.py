"""Read lists that a vendor's PHP printed as JSON objects.

PHP prints a list whose elements are not numbered 0, 1, 2 … without a gap as an object with the
numbers as keys, and an empty one as ``[]`` or ``{}``.
"""

from __future__ import annotations

from typing import Any


def object_to_list(value: Any) -> Any:
    """Convert an object with numbered keys to a list, in the order of the numbers. An empty object
    gives an empty list; any other value is returned unchanged."""
    if not isinstance(value, dict):
        return value
    if not all(isinstance(key, str) and key.isascii() and key.isdigit() for key in value):
        return value
    return [value[key] for key in sorted(value, key=_number)]


def _number(key: str) -> tuple[int, str]:
    digits = key.lstrip("0")
    return len(digits), digits  # sorts like the number, however many digits it has
