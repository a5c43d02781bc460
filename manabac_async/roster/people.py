"""People: students, teachers and parents, who have an endpoint each.

The key of a student is the ``student_id``, and the key of teachers and parents is the
``identifier``. The vendor's id of a person, as an entry has it, is the path of the list and
ManageBac's id, such as ``students/10500001``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms_async.errors import InvalidInput
from lms_async.roster import Change, Entry
from lms_async.roster.administrators import administers
from lms_async.roster.targets.names import Names

from ..models.person import Person
from ..models.student import Student

#: ManageBac's name of each field that is written as it is.
_PLAIN = {
    "given_name": "first_name",
    "family_name": "last_name",
    "middle_name": "middle_name",
    "preferred_given_name": "nickname",
    "email": "email",
    "phone": "phone_number",
    "sms": "mobile_phone_number",
    "birth_date": "birthday",
}
#: The gender is written when a person is created, and not compared: each school configures its own
#: words in ManageBac.
HIDDEN = frozenset({"gender"})
#: The fields that ManageBac holds.
HOLDS = frozenset({*_PLAIN, *HIDDEN, "role", "year_group"})
#: A student can't become a teacher.
FIXED = frozenset({"role"})
#: What ManageBac needs to create a person. The email is the login.
REQUIRED = (("email",),)
_GENDERS = {"male": "Male", "female": "Female"}
STUDENTS, TEACHERS, PARENTS = "students", "teachers", "parents"
#: The path of the list of people of each role.
PATHS = {"student": STUDENTS, "teacher": TEACHERS, "parent": PARENTS}
ROLES = {path: role for role, path in PATHS.items()}


def entry(person: Person, path: str, *, school: str, year_groups: Names) -> Entry:
    """Return the entry of a person.

    :param path: the path of the list that the person is in.
    :param school: the key of the school.
    """
    year_group = year_groups.name(person.year_group_id) if isinstance(person, Student) else ""
    return Entry(
        kind="people",
        key=key_of(person),
        org=school,
        vendor_id=f"{path}/{person.id}",
        active=not person.archived,
        # The API can't change administrators.
        locked="administrator" if administers(person.role or "") else "",
        fields={
            **{field: (getattr(person, name) or "").strip() for field, name in _PLAIN.items()},
            "role": ROLES[path],
            "year_group": year_group,
        },
    )


def key_of(person: Person) -> str:
    """Return the school's own id of a person; ``""`` if there is none."""
    own = person.student_id if isinstance(person, Student) else person.identifier
    return (own or "").strip()


def path_of(change: Change) -> str:
    """Return the path of the list in which a person is, or will be.

    :raises InvalidInput: ManageBac has no such role.
    """
    if change.vendor_id:
        return change.vendor_id.partition("/")[0]
    role = change.after.get("role", "")
    if role not in PATHS:
        fault = "must be student, teacher or parent: set it in roles of the mapping"
        raise InvalidInput("the change can't be sent", fields={"role": fault})
    return PATHS[role]


def id_of(change: Change) -> str:
    """Return ManageBac's id of the person."""
    return change.vendor_id.partition("/")[2]


def new_row(change: Change, year_groups: Names) -> dict[str, Any]:
    """Return the row that creates a person.

    :raises InvalidInput: ManageBac does not know the year group.
    """
    row = _fields(change, year_groups) | {"identifier": change.key}
    if path_of(change) == STUDENTS:
        row["student_id"] = change.key
    if change.after.get("gender") in _GENDERS:
        row["gender"] = _GENDERS[change.after["gender"]]
    return row


def changed_row(change: Change, year_groups: Names) -> dict[str, Any]:
    """Return the row that changes the fields of a person.

    :raises InvalidInput: ManageBac does not know the year group.
    """
    return {"id": id_of(change), **_fields(change, year_groups)}


def archived_row(change: Change, *, archive_as: str, on: date) -> Any:
    """Return the row that archives a person. Only students have a date.

    :param archive_as: ``withdrawn`` or ``graduated``.
    """
    if path_of(change) != STUDENTS:
        return id_of(change)
    return {"id": id_of(change), f"{archive_as}_on": on.isoformat()}


def _fields(change: Change, year_groups: Names) -> dict[str, Any]:
    after: Mapping[str, str] = change.after
    # A blank text clears a field.
    row: dict[str, Any] = {name: after[field] for field, name in _PLAIN.items() if field in after}
    if after.get("year_group"):
        if path_of(change) != STUDENTS:
            fault = "only students have a year group"
            raise InvalidInput("the change can't be sent", fields={"year_group": fault})
        row["year_group_id"] = year_groups.id(after["year_group"], field="year_group")
    return row
