"""Convert people, classes and memberships to the JSON of both APIs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from . import bodies
from .fields import DATES, SHOWN
from .records import LEVELS, Class, Group, Membership, Person, YearGroup
from .school import School

Row = dict[str, Any]
_TYPES = {"student": "Students", "parent": "Parents", "advisor": "Advisors"}
"""The types in responses of v1. ``Advisors`` is assumed, since there is no sample of one."""


def v1_user(
    person: Person,
    *,
    dates: Literal["iso", "dotted"] = "iso",
    id_lists: Literal["list", "comma"] = "list",
) -> Row:
    """Return a user with nulls, but without the fields that v1 never shows."""
    kin: Any = list(person.kin)
    if id_lists == "comma":
        kin = ", ".join(map(str, kin))
    whole: Row = {**person.fields, "parents_ids": kin, "child_ids": kin}
    whole |= {"type": _TYPES[person.kind], "id": person.id, "email": person.email}
    whole["student_id"] = person.student_id
    shown = {name: whole.get(name) for name in SHOWN[person.kind]}
    for name in DATES:
        if dates == "dotted" and shown.get(name):
            shown[name] = ".".join(reversed(str(shown[name]).split("-")))
    return shown | person.extra


def v1_class(of: Class) -> Row:
    """Return a row of v1's list of classes."""
    return {
        "uniq_id": of.uniq_id,
        "name": of.name,
        "grade": of.grade,
        "class_type": of.class_type,
        "id": of.id,
    }


def v1_ib_group(group: YearGroup) -> Row:
    """Return a row of v1's list of IB groups."""
    return {
        "program": group.program_code,
        "uniq_id": group.uniq_id,
        "name": group.name,
        "grade": group.grade,
        "id": group.id,
    }


def membership(school: School, row: Membership, *, teacher: str, uniq_ids: bool) -> Row:
    """Return a row of ``GET memberships``."""
    person = school.anyone(row.user_id)
    assert person is not None  # noqa: S101 - deleted people are kept
    role = "Student" if not row.teaches else "Admin" if person.admin else teacher
    shown: Row = {
        "id": row.id,
        "user_id": row.user_id,
        "level": None if row.level is None else LEVELS.index(row.level),
        "created_at": bodies.moment(row.created_at),
        "updated_at": bodies.moment(row.updated_at),
        # The form of a deleted membership is not specified. This key is assumed; another list has
        # it (v2-endpoints.md, 1.4).
        "deleted_at": None if row.deleted_at is None else bodies.moment(row.deleted_at),
        "class_id": row.class_id,
        "user_email": person.email,
        "role": role,
    }
    if uniq_ids:
        shown["uniq_class_id"] = school.any_class(row.class_id).uniq_id
        shown["uniq_student_id"] = person.student_id or None
    return shown


def class_teacher(school: School, row: Membership) -> Row:
    """Return a row of ``GET classes/{id}/teachers``."""
    return {
        "id": row.user_id,
        "show_on_reports": row.show_on_reports,
        "teacher_archived": school.teachers[row.user_id].archived,
        "first_joined_at": bodies.moment(row.created_at),
        "updated_at": bodies.moment(row.updated_at),
    }


def of_student(school: School, student: Person, *, archived: bool) -> Row:
    """Return the classes and groups of a student: either the active or the archived ones."""
    classes = (school.classes[m.class_id] for m in school.ledger.of_user(student.id))

    def joined(groups: Iterable[Any]) -> list[Any]:
        return [g for g in groups if student.id in g.student_ids and g.archived == archived]

    return {
        "classes": [_class(of) for of in classes if of.archived == archived],
        "groups": [_group(group) for group in joined(school.groups.values())],
        "year_groups": [_year_group(group) for group in joined(school.ib_groups.values())],
    }


def _class(of: Class) -> Row:
    return {
        "id": of.id,
        "uniq_id": of.uniq_id,
        "name": of.name,
        "archived": of.archived,
        "start_term_id": of.start_term_id,
        "end_term_id": of.end_term_id,
    }


def _group(group: Group) -> Row:
    return {"id": group.id, "name": group.name, "archived": group.archived}


def _year_group(group: YearGroup) -> Row:
    return {
        "id": group.id,
        "name": group.name,
        "program": group.program,
        "archived": group.archived,
    }
