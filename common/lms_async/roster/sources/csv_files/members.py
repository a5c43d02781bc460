"""Read enrollments, and the relationships between students and guardians."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Enrollment, Person, Record, Relationship, Section
from ..tables.cells import ENROLLMENT_ROLES, PERSON_ROLES
from ..tables.known import need_known
from ..tables.row import Row
from .reading import Reading, read_rows
from .table import CsvTable

_GUARDIANS = frozenset({"guardian", "parent", "relative"})


def read_enrollments(reading: Reading) -> Iterator[Record]:
    """Yield the enrollments."""
    sections = reading.left_out(Section.plural)
    people = reading.left_out(Person.plural)
    known = reading.known

    def build(table: CsvTable, row: Row) -> Enrollment:
        need_known(row, "section_id", (row["section_id"],), known.sections, sections)
        need_known(row, "person_id", (row["person_id"],), known.people, people)
        row.need("role")
        enrollment = Enrollment(
            section_id=row["section_id"],
            person_id=row["person_id"],
            role=row.word("role", ENROLLMENT_ROLES),
            primary=row.flag("primary", blank=False),
            begins=table.date(row, "begins"),
            ends=table.date(row, "ends"),
        )
        if enrollment.begins and enrollment.ends and enrollment.ends < enrollment.begins:
            row.reject("ends", "date_order", "the enrollment ends before it begins.")
        return enrollment

    yield from read_rows(reading, Enrollment.plural, build)


def read_relationships(reading: Reading) -> Iterator[Record]:
    """Yield the relationships. The person is the student, and the other one the guardian."""
    people, left_out = reading.known.people, reading.left_out(Person.plural)

    def build(table: CsvTable, row: Row) -> Relationship:
        person, other = row["person_id"], row["other_id"]
        need_known(row, "person_id", (person,), people, left_out)
        need_known(row, "other_id", (other,), people, left_out)
        role = "" if people is None else people.role(other)
        if person == other or role == "student":
            text = "a student cannot be responsible for a student."
            row.reject("other_id", "agent_is_student", text)
        kind = row.word("kind", PERSON_ROLES) or (role if role in _GUARDIANS else "guardian")
        return Relationship(person_id=person, other_id=other, kind=kind)

    yield from read_rows(reading, Relationship.plural, build)
