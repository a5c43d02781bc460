"""Schoology's sandbox for the benchmark ``plan``, and the account as a target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_async.roster import Entry, GuardSettings, RosterMapping
from lms_async.roster.entries import split
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import School, SchoologySandbox

MAPPING = RosterMapping(
    roles={"student": "Student", "teacher": "Teacher", "guardian": "Parent"},
    enrollment_roles={"student": "member", "teacher": "admin"},
    last_grade=12,
    guard=GuardSettings(removals=frozenset({"people", "enrollments", "relationships"})),
)
#: Schoology's names of the fields of people that are written as they are.
_PLAIN = {
    "given_name": "name_first",
    "family_name": "name_last",
    "email": "primary_email",
    "username": "username",
    "birth_date": "birthday_date",
    "graduation_year": "grad_year",
}


sandbox, client, target = SchoologySandbox, Schoology, SchoologyRoster


def credentials(server: SchoologySandbox) -> dict[str, Any]:
    return {"key": server.key, "secret": server.secret, "base_url": server.base_url}


def school(entries: Iterable[Entry]) -> School:
    """Return a school that holds what the entries say.

    :param entries: in the order of a source.
    """
    filling = _Filling(School())
    for entry in entries:
        getattr(filling, entry.kind)(entry)
    return filling.made


class _Filling:
    """Adds records to a school. Each kind has a method."""

    def __init__(self, made: School) -> None:
        self.made = made
        self._roles = {role.title: role.id for role in made.roles}
        self._buildings: dict[str, str] = {}
        self._periods: dict[str, str] = {}

    def orgs(self, entry: Entry) -> None:
        self._building(entry.key)

    def terms(self, entry: Entry) -> None:
        fields = entry.fields
        period = self.made.grading_periods.add(entry.key, fields["starts"], fields["ends"])
        self._periods[entry.key] = period.id

    def people(self, entry: Entry) -> None:
        fields = entry.fields
        self.made.add(
            {name: fields[field] for field, name in _PLAIN.items() if field in fields},
            school_uid=entry.key,
            role_id=self._roles[fields["role"]],
            building_id=self._building(fields["school"]),
        )

    def relationships(self, entry: Entry) -> None:
        student, parent, _ = split(entry.key)
        self.made.parents.link(self._uid(student), self._uid(parent))

    def courses(self, entry: Entry) -> None:
        # The courses belong to the district, so they are in no building.
        self.made.courses.add(course_code=entry.key, title=entry.fields["title"])

    def sections(self, entry: Entry) -> None:
        fields = entry.fields
        course = self.made.courses.by_code(fields["course"])
        assert course is not None  # noqa: S101
        self.made.sections.add(
            course.id,
            section_school_code=entry.key,
            section_code=entry.key,
            title=fields["title"],
            location=fields["location"],
            grading_periods=[int(self._periods[title]) for title in split(fields["terms"])],
        )

    def enrollments(self, entry: Entry) -> None:
        code, person = split(entry.key)
        section = self.made.sections.by_school_code(code)
        assert section is not None  # noqa: S101
        admin = int(entry.fields["role"] == "admin")
        self.made.enrollments.add("section", section.id, self._uid(person), admin=admin)

    def _uid(self, key: str) -> str:
        account = self.made.by_school_uid(key)
        assert account is not None  # noqa: S101
        return account.uid

    def _building(self, code: str) -> str:
        """Return the id of a building, which is added if it is not there."""
        if code not in self._buildings:
            made = self.made.buildings.add(str(self.made.school_id), title=code, building_code=code)
            self._buildings[code] = made.id
        return self._buildings[code]
