"""A small school, as its own system knows it, and a plan of it that is made for a sandbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs

from lms_async.outcome import Outcome
from lms_async.roster import (
    Change,
    Course,
    Enrollment,
    GuardSettings,
    IterableSource,
    Org,
    Person,
    Plan,
    Relationship,
    Role,
    RosterMapping,
    Section,
    Target,
    Term,
    plan,
)
from manabac_async.sandbox import School

GRADE_11, GRADE_12 = "Diploma 2099 (Grade 11)", "Diploma 2098 (Grade 12)"
#: The day of all plans.
DAY = date(2026, 10, 1)
MAPPING = RosterMapping(
    roles={"student": "student", "teacher": "teacher", "guardian": "parent"},
    enrollment_roles={"student": "student", "teacher": "teacher"},
    grades={"11": GRADE_11, "12": GRADE_12},
    subjects={"c1": "Biology"},
    terms={"This year": "2020-2099"},
    guard=GuardSettings(
        removals=frozenset({"people", "sections", "enrollments", "relationships"}), min_records=100
    ),
)
NORTH = Org(id="s1", name="North School", type="school", code="N")
YEAR = Term(
    id="y1",
    title="This year",
    type="schoolYear",
    starts=date(2020, 8, 1),
    ends=date(2099, 6, 30),
    school_year=2027,
)


def person(id_: str, role: str, **more: Any) -> Person:
    return Person(
        id=id_,
        given_name=f"Given {id_}",
        family_name="Okafor",
        email=f"{id_}@school.example",
        roles=(Role(role=role, org_id="s1", primary=True),),
        org_ids=("s1",),
        **more,
    )


ADA = person("p1", "student", grades=("11",), gender="female", birth_date=date(2010, 5, 4))
BEN = person("p2", "student", grades=("12",), middle_name="B.")
TEACHER = person("t1", "teacher", phone="555-0101")
PARENT = person("g1", "guardian", sms="555-0100")
PEOPLE = [ADA, BEN, TEACHER, PARENT]
BIOLOGY = Course(id="c1", title="Biology", org_id="s1", grades=("11",))
ROOM = Section(id="k1", title="Biology 1", course_id="c1", org_id="s1", term_ids=("y1",))
SEATS = [
    Enrollment(section_id="k1", person_id="p1", role="student"),
    Enrollment(section_id="k1", person_id="p2", role="student"),
    Enrollment(section_id="k1", person_id="t1", role="teacher"),
]
SCHOOL: dict[str, list[Any]] = {
    "orgs": [NORTH],
    "terms": [YEAR],
    "people": PEOPLE,
    "courses": [BIOLOGY],
    "sections": [ROOM],
    "enrollments": SEATS,
    "relationships": [Relationship(person_id="p1", other_id="g1", kind="parent")],
}
#: The school without Ben, who has left.
WITHOUT_BEN: dict[str, list[Any]] = {
    "people": [ADA, TEACHER, PARENT],
    "enrollments": [SEATS[0], SEATS[2]],
}


def prepared() -> School:
    """Return a school without people, and with what a roster refers to."""
    school = School()
    academics = school.academics
    subjects = academics.add_subject_group("Sciences")
    academics.add_subject("Biology", subjects.id)
    academics.add_subject("Physics", subjects.id)
    for first, last in ((2018, 2019), (2020, 2099)):
        year = academics.add_year("diploma")
        for name, starts, ends in (
            ("Semester 1", date(first, 8, 1), date(first, 12, 31)),
            ("Semester 2", date(first + 1, 1, 1), date(last, 6, 30)),
        ):
            academics.add_term(starts, ends, name=name, academic_year_id=year.id)
    school.add_ib_group(GRADE_11, grade="Grade 11", grade_number=12)
    school.add_ib_group(GRADE_12, grade="Grade 12", grade_number=13)
    return school


@attrs.frozen
class Keeper:
    """Keeps a target up to date, step by step."""

    target: Target
    folder: Path
    mapping: RosterMapping = MAPPING

    async def make(self, **kinds: list[Any]) -> Plan:
        return await plan(
            IterableSource(**{**SCHOOL, **kinds}),
            self.target,
            self.mapping,
            as_of=DAY,
            path=self.folder / "roster.plan",
        )

    async def plan(self, **kinds: list[Any]) -> list[Change]:
        return [change async for change in await self.make(**kinds)]

    async def apply(self, changes: list[Change]) -> list[Outcome[Change]]:
        """Make the changes, those with the same kind and action in one bulk."""
        steps: dict[tuple[str, Any], list[Change]] = {}
        for change in changes:
            steps.setdefault((change.kind, change.action), []).append(change)
        return [
            outcome
            for (kind, action), some in steps.items()
            async for outcome in self.target.apply(kind, action, some, as_of=DAY, journal=None)
        ]

    async def update(self, **kinds: list[Any]) -> list[Outcome[Change]]:
        """Plan, and make the changes."""
        return await self.apply(await self.plan(**kinds))


def brief(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.action.value, change.kind, change.key) for change in changes]
