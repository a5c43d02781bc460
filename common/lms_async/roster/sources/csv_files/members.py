"""Read enrollments, and the relationships between students and guardians."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Enrollment, Record, Relationship
from ..tables.cells import PERSON_ROLES
from ..tables.known import KnownPeople, need_known
from ..tables.memberships import Memberships
from ..tables.row import Row
from .reading import Reading, read_rows
from .table import CsvTable

_GUARDIANS = frozenset({"guardian", "parent", "relative"})


def read_enrollments(reading: Reading) -> Iterator[Record]:
    """Yield the enrollments."""
    # Each file has its own format of dates.
    memberships = {
        table: Memberships(table.date, begins="begins", ends="ends")
        for table in reading.tables(Enrollment.plural)
    }

    def build(table: CsvTable, row: Row) -> Enrollment:
        section, person = row["section_id"], row["person_id"]
        need_known(row, "section_id", section, reading.known, "sections")
        need_known(row, "person_id", person, reading.known, "people")
        return memberships[table].of(row).enrollment(section_id=section, person_id=person)

    yield from read_rows(reading, Enrollment.plural, build)


def read_relationships(reading: Reading) -> Iterator[Record]:
    """Yield the relationships. The person is the student, and the other one the guardian.

    Two people are connected once, although rows may call the guardian mother and emergency contact.
    """
    people = reading.known.people
    pairs = people or KnownPeople()
    given: set[object] = set()

    def build(table: CsvTable, row: Row) -> Relationship | None:
        person, other = row["person_id"], row["other_id"]
        need_known(row, "person_id", person, reading.known, "people")
        need_known(row, "other_id", other, reading.known, "people")
        role = "" if people is None else people.role(other)
        if person == other or role == "student":
            text = "a student cannot be responsible for a student."
            row.reject("other_id", "agent_is_student", text)
        kind = PERSON_ROLES.get(row["kind"].casefold(), "")
        if row["kind"] and not kind:
            text = "this is not guardian, parent or relative. It is read as guardian."
            row.warn("kind", "unknown_word", text)
        kind = kind or (role if role in _GUARDIANS else "guardian")
        pair = pairs.pair(person, other)
        if kind in _GUARDIANS and pair in given:
            text = "an earlier row connects the same people."
            table.accept(row.line, "same_record_twice", text)
            return None
        given.add(pair)
        return Relationship(person_id=person, other_id=other, kind=kind)

    yield from read_rows(reading, Relationship.plural, build)
