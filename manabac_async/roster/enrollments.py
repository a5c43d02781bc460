"""Enrollments: the students and teachers of classes, by the keys of both.

The vendor's id of an enrollment, as an entry has it, is the path of the person's list and
ManageBac's ids of the class and the person, such as ``students/10200001/10500001``. The levels SL
and HL are never changed.
"""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.errors import InvalidInput
from lms_async.roster import Change, Entry
from lms_async.roster.administrators import administers
from lms_async.roster.entries import join, split

from ..models.membership import Membership
from ..resources.classes import Classes
from .people import ROLES, STUDENTS, TEACHERS
from .references import Keys

#: The field that ManageBac holds: ``student`` or ``teacher``, by the list that the person is in.
HOLDS = frozenset({"role"})
PATHS = (STUDENTS, TEACHERS)


@attrs.frozen(kw_only=True)
class EnrollmentNames:
    """The people and classes that enrollments refer to."""

    people: Keys
    classes: Keys


def entry(membership: Membership, *, section: str, person: str, path: str, school: str) -> Entry:
    """Return the entry of a membership of an active class and an active person.

    :param section: the key of the class.
    :param person: the key of the person.
    :param path: the path of the list that the person is in.
    :param school: the key of the school.
    """
    return Entry(
        kind="enrollments",
        key=join(section, person),
        org=school,
        vendor_id=f"{path}/{membership.class_id}/{membership.user_id}",
        locked="administrator" if administers(membership.role or "") else "",
        fields={"role": ROLES[path]},
    )


def path_of_new(change: Change, names: EnrollmentNames) -> str:
    """Return the path of the list of the person who is enrolled.

    :raises InvalidInput: ManageBac does not know the person.
    """
    return names.people.id(split(change.key)[1], field="person").partition("/")[0]


def path_of(change: Change) -> str:
    """Return the path of the list of the person who is removed."""
    return change.vendor_id.partition("/")[0]


def new_row(change: Change, names: EnrollmentNames) -> dict[str, Any]:
    """Return the row that adds a person to a class.

    :raises InvalidInput: ManageBac does not know the class or the person, or the person has another
        role.
    """
    section, person = split(change.key)
    path, _, id_ = names.people.id(person, field="person").partition("/")
    wanted = change.after.get("role", "")
    if wanted != ROLES[path]:
        fault = f"must be {ROLES[path]}, as the person is in ManageBac"
        raise InvalidInput("the change can't be sent", fields={"role": fault})
    return _row(path, names.classes.id(section, field="section"), id_)


def removed_row(change: Change) -> dict[str, Any]:
    """Return the row that removes a person from a class."""
    path, class_id, id_ = change.vendor_id.split("/")
    return _row(path, class_id, id_)


def _row(path: str, class_id: str, id_: str) -> dict[str, Any]:
    return {"class_id": class_id, f"{ROLES[path]}_id": id_}


class StudentAddition(Classes):
    """Adds students to classes, and does not change the levels of those who are in them.

    ``memberships.update_many`` needs the vendor's "Extended APIs", which not every school has.
    """

    def add_students_many(self, rows: Any) -> Bulk[Any]:
        """Add students, one request per class, and read each class afterwards."""
        return self._add_places(
            rows,
            "classes.add_students_many",
            "classes/{id}/add_students",
            self._student_places(),
            repeatable=False,
            chunk=100,
            journal=None,
        )
