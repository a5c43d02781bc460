"""What the answer to a bulk call says of each row.

The answer has one item a row, with a ``response_code`` of its own (200 for success, also of a
create). Under which key a failed item explains itself is not documented anywhere, so every likely
one is read. Items are matched by the vendor's key, see :func:`lms_async.bulk.results.match`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import Any, TypeVar, cast

from lms_async.bulk.results import NO_REASON, match
from lms_async.bulk.rows import Rows
from lms_async.bulk.status import of_item_code
from lms_async.outcome import AllDone, RowError, RowResult, Status
from lms_async.redact import sentence

R = TypeVar("R")
_response_code = itemgetter("response_code")


class FieldReader:
    """Reads what items name from one of their fields."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._of = itemgetter(field)

    def __call__(self, item: Any) -> str | None:
        """What one item names; ``None`` for a blank, for a lack, and for what is no item."""
        value = item.get(self._field) if item.__class__ is dict else None
        return None if value in (None, "") else str(value)

    def each(self, items: list[Any]) -> list[str | None]:
        """What each of some items names."""
        try:
            values = list(map(self._of, items))
            "".join(values)  # a TypeError if one is no text
        except (KeyError, TypeError):
            return [self(item) for item in items]
        return values if all(values) else [value or None for value in values]


def from_location(item: Any) -> str | None:
    """The id at the end of an item's ``location``; the rest of that URL is not to be relied on."""
    location = item.get("location") if isinstance(item, dict) else None
    if not isinstance(location, str):
        return None
    return location.rstrip("/").rpartition("/")[2] or None


def verdicts(
    items: list[Any],
    rows: Rows[Any],
    *,
    key: Callable[[Any], Hashable | None],
    id: Callable[[Any], str | None],  # noqa: A002 - the vendor's field
) -> AllDone | list[RowResult | None]:
    """One verdict a row, ``None`` for a row that the answer does not speak of; or all are done."""
    matched = match(rows.keys, items, _each(key, items))
    if _all_done(matched):
        return AllDone(_each(id, matched))
    return [_verdict(item, id) for item in matched]


def _all_done(items: list[Any]) -> bool:
    try:
        return list(map(_response_code, items)).count(200) == len(items)
    except (TypeError, KeyError):
        return False


def _each(read: Callable[[Any], R], items: list[Any]) -> list[R]:
    if isinstance(read, FieldReader):
        return cast("list[R]", read.each(items))
    return [read(item) for item in items]


def _verdict(item: Any, id_of: Callable[[Any], str | None]) -> RowResult | None:
    if item.__class__ is not dict:
        return None
    number = _code(item.get("response_code", item.get("status")))
    if number is None:
        return None
    status = of_item_code(number)
    if status is Status.DONE:
        return RowResult(status, id_of(item))
    why = next((item[name] for name in ("message", "error", "errors") if item.get(name)), "")
    error = RowError(str(number), sentence(why) or NO_REASON)
    return RowResult(status, None, error)


def _code(value: Any) -> int | None:
    """A code as number or digits; anything else says nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None
