"""Read the response to a Schoology bulk request: one result per row.

The response has one item per row, each with its own ``response_code`` (200 for success, even if a
record was created). The documents do not say which key of a failed item has the error message, so
several keys are tried. See :func:`lms_async.bulk.results.match` for how items are matched to rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeVar, cast

from lms_async.bulk.endpoint import Results
from lms_async.bulk.results import NO_REASON, match
from lms_async.bulk.rows import Rows
from lms_async.bulk.status import of_item_code
from lms_async.outcome import RowError, RowResult, Status
from lms_async.redact import sentence

R = TypeVar("R")
#: Reads an id or a key from one item of a response.
ItemReader = Callable[[Any], R | None]
#: Reads the items of a response. Returns one result per row, ``None`` for a row without an item.
ReadItems = Callable[[list[Any], Rows[Any]], Results]
_response_code = itemgetter("response_code")


class FieldReader:
    """Reads one field of an item as text."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._of = itemgetter(field)

    def __call__(self, item: Any) -> str | None:
        """Read one item. Return ``None`` if the field is blank or missing, or the item is not an
        object."""
        value = item.get(self._field) if item.__class__ is dict else None
        return None if value in (None, "") else str(value)

    def each(self, items: list[Any]) -> list[str | None]:
        """Read several items at once, which is faster."""
        try:
            values = list(map(self._of, items))
            "".join(values)  # raises TypeError unless every value is a text
        except (KeyError, TypeError):
            return [self(item) for item in items]
        return values if all(values) else [value or None for value in values]


def from_location(item: Any) -> str | None:
    """Read the id at the end of an item's ``location``. The rest of that URL is not reliable."""
    location = item.get("location") if isinstance(item, dict) else None
    if not isinstance(location, str):
        return None
    id_ = location.rstrip("/").rpartition("/")[2]
    return id_ if id_.isascii() and id_.isdigit() else None


def id_or_location(item: Any) -> str | None:
    """Read an item's ``id``. Without one, read the id at the end of its ``location``."""
    return _ID(item) or from_location(item)


_ID = FieldReader("id")


def results_by(
    *,
    key: ItemReader[Hashable],
    id: ItemReader[str],  # noqa: A002 - the vendor's field
) -> ReadItems:
    """Return :func:`parse_results` with a fixed ``key`` and ``id``."""
    return partial(parse_results, key=key, id=id)


def parse_results(
    items: list[Any],
    rows: Rows[Any],
    *,
    key: ItemReader[Hashable],
    id: ItemReader[str],  # noqa: A002 - the vendor's field
) -> Results:
    """Read the items of a bulk response.

    :param key: reads the key of an item, which tells which row it belongs to.
    :param id: reads the vendor's id of the record.
    :returns: one result per row, ``None`` for a row that the response does not mention.
    """
    matched = match_items(items, rows.keys, key)
    if _all_done(matched):
        return list(map(RowResult, repeat(Status.DONE), _each(id, matched)))
    return [parse_item(item, id) for item in matched]


def match_items(
    items: list[Any], keys: list[Hashable | None], key: ItemReader[Hashable]
) -> list[Any]:
    """Bring ``items`` into the order of ``keys``; ``None`` stands for a key without an item."""
    return match(keys, items, _each(key, items))


def _all_done(items: list[Any]) -> bool:
    try:
        return list(map(_response_code, items)).count(200) == len(items)
    except (TypeError, KeyError):
        return False


def _each(read: ItemReader[R], items: list[Any]) -> list[R | None]:
    if isinstance(read, FieldReader):
        return cast("list[R | None]", read.each(items))
    return [read(item) for item in items]


def parse_item(item: Any, id_of: ItemReader[str]) -> RowResult | None:
    """Read one item of a response; ``None`` if it has no code."""
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
    """Read a code, printed as a number or as digits. Return ``None`` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None
