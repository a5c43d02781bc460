"""Check the fields of a write of v2, and convert them to the values that are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Fields = Mapping[str, Any]
"""The fields that a client writes."""

Errors = dict[str, list[str]]
"""The messages for each field, as a 422 shows them."""

INVALID = "is invalid"
BLANK = "can't be blank"
NOT_LISTED = "is not included in the list"
TAKEN = "has already been taken"
MUST_EXIST = "must exist"


class Unprocessable(Exception):
    """The sandbox rejects a write of v2. ``errors`` has the messages for each field."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class Missing(Exception):
    """A record that a write names does not exist. The response is a 404."""

    def __init__(self, what: str, identity: object) -> None:
        super().__init__(what)
        self.what = what
        self.identity = identity


def read(values: Fields, readers: Mapping[str, Callable[[Any], Any]]) -> tuple[Fields, Errors]:
    """Return the known fields of a write, and the errors in them.

    Nulls are ignored, and ``""`` overwrites (vendors.md, 2.7). Assumed: unknown and read-only
    fields are ignored too.
    """
    changes: dict[str, Any] = {}
    errors: Errors = {}
    for name, reader in readers.items():
        if values.get(name) is None:
            continue
        try:
            changes[name] = reader(values[name])
        except LookupError:
            errors[name] = [NOT_LISTED]
        except (ValueError, TypeError):
            errors[name] = [INVALID]
    return changes, errors


def text(value: Any) -> str:
    """Return text. A number is accepted."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError
    return str(value).strip()


def day(value: Any) -> str:
    """Return a date as ``YYYY-MM-DD``, or empty text."""
    raw = text(value)
    return date.fromisoformat(raw).isoformat() if raw else ""


def whole(value: Any) -> int | None:
    """Return a whole number; empty text is ``None``."""
    raw = text(value)
    return int(raw) if raw else None


def flag(value: Any) -> bool:
    """Return a boolean. Assumed: the forms of a query are accepted in a body too."""
    words = {"1": True, "true": True, "0": False, "false": False}
    raw = str(value).lower()
    if not isinstance(value, bool | int | str) or raw not in words:
        raise ValueError
    return words[raw]


def texts(value: Any) -> list[str]:
    """Return a list of texts without the blank ones."""
    if not isinstance(value, list):
        raise TypeError
    return [text(one) for one in value if text(one)]


def ids(value: Any) -> list[int]:
    """Return a list of ids without repetitions."""
    return list(dict.fromkeys(int(one) for one in texts(value)))


def options(value: Any) -> str:
    """Return a text, or the texts of a list with commas between them (assumed)."""
    return ",".join(texts(value)) if isinstance(value, list) else text(value)


def one_of(*allowed: str) -> Callable[[Any], str]:
    """Return a reader for a fixed set of words. Empty text clears the field."""

    def read_word(value: Any) -> str:
        if text(value) not in ("", *allowed):
            raise LookupError
        return text(value)

    return read_word
