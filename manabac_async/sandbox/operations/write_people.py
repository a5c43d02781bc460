"""The rules of v2 for writing students, teachers and parents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..records import Kind, Person
from ..roster import fields as read
from ..school import School

_TEXTS = (
    *("first_name", "middle_name", "last_name", "nickname", "other_name", "identifier", "gender"),
    *("phone_number", "mobile_phone_number", "street_address", "street_address_ii", "city"),
    *("state", "zipcode", "country", "timezone"),
)
WORK = (
    *("title", "employer", "work_email", "work_phone", "work_address", "work_address_ii"),
    *("work_fax", "work_city", "work_state", "work_postal_code", "work_country"),
)
SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.")

_Readers = Mapping[str, Callable[[Any], Any]]
PERSONAL: _Readers = {
    **dict.fromkeys(_TEXTS, read.text),
    "email": read.text,
    "password": read.text,
    "birthday": read.day,
    "nationalities": read.texts,
    "languages": read.texts,
}
"""The fields that all people have, the reference's ``PersonalInformation``."""

_READERS: dict[Kind, _Readers] = {
    "student": {
        **PERSONAL,
        "student_id": read.text,
        "national_id": read.text,
        "homeroom_advisor_id": read.whole,
        "year_group_id": read.whole,
        "graduating_year": read.whole,
        "parent_ids": read.ids,
    },
    "advisor": PERSONAL,
    "parent": {
        **PERSONAL,
        **dict.fromkeys(WORK, read.text),
        "salutation": read.one_of(*SALUTATIONS),
        "child_ids": read.ids,
    },
}


def create(school: School, kind: Kind, values: read.Fields, at: datetime) -> Person:
    """Create a person, or raise :class:`~..roster.Unprocessable`.

    The email address and the last name are required. Assumed: the first name is not.
    """
    changes, errors = _checked(school, kind, values, None)
    for name in ("last_name", "email"):
        if not changes.get(name):
            errors.setdefault(name, [read.BLANK])
    if errors:
        raise read.Unprocessable(errors)
    person = Person(school.number("people"), kind, email="", created_at=at)
    _apply(school, person, changes, at)
    school.people(kind).creates[person.email] += 1
    return person


def update(
    school: School, person: Person, values: read.Fields, at: datetime, *, links: bool = True
) -> None:
    """Change the fields that are given, or raise :class:`~..roster.Unprocessable`.

    :param links: whether a parent's ``child_ids`` have an effect, as before version v2p1.
    """
    if not links:
        values = {name: value for name, value in values.items() if name != "child_ids"}
    changes, errors = _checked(school, person.kind, values, person)
    for name in ("last_name", "email"):
        if changes.get(name) == "":
            errors.setdefault(name, [read.BLANK])
    if errors:
        raise read.Unprocessable(errors)
    _apply(school, person, changes, at)
    school.people(person.kind).updates[person.id] += 1


def _checked(
    school: School, kind: Kind, values: read.Fields, person: Person | None
) -> tuple[dict[str, Any], read.Errors]:
    found, errors = read.read(values, _READERS[kind])
    changes = dict(found)
    email = changes.get("email")
    if email and "@" not in email:
        errors["email"] = [read.INVALID]
    elif email and school.by_email(email) not in (None, person):
        errors["email"] = [read.TAKEN]
    if 0 < len(changes.get("password") or "") < 6:
        errors["password"] = ["is too short (minimum is 6 characters)"]
    if kind == "student":
        _check_student(school, changes, errors, person)
    elif any(number not in school.students for number in changes.get("child_ids", ())):
        errors["child_ids"] = [read.MUST_EXIST]
    return changes, errors


def _check_student(
    school: School, changes: dict[str, Any], errors: read.Errors, person: Person | None
) -> None:
    """Check the links of a student, and their own id.

    Assumed: ``student_id`` and ``identifier`` are one value, since they are equal in all examples,
    and it is unique, as in v1.
    """
    own = changes.pop("identifier", None)
    if own is not None:
        changes.setdefault("student_id", own)
    student_id = changes.get("student_id")
    if student_id and school.by_student_id(student_id) not in (None, person):
        errors["student_id"] = [read.TAKEN]
    if any(number not in school.parents for number in changes.get("parent_ids", ())):
        errors["parent_ids"] = [read.MUST_EXIST]
    advisor = changes.get("homeroom_advisor_id")
    if advisor is not None and advisor not in school.teachers:
        errors["homeroom_advisor_id"] = [read.MUST_EXIST]
    group = changes.get("year_group_id")
    if group is not None and group not in school.ib_groups and not errors:
        # Documented for a legacy group of the PYP only.
        raise read.Missing("YearGroup", group)


def _apply(school: School, person: Person, changes: dict[str, Any], at: datetime) -> None:
    links = changes.pop("parent_ids", changes.pop("child_ids", None))
    group_given, group = "year_group_id" in changes, changes.pop("year_group_id", None)
    if changes.pop("password", ""):
        person.has_password = True
    if "homeroom_advisor_id" in changes:
        person.homeroom_advisor = changes.pop("homeroom_advisor_id")
    school.rename(
        person,
        changes.pop("email", person.email),
        changes.pop("student_id", person.student_id),
    )
    person.fields |= changes
    person.updated_at = at
    if links is not None:
        school.relink(person, links)
    if group is not None:
        school.move_to_ib_group(group, person.id, at=at)
    elif group_given:
        school.leave_ib_groups(person.id, at=at)


def archive(school: School, person: Person, at: datetime, **dates: str) -> None:
    """Archive a person. A student leaves all classes and groups, and gets a date.

    Assumed: a teacher leaves all classes too, since unarchiving does not add them again. A parent
    stays linked to the children.
    """
    if person.kind != "parent":
        school.leave_everything(person, at)
    person.archived, person.updated_at = True, at
    person.withdrawn_on = dates.get("withdrawn_on")
    person.graduated_on = dates.get("graduated_on")
    school.people(person.kind).archives[person.id] += 1


def unarchive(school: School, person: Person, at: datetime) -> None:
    """Make a person active again. A student's dates are cleared. Classes are not restored."""
    person.archived, person.updated_at = False, at
    person.withdrawn_on = person.graduated_on = None
    school.people(person.kind).unarchives[person.id] += 1
