"""Create and update users in v1."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import fields
from .records import EPOCH, Kind, Person, Rejected
from .school import School

Changes = dict[str, Any]


def create(school: School, values: fields.Fields, at: datetime = EPOCH) -> Person:
    """Create a user, or raise :class:`Rejected`."""
    kind = fields.kind(values.get("type"))
    changes, wrong = _read(school, values, kind, None)
    if kind is None:
        wrong.insert(0, "Type is not included in the list")
    wrong += [_blank(name) for name in _needed(kind) if values.get(name) in (None, "")]
    if wrong or kind is None:
        raise Rejected(*wrong)
    person = Person(school.number("people"), kind, email="", created_at=at, updated_at=at)
    _apply(school, person, changes, at)
    school.creates[person.email] += 1
    if person.student_id:
        school.creates[person.student_id] += 1
    if values.get("welcome_email") == "Yes":
        school.welcome_mails.append(person.id)
    return person


def update(school: School, person: Person, values: fields.Fields, at: datetime = EPOCH) -> None:
    """Change fields of a user, or raise :class:`Rejected`."""
    changes, wrong = _read(school, values, person.kind, person)
    # Assumed: the type of a user can't be changed.
    if values.get("type") is not None and fields.kind(values["type"]) != person.kind:
        wrong.append("Type cannot be changed")
    wrong += [_blank(name) for name in _needed(person.kind) if values.get(name) == ""]
    if wrong:
        raise Rejected(*wrong)
    kin = list(person.kin)
    school.release(person)
    _apply(school, person, {"kin": kin, **changes}, at)
    person.updated_at = at
    school.updates[person.id] += 1


def _needed(kind: Kind | None) -> list[str]:
    return ["first_name", "last_name", "email"] + ["student_id"] * (kind == "student")


def _blank(name: str) -> str:
    return f"{fields.label(name)} can't be blank"


def _read(
    school: School, values: fields.Fields, kind: Kind | None, person: Person | None
) -> tuple[Changes, list[str]]:
    """Return the changes in a write, and its errors with the messages of v1's sample."""
    changes, wrong = fields.plain(values)
    own: dict[str, Any] = {}
    for name in ("email", "student_id"):
        try:
            own[name] = fields.text(values[name]) if values.get(name) is not None else ""
        except ValueError:
            wrong.append(f"{fields.label(name)} is invalid")
    email, student_id = own.get("email", ""), own.get("student_id", "")
    if email and school.by_email(email) not in (None, person):
        wrong.append("Email has already been taken")
    if email and "@" not in email:
        wrong.append("Email is invalid")
    if kind == "student":
        if student_id and school.by_student_id(student_id) not in (None, person):
            wrong.append("Student ID must be unique")
        changes |= {"student_id": student_id} if student_id else {}
        _read_student_links(school, values, changes, wrong)
    elif kind == "parent":
        # The documents have children_ids in writes and child_ids in reads. Assumed: writes may have
        # either.
        for name in ("children_ids", "child_ids"):
            _kin(values, name, school.students, changes, wrong)
    changes |= {"email": email} if email else {}
    if values.get("password"):
        changes["has_password"] = True
    return changes, wrong


def _read_student_links(
    school: School, values: fields.Fields, changes: Changes, wrong: list[str]
) -> None:
    """Read the people and the group in a write of a student. Assumed: all of them must exist."""
    _kin(values, "parents_ids", school.parents, changes, wrong)
    if raw := str(values.get("homeroom_advisor") or ""):
        found = school.user(int(raw)) if raw.isdecimal() else school.by_email(raw)
        if found is None or found.kind != "advisor":
            wrong.append("Homeroom advisor must exist")
        else:
            changes["homeroom_advisor"] = found.id
    group = values.get("ib_group_id") or school.year_labels.get(str(values.get("year_label")))
    if group and str(group).isdecimal() and int(group) in school.ib_groups:
        changes["ib_group"] = int(group)
    elif group:
        wrong.append("Ib group must exist")


def _kin(
    values: fields.Fields,
    name: str,
    known: dict[int, Person],
    changes: Changes,
    wrong: list[str],
) -> None:
    if values.get(name) is None:
        return
    try:
        changes["kin"] = fields.ids(values[name])
    except ValueError:
        wrong.append(f"{fields.label(name)} is invalid")
        return
    if any(number not in known for number in changes["kin"]):
        wrong.append(f"{fields.label(name)} must exist")


def _apply(school: School, person: Person, changes: Changes, at: datetime) -> None:
    for name in ("email", "student_id", "homeroom_advisor", "has_password"):
        setattr(person, name, changes.pop(name, getattr(person, name)))
    kin, group = changes.pop("kin", ()), changes.pop("ib_group", None)
    person.fields |= changes
    school.keep(person, kin)
    if group is not None:
        school.move_to_ib_group(group, person.id, at=at)
