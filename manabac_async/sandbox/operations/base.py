"""The base of the operations of v2: declaring them, reading bodies and filters, paging."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeVar

from attrs import frozen
from multidict import MultiMapping

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import Store
from ..roster import fields as read
from ..school import School
from ..state import State

Row = dict[str, Any]
OK = bodies.json_response(200, {"status": "ok"})


class Dated(Protocol):
    """A record that lists can filter by the times of its changes."""

    updated_at: datetime


T = TypeVar("T")
D = TypeVar("D", bound=Dated)
F = TypeVar("F", bound=Callable[..., Response])


@frozen
class Declared:
    """The method and path of an operation, and the permission that it needs."""

    method: str
    path: tuple[str, ...]
    """The parts of the path. ``{}`` stands for an argument."""
    permission: str | None
    extended: bool
    """Whether it needs the package "Extended APIs"."""


def operation(
    method: str, path: str, permission: str | None, *, extended: bool = False
) -> Callable[[F], F]:
    """Declare a method as an operation. Its arguments are the request, and each ``{}`` of the path.

    :param permission: the permission that the token needs; ``None`` if any token may do this. The
        documents name only ``students/excusals/index``. Assumed: the others have the same form.
    """

    def declare(do: F) -> F:
        declared = Declared(method, tuple(path.split("/")), permission, extended)
        do.declared = declared  # type: ignore[attr-defined]
        return do

    return declare


class Operations:
    """The base of the operations on one resource."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def school(self) -> School:
        """The school that is served."""
        return self.state.school

    def found(self, store: Mapping[int, T], what: str, raw_id: str) -> T:
        """Return a record, or refuse the request with a 404."""
        record = store.get(number(raw_id))
        if record is None:
            raise bodies.Refused(self.state.missing(what, raw_id))
        return record

    # -- lists

    def page(
        self,
        request: Request,
        key: str,
        rows: Collection[T],
        view: Callable[[T], Row],
        *,
        nulls: bool = False,
    ) -> Response:
        """Return a page of a list, which the vendor prints without nulls."""
        page, meta = self.state.pager.cut(rows, request.query)
        shown: Any = [view(row) for row in page]
        return bodies.json_response(
            200, {key: shown if nulls else bodies.rendered(shown), "meta": meta}
        )

    def changed(self, request: Request, store: Store[D]) -> list[D]:
        """Return the records of an incremental list.

        With ``deleted_since`` they are deleted ones, otherwise current ones. Both times are "on or
        after". Together they may give nothing, since a deletion is not a modification (vendors.md,
        2.7).
        """
        modified = moment(request.query, "modified_since")
        deleted = moment(request.query, "deleted_since")
        found: Iterable[Any] = store.values() if deleted is None else store.deleted.values()
        if deleted is not None:
            found = [row for row in found if row.deleted_at >= deleted]
        if modified is not None:
            found = [row for row in found if row.updated_at >= modified]
        return list(found)


# -- bodies


def body_of(request: Request) -> dict[str, Any]:
    """Return the object in a body. Assumed: without one the response is a 400."""
    try:
        body = bodies.read(request)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bodies.Refused(bodies.MALFORMED)
    return body


def inner(request: Request, key: str) -> dict[str, Any]:
    """Return the object below ``key`` in a body."""
    found = body_of(request).get(key)
    if not isinstance(found, dict):
        raise bodies.Refused(bodies.MALFORMED)
    return found


def list_of(request: Request, key: str, right: Callable[[Any], bool]) -> list[Any]:
    """Return the list below ``key`` in a body, whose elements must all be ``right``."""
    found = body_of(request).get(key)
    if not isinstance(found, list) or not all(map(right, found)):
        raise bodies.Refused(bodies.MALFORMED)
    return found


def rows_of(request: Request, key: str) -> list[Row]:
    """Return a list of objects in a body."""
    return list_of(request, key, lambda one: isinstance(one, dict))


def ids_of(request: Request, key: str) -> list[Any]:
    """Return a list of ids in a body, as they were written."""
    return list_of(
        request, key, lambda one: isinstance(one, int | str) and not isinstance(one, bool)
    )


def known(store: Mapping[int, T], raw_id: Any) -> T | None:
    """Return the record with this id. Assumed: the id may be a text of digits."""
    if isinstance(raw_id, str) and raw_id.isascii() and raw_id.isdecimal():
        return store.get(int(raw_id))
    return store.get(raw_id) if type(raw_id) is int else None


def number(raw_id: str) -> int:
    """Return an id of a path, or 0, which no record has."""
    return int(raw_id) if raw_id.isascii() and raw_id.isdecimal() else 0


def readable_day(value: Any, name: str) -> str:
    """Return a date of a body or a query, or raise :class:`read.Unprocessable`."""
    try:
        found = read.day(value)
    except (ValueError, TypeError):
        raise read.Unprocessable({name: [read.INVALID]}) from None
    return found


# -- queries


def ids(query: MultiMapping[str], name: str) -> set[int] | None:
    """Return the ids in a filter: a repeated ``name[]``, or ``name`` with commas, or both.

    ``class_ids[]`` is documented with brackets only, so without brackets it is ignored. Assumed: a
    value that is not a number matches nothing.
    """
    bracketed = name if name.endswith("[]") else f"{name}[]"
    if bracketed not in query and name not in query:
        return None
    raw = query.getall(bracketed, [])
    if name != bracketed:
        raw = [*raw, *(part for value in query.getall(name, []) for part in value.split(","))]
    parts = (part.strip() for part in raw)
    return {int(part) for part in parts if part.isascii() and part.isdecimal()}


def flag(query: MultiMapping[str], name: str, *, default: bool = False) -> bool:
    """Read a boolean in a query: ``1``, ``0``, ``true`` or ``false`` (vendors.md, 2.7)."""
    return query.get(name, str(default)).lower() in {"1", "true"}


def moment(query: MultiMapping[str], name: str) -> datetime | None:
    """Return a time in a query. Assumed: a time without a zone is in UTC."""
    at = _read(query, name, datetime.fromisoformat)
    if at is None:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def day(query: MultiMapping[str], name: str) -> date | None:
    """Return a date in a query."""
    return _read(query, name, date.fromisoformat)


def _read(query: MultiMapping[str], name: str, reader: Callable[[str], T]) -> T | None:
    raw = query.get(name)
    if not raw:
        return None
    try:
        return reader(raw)
    except ValueError:
        # Documented for modified_since, assumed for the others.
        text = f"Invalid {name} parameter: '{raw}' is not a valid time."
        raise bodies.Refused(bodies.error(400, text)) from None
