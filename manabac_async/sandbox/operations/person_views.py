"""Convert students, teachers and parents to the JSON of v2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import bodies
from ..records import Person, YearGroup
from ..school import School
from .base import Row
from .write_people import PERSONAL, WORK

_PLAIN = tuple(name for name in PERSONAL if name not in {"email", "password"})
_READ_ONLY = ("account_uid", "sb_id", "oa_id", "last_accessed_at")
_LISTS = ("nationalities", "languages")


def _personal(person: Person) -> Row:
    fields = person.fields
    row: Row = {"id": person.id, "email": person.email, "archived": person.archived}
    row |= {name: fields.get(name) for name in _PLAIN}
    for name, single in zip(_LISTS, ("nationality", "language"), strict=True):
        # v1 has four fields instead of a list.
        ones = (fields.get(f"{single}{place}") for place in range(1, 5))
        row[name] = fields.get(name, [one for one in ones if one])
    row |= {
        name: fields.get(name) for name in ("account_uid", "sb_id", "oa_id", "last_accessed_at")
    }
    row["ui_language"] = fields.get("ui_language") or fields.get("language") or "en"
    row["created_at"] = bodies.moment(person.created_at)
    row["updated_at"] = bodies.moment(person.updated_at)
    return row


def status(person: Person) -> str:
    """Return the status of a student, as the filter of the list names it."""
    if person.graduated_on:
        return "graduated"
    return "withdrawn" if person.archived else "enrolled"


def students(school: School) -> Callable[[Person], Row]:
    """Return what converts a student to JSON, for one response."""
    groups: dict[int, YearGroup] = {}
    for archived in (True, False):  # the active group wins
        for group in school.ib_groups.values():
            if group.archived == archived:
                groups |= dict.fromkeys(group.student_ids, group)

    def student(person: Person) -> Row:
        group, own = groups.get(person.id), person.student_id or None
        row = _personal(person) | {
            "role": "Student",
            "identifier": own,
            "student_id": own,
            "status": status(person),
            "withdrawn_on": person.withdrawn_on,
            "graduated_on": person.graduated_on,
            "homeroom_advisor_id": person.homeroom_advisor,
            "graduating_year": person.fields.get("graduating_year"),
            "national_id": person.fields.get("national_id"),
            "parent_ids": list(person.kin),
        }
        if group is not None:
            row["year_group_id"] = row["ib_group_id"] = group.id
            row["class_grade"], row["class_grade_number"] = group.grade, group.grade_number
            row["program"], row["program_code"] = group.program, group.program_code
        return row | person.extra

    return student


def teachers(school: School) -> Callable[[Person], Row]:
    """Return what converts a teacher to JSON. The role is that of the documents' examples."""

    def teacher(person: Person) -> Row:
        role = "Admin" if person.admin else "Advisor"
        programs: list[Any] = person.fields.get("programs", [])
        return _personal(person) | {"role": role, "programs": programs} | person.extra

    return teacher


def parents(school: School, *, as_object: bool) -> Callable[[Person], Row]:
    """Return what converts a parent to JSON."""

    def parent(person: Person) -> Row:
        children = [child(school, person, number, as_object=as_object) for number in person.kin]
        row = _personal(person) | {name: person.fields.get(name) for name in WORK}
        row |= {"salutation": person.fields.get("salutation"), "role": "Parent"}
        return row | {"child_ids": list(person.kin), "children": children} | person.extra

    return parent


def child(school: School, parent: Person, child_id: int, *, as_object: bool) -> Row:
    """Return a link of a parent and a child.

    The specification has the relationship as text. One client's types have an object instead
    (breadth.md), whose ``kind`` and ``name`` are assumed to be the same word.
    """
    kind: Any = school.relations.kind(parent, child_id)
    if kind is not None and as_object:
        kind = {"kind": kind, "name": kind}
    return {"id": child_id, "relationship": kind}
