"""``GET memberships``: its many filters, all of which must hold."""

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
    """The memberships that were asked for.

    Deleted ones if ``deleted_since`` is given, else living ones. With ``modified_since`` beside it
    there may be none, as a deletion does not count as a modification (vendors.md, 2.7).
    """
    modified = _read(query, "modified_since", _moment)
    deleted = _read(query, "deleted_since", _moment)
    day = _read(query, "class_happens_on", date.fromisoformat)
    students = ids(query, "student_ids")
    users = ids(query, "user_ids")
    if students is not None:  # a teacher is nobody's student id
        students &= school.students.keys()
        users = students if users is None else users & students
    found: Iterable[Membership] = school.ledger.pick(
        ids(query, "class_ids[]"), users, deleted=deleted is not None
    )
    # "On or after", as other lists say of themselves (v2-endpoints.md, 1.4); here nothing is said.
    if modified is not None:
        found = [m for m in found if m.updated_at >= modified]
    if deleted is not None:
        found = [m for m in found if m.deleted_at is not None and m.deleted_at >= deleted]
    if day is not None:
        found = [m for m in found if _happens(school, m.class_id, day)]
    return list(found)


def ids(query: MultiMapping[str], name: str) -> set[int] | None:
    """The ids in a filter: ``name[]`` again and again, or ``name`` with commas, or both.

    ``class_ids[]`` is documented with brackets only; without, it is not seen. What is no number
    is nobody's id: a choice.
    """
    bracketed = name if name.endswith("[]") else f"{name}[]"
    if bracketed not in query and name not in query:
        return None
    said = query.getall(bracketed, [])
    if name != bracketed:
        said = [*said, *(part for value in query.getall(name, []) for part in value.split(","))]
    parts = (part.strip() for part in said)
    return {int(part) for part in parts if part.isascii() and part.isdecimal()}


def flag(query: MultiMapping[str], name: str) -> bool:
    """Read a boolean in a query: ``1``, ``0``, ``true`` or ``false`` (vendors.md, 2.7)."""
    return query.get(name, "").lower() in {"1", "true"}


def _read(query: MultiMapping[str], name: str, read: Callable[[str], T]) -> T | None:
    said = query.get(name)
    if not said:
        return None
    try:
        return read(said)
    except ValueError:
        # Documented for modified_since; that the others are refused alike is a choice.
        text = f"Invalid {name} parameter: '{said}' is not a valid time."
        raise bodies.Refused(bodies.error(400, text)) from None


def _moment(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    # Without a zone it is taken for UTC: a choice.
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _happens(school: School, class_id: int, day: date) -> bool:
    of = school.classes[class_id]
    begin, end = school.terms.get(of.start_term_id or 0), school.terms.get(of.end_term_id or 0)
    # A class without terms happens never: a choice.
    return begin is not None and end is not None and begin.starts_on <= day <= end.ends_on
