"""A whole school into ManageBac: people, children of parents, classes with teachers, memberships;
once in one go, and once killed in the middle and resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from lms_async.bulk.bulk import Bulk
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School

from .roster_runs import Roster, Served, Terms, Took, found, journal

TERMS = Terms(limit=50, per=1.0, latency=0.05, spread=0.025)
#: Rows per request of the methods that send several.
CHUNK = 100
PROGRAM, GRADE = "diploma", 12


@attrs.frozen
class Size:
    """How many of each there are."""

    students: int
    teachers: int
    parents: int
    classes: int
    memberships: int

    @property
    def each(self) -> int:
        """How many students each class has."""
        return self.memberships // self.classes

    @property
    def requests(self) -> int:
        """The least requests that bring all of it to the vendor: one for each person, one for the
        children of each parent, one for the teachers of each class, and two lists for the ids of
        terms and subjects."""
        people = self.students + self.teachers + 2 * self.parents
        members = self.classes * -(-self.each // CHUNK)
        return people + -(-self.classes // CHUNK) + self.classes + members + 2

    @property
    def rows(self) -> int:
        """How many rows have an outcome. Each class has one teacher."""
        people = self.students + self.teachers + 2 * self.parents
        return people + 2 * self.classes + self.classes * self.each

    def __str__(self) -> str:
        return (
            f"{self.students:,} students, {self.parents:,} parents with children, "
            f"{self.classes:,} classes with terms and teachers, {self.memberships:,} memberships"
        )


#: Sizes, and by how much time is divided.
SHORT = (Size(1_000, 20, 1_200, 40, 4_000), 2.0)
FULL = (Size(10_000, 200, 12_000, 400, 40_000), 2.0)


def student_email(number: int) -> str:
    return f"student{number}@school.example"


def teacher_email(number: int) -> str:
    return f"teacher{number}@school.example"


def parent_email(number: int) -> str:
    return f"parent{number}@family.example"


def uniq_id(number: int) -> str:
    return f"DP-{number}"


def people(count: int, email: Any, **more: Any) -> Iterator[Any]:
    for number in range(count):
        yield {
            "email": email(number),
            "first_name": "Ada",
            "last_name": f"Okafor-{number}",
            "gender": "Female",
            "nationalities": ["NG", "GB"],
            **more,
        }


def children(size: Size, parent: int) -> dict[int, str]:
    """Return the children of a parent; every fifth parent has two."""
    found = {parent % size.students: "Mother" if parent % 2 else "Father"}
    if parent % 5 == 0:
        found[(parent + 1) % size.students] = "Legal Guardian"
    return found


def members(size: Size, number: int) -> dict[int, str]:
    """Return the students of a class with their levels."""
    first = number * size.each
    return {(first + at) % size.students: "HL" if at % 2 else "SL" for at in range(size.each)}


async def _ids(bulk: Bulk[Any], ended: Counter[str]) -> list[int]:
    """Read a bulk, count its outcomes, and return the vendor's ids of its rows."""
    found = []
    async for outcome in bulk:
        ended[outcome.status] += 1
        found.append(int(outcome.id or 0))
    return found


async def load(options: dict[str, Any], size: Size, folder: Path) -> Counter[str]:
    """Import everything, one kind after the other."""
    ended: Counter[str] = Counter()
    async with ManageBac(**options) as managebac:
        years = (await managebac.academic_years.list(program_code=PROGRAM))[PROGRAM]
        terms = years[0].academic_terms or []
        subject = (await managebac.school.subjects())[PROGRAM][0]
        students = await _ids(
            managebac.students.create_many(
                people(size.students, student_email), journal=journal(folder, "students")
            ),
            ended,
        )
        teachers = await _ids(
            managebac.teachers.create_many(
                people(size.teachers, teacher_email), journal=journal(folder, "teachers")
            ),
            ended,
        )
        parents = await _ids(
            managebac.parents.create_many(
                people(size.parents, parent_email), journal=journal(folder, "parents")
            ),
            ended,
        )
        families: Iterator[Any] = (
            {
                "parent_id": parent,
                "children": [
                    {"id": students[child], "relationship": relationship}
                    for child, relationship in children(size, number).items()
                ],
            }
            for number, parent in enumerate(parents)
        )
        await _ids(
            managebac.children.replace_many(families, journal=journal(folder, "children")), ended
        )
        new: Iterator[Any] = (
            {
                "program": PROGRAM,
                "grade_number": GRADE,
                "language": "en",
                "start_term_id": terms[0].id,
                "end_term_id": terms[-1].id,
                "subject_id": subject.id,
                "name": f"Class {number}",
                "uniq_id": uniq_id(number),
            }
            for number in range(size.classes)
        )
        classes = await _ids(
            managebac.classes.upsert_many(new, journal=journal(folder, "classes")), ended
        )
        taught: Iterator[Any] = (
            {"class_id": one, "teacher_id": teachers[number % size.teachers]}
            for number, one in enumerate(classes)
        )
        await _ids(
            managebac.classes.add_teachers_many(taught, journal=journal(folder, "taught")), ended
        )
        placed: Iterator[Any] = (
            {"class_id": one, "student_id": students[student], "level": level}
            for number, one in enumerate(classes)
            for student, level in members(size, number).items()
        )
        await _ids(
            managebac.memberships.update_many(placed, journal=journal(folder, "placed")), ended
        )
    return ended


