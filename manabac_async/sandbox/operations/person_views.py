"""Convert students, teachers and parents to the JSON of v2."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .. import bodies
from ..records import Person, YearGroup
from ..school import School
from .base import Row
from .write_people import PERSONAL, WORK

_PLAIN = tuple(name for name in PERSONAL if name not in {"email", "password"})
_ALL = (*_PLAIN, "account_uid", "sb_id", "oa_id", "last_accessed_at")
_STUDENT = (*(name for name in _ALL if name != "identifier"), "graduating_year", "national_id")
_PARENT = (*_ALL, *WORK, "salutation")
_LISTS = {
    "nationalities": tuple(f"nationality{place}" for place in range(1, 5)),
    "languages": tuple(f"language{place}" for place in range(1, 5)),
}


def _personal(person: Person, names: Iterable[str], *, nulls: bool = False) -> Row:
    """Return the fields that all people have, and those in ``names``.

    :param nulls: whether to include fields without a value, as null.
    """
    fields = person.fields
    if nulls:
        row = {name: fields.get(name) for name in names}
    else:
        row = {name: fields[name] for name in names if fields.get(name) is not None}
    row |= {"id": person.id, "email": person.email, "archived": person.archived}
    for name, single in _LISTS.items():
        # v1 has four fields instead of a list.
        if name not in fields:
            row[name] = [fields[one] for one in single if fields.get(one)]
    row["ui_language"] = fields.get("ui_language") or fields.get("language") or "en"
    row["created_at"] = bodies.moment(person.created_at)
    row["updated_at"] = bodies.moment(person.updated_at)
    return row


def status(person: Person) -> str:
    """Return the status of a student, as the filter of the list names it."""
    if person.graduated_on:
        return "graduated"
    return "withdrawn" if person.archived else "enrolled"


def students(school: School, *, many: bool) -> Callable[[Person], Row]:
    """Return a function that converts students to JSON, for one response.

    :param many: whether many students will be converted. Then the year groups are indexed first.
    """
    groups = _groups(school) if many else None

    def student(person: Person) -> Row:
        group = _group(school, person) if groups is None else groups.get(person.id)
        row = _personal(person, _STUDENT)
        row |= {"role": "Student", "status": status(person), "parent_ids": list(person.kin)}
        if person.student_id:
            row["identifier"] = row["student_id"] = person.student_id
        if person.homeroom_advisor is not None:
            row["homeroom_advisor_id"] = person.homeroom_advisor
        for name, day in (
            ("withdrawn_on", person.withdrawn_on),
            ("graduated_on", person.graduated_on),
        ):
            if day is not None:
                row[name] = day
        if group is not None:
            row["year_group_id"] = row["ib_group_id"] = group.id
            row["program"], row["program_code"] = group.program, group.program_code
            row["class_grade"] = group.grade
            if group.grade_number is not None:
                row["class_grade_number"] = group.grade_number
        return row | person.extra

    return student


def _groups(school: School) -> dict[int, YearGroup]:
    """Return the year group of each student, preferably an active one."""
    groups: dict[int, YearGroup] = {}
    for archived in (True, False):
        for group in school.ib_groups.values():
            if group.archived == archived:
                groups |= dict.fromkeys(group.student_ids, group)
    return groups


def _group(school: School, person: Person) -> YearGroup | None:
    found = [group for group in school.ib_groups.values() if person.id in group.student_ids]
    return min(found, key=lambda group: group.archived, default=None)


def teachers(school: School) -> Callable[[Person], Row]:
    """Return a function that converts teachers to JSON. The role is as in the examples."""

    def teacher(person: Person) -> Row:
        role = "Admin" if person.admin else "Advisor"
        programs: list[Any] = person.fields.get("programs", [])
        return _personal(person, _ALL) | {"role": role, "programs": programs} | person.extra

    return teacher


def parents(school: School, *, as_object: bool, nulls: bool) -> Callable[[Person], Row]:
    """Return a function that converts parents to JSON."""

    def parent(person: Person) -> Row:
        children = [child(school, person, number, as_object=as_object) for number in person.kin]
        row = _personal(person, _PARENT, nulls=nulls)
        row |= {"role": "Parent", "child_ids": list(person.kin)}
        row["children"] = children if nulls else bodies.rendered(children)
        return row | person.extra

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
