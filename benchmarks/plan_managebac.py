"""ManageBac's sandbox for the benchmark ``plan``, and the account as a target."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from lms_async.roster import Entry, GuardSettings, RosterMapping
from lms_async.roster.entries import split
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School

from .plan_bundle import FALL, SPRING

_PROGRAM, _SUBJECT, _YEAR = "diploma", "Mathematics", "2020-2099"
_GRADES = {f"{grade:02}": f"Grade {grade}" for grade in (9, 10, 11, 12)}
#: More courses than the largest bundle has.
_COURSES = 2000

MAPPING = RosterMapping(
    roles={"student": "student", "teacher": "teacher", "guardian": "parent"},
    enrollment_roles={"student": "student", "teacher": "teacher"},
    grades=_GRADES,
    subjects={f"C{number}": _SUBJECT for number in range(_COURSES)},
    terms={"Fall": _YEAR, "Spring": _YEAR},
    guard=GuardSettings(removals=frozenset({"people", "sections", "enrollments", "relationships"})),
)
sandbox, client, target = ManageBacSandbox, ManageBac, ManageBacRoster


def credentials(server: ManageBacSandbox) -> dict[str, Any]:
    return {"token": server.token, "base_url": server.base_url}


def school(entries: Iterable[Entry]) -> School:
    """Return a school that has year groups, terms and a subject, and holds what the entries say.

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
        academics = made.academics
        year = academics.add_year(_PROGRAM)
        self._terms = [
            academics.add_term(*map(date.fromisoformat, dates), academic_year_id=year.id).id
            for dates in (FALL, SPRING)
        ]
        self._subject = academics.add_subject(_SUBJECT, academics.add_subject_group("All").id).id
        self._groups = {
            name: made.add_ib_group(name, grade=name, grade_number=int(grade) + 1)
            for grade, name in _GRADES.items()
        }
        # The ids of people and classes by their keys.
        self._people: dict[str, int] = {}
        self._classes: dict[str, int] = {}

    def orgs(self, entry: Entry) -> None:
        """Do nothing: the account is one school."""

    terms = courses = orgs

    def people(self, entry: Entry) -> None:
        fields = entry.fields
        email, role = fields["email"], fields["role"]
        names: dict[str, Any] = {
            "first_name": fields["given_name"],
            "last_name": fields["family_name"],
        }
        if role == "student":
            person = self.made.add_student(
                email, student_id=entry.key, birthday=fields["birth_date"], **names
            )
            self._groups[fields["year_group"]].student_ids.append(person.id)
        else:
            add = self.made.add_teacher if role == "teacher" else self.made.add_parent
            person = add(email, identifier=entry.key, **names)
        self._people[entry.key] = person.id

    def relationships(self, entry: Entry) -> None:
        student, parent, _ = (self._people.get(key, 0) for key in split(entry.key))
        made = self.made
        made.relations.set(made.parents[parent], made.students[student], "Mother")

    def sections(self, entry: Entry) -> None:
        first, last = self._terms
        self._classes[entry.key] = self.made.add_class(
            entry.fields["title"],
            uniq_id=entry.key,
            program_code=_PROGRAM,
            subject_ids=[self._subject],
            start_term_id=first,
            end_term_id=last,
        ).id

    def enrollments(self, entry: Entry) -> None:
        section, person = split(entry.key)
        join = self.made.teach if entry.fields["role"] == "teacher" else self.made.enrol
        join(self._classes[section], self._people[person])
