"""The words that the page shows for fields. Kinds and actions have the words of the command."""

from __future__ import annotations

from collections.abc import Mapping

#: Fields whose own names would not be understood. All others keep their names.
_FIELDS: Mapping[str, str] = {
    "primary": "main teacher",
    "begins": "first day",
    "starts": "first day",
    "ends": "last day",
    "sms": "mobile phone",
}


def of_field(name: str) -> str:
    """Return the word for a field."""
    return _FIELDS.get(name, name.replace("_", " "))
