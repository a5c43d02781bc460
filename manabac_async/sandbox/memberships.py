"""The filters of ``GET memberships``. A membership must match all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TypeVar

from multidict import MultiMapping

from . import bodies
from .records import Membership
from .school import School

T = TypeVar("T")


def picked(school: School, query: MultiMapping[str]) -> list[Membership]:
    """Return the memberships that match the query.

    With ``deleted_since`` they are deleted ones, otherwise current ones. With ``modified_since``
    too, there may be none, since a deletion is not a modification (vendors.md, 2.7).
    """
    modified = _read(query, "modified_since", _moment)
    deleted = _read(query, "deleted_since", _moment)
    day = _read(query, "class_happens_on", date.fromisoformat)
    students = ids(query, "student_ids")
    users = ids(query, "user_ids")
    if students is not None:  # ids of teachers match nothing
        students &= school.students.keys()
        users = students if users is None else users & students
    found: Iterable[Membership] = school.ledger.pick(
        ids(query, "class_ids[]"), users, deleted=deleted is not None
    )
    # Assumed: "on or after", as documented for other lists (v2-endpoints.md, 1.4).
    if modified is not None:
        found = [m for m in found if m.updated_at >= modified]
    if deleted is not None:
        found = [m for m in found if m.deleted_at is not None and m.deleted_at >= deleted]
    if day is not None:
        found = [m for m in found if _happens(school, m.class_id, day)]
    return list(found)


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


def flag(query: MultiMapping[str], name: str) -> bool:
    """Read a boolean in a query: ``1``, ``0``, ``true`` or ``false`` (vendors.md, 2.7)."""
    return query.get(name, "").lower() in {"1", "true"}


def _read(query: MultiMapping[str], name: str, read: Callable[[str], T]) -> T | None:
    raw = query.get(name)
    if not raw:
        return None
    try:
        return read(raw)
    except ValueError:
        # Documented for modified_since, assumed for the others.
        text = f"Invalid {name} parameter: '{raw}' is not a valid time."
        raise bodies.Refused(bodies.error(400, text)) from None


def _moment(raw: str) -> datetime:
    at = datetime.fromisoformat(raw)
    # Assumed: a time without a zone is in UTC.
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _happens(school: School, class_id: int, day: date) -> bool:
    of = school.classes[class_id]
    begin, end = school.terms.get(of.start_term_id or 0), school.terms.get(of.end_term_id or 0)
    # Assumed: a class without terms never matches.
    return begin is not None and end is not None and begin.starts_on <= day <= end.ends_on