def expected(size: Size) -> Any:
    """Return what the vendor must hold: people, children, classes, teachers and members."""
    numbers = range(size.classes)
    return (
        {person(number) for person, number in _everyone(size)},
        {
            (parent_email(number), student_email(child), relationship)
            for number in range(size.parents)
            for child, relationship in children(size, number).items()
        },
        {uniq_id(number) for number in numbers},
        {(uniq_id(number), teacher_email(number % size.teachers)) for number in numbers},
        {
            (uniq_id(number), student_email(student), level)
            for number in numbers
            for student, level in members(size, number).items()
        },
    )


def _everyone(size: Size) -> Iterator[tuple[Any, int]]:
    for email, count in (
        (student_email, size.students),
        (teacher_email, size.teachers),
        (parent_email, size.parents),
    ):
        for number in range(count):
            yield email, number


class _Served:
    def __init__(self, server: ManageBacSandbox) -> None:
        self.server = server
        self.options: dict[str, Any] = {"token": server.token, "base_url": server.base_url}

    def state(self) -> Any:
        """Return people, children, classes, teachers and members."""
        school: School = self.server.school
        everyone = {**school.students, **school.teachers, **school.parents}
        terms = {one.start_term_id and one.end_term_id for one in school.classes.values()}
        return (
            {person.email for person in everyone.values()},
            {
                (parent.email, everyone[child].email, school.relations.kind(parent, child))
                for parent in school.parents.values()
                for child in parent.kin
            },
            {one.uniq_id for one in school.classes.values()} if None not in terms else terms,
            {
                (one.uniq_id, everyone[teacher].email)
                for one in school.classes.values()
                for teacher in school.class_teachers(one.id)
            },
            {
                (one.uniq_id, everyone[student].email, level)
                for one in school.classes.values()
                for student, level in school.members(one.id).items()
            },
        )

    def created(self) -> list[Counter[Any]]:
        """Return how often each record was created, by natural key."""
        school = self.server.school
        people = [store.creates for store in (school.students, school.teachers, school.parents)]
        return [*people, school.classes.creates, school.relations.creates, school.member_adds]

    def repeated(self) -> int:
        """Return how many links and memberships were sent again after they existed."""
        school = self.server.school
        again = sum(count - 1 for count in school.member_writes.values())
        return school.relations.updates.total() + again


@contextmanager
def serve(terms: Terms) -> Iterator[Served]:
    """Serve a school that has programs, terms and subjects, and no people or classes."""
    limit, latency = (terms.limit, terms.per), (terms.latency, terms.spread)
    with ManageBacSandbox(limit=limit, latency=latency, school=School.seeded()) as server:
        yield _Served(server)


def _notes(size: Size, whole: Took, rest: Took) -> list[str]:
    beyond = rest.held.requests - whole.held.requests
    return [
        "students, teachers, parents, the children of each parent, classes, the teachers of each "
        "class, and students with levels, in this order; each with a journal",
        f"requests beyond the least: {whole.held.requests - size.requests:,}. ManageBac does not "
        f"tell which teachers it skipped, so {size.classes:,} classes are read back; the others "
        "count the links that `children.replace_many` would remove",
        f"killed: SIGKILL; both runs together made {beyond:,} more requests than one: for the rows "
        "that were under way, and to read the lists again "
        f"({rest.held.repeated:,} links and memberships were sent again)",
    ]


def main(full: bool = False) -> None:
    size, scale = FULL if full else SHORT
    roster = Roster(
        size=size,
        terms=TERMS,
        least=size.requests,
        rows=size.rows,
        serve=serve,
        load=load,
        expected=expected,
    )
    found(
        "roster_managebac",
        f"A school into ManageBac: {size}",
        roster,
        scale,
        most=1.05,
        most_requests=1.05,
        notes=lambda whole, rest: _notes(size, whole, rest),
        into=f"{size} into ManageBac",
        full=full,
    ).publish()
