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
    Relationship,
    Role,
    RosterMapping,
    Section,
    Target,
    Term,
    plan,
)
from schoology_async.sandbox import School

#: The day of all plans.
DAY = date(2026, 10, 1)
MAPPING = RosterMapping(
    roles={"student": "Student", "teacher": "Teacher", "guardian": "Parent"},
    enrollment_roles={"student": "member", "teacher": "admin"},
    last_grade=12,
    guard=GuardSettings(
        removals=frozenset({"people", "enrollments", "relationships"}), min_records=100
    ),
)
NORTH = Org(id="s1", name="North School", type="school", code="N")
YEAR = Term(
    id="y1",
    title="2026-2027",
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


ADA = person("p1", "student", grades=("10",), gender="female", birth_date=date(2010, 5, 4))
BEN = person("p2", "student", grades=("11",), middle_name="B.")
TEACHER = person("t1", "teacher")
PARENT = person("g1", "guardian", phone="555-0100")
ALGEBRA = Course(id="c1", title="Algebra", org_id="s1")
ROOM = Section(
    id="k1", title="Algebra 1", course_id="c1", org_id="s1", term_ids=("y1",), location="Room 4"
)
SEATS = [
    Enrollment(section_id="k1", person_id="p1", role="student"),
    Enrollment(section_id="k1", person_id="p2", role="student"),
    Enrollment(section_id="k1", person_id="t1", role="teacher"),
]
SCHOOL: dict[str, list[Any]] = {
    "orgs": [NORTH],
    "terms": [YEAR],
    "people": [ADA, BEN, TEACHER, PARENT],
    "courses": [ALGEBRA],
    "sections": [ROOM],
    "enrollments": SEATS,
    "relationships": [Relationship(person_id="p1", other_id="g1", kind="parent")],
}
#: The school without Ben, who has left.
WITHOUT_BEN: dict[str, list[Any]] = {
    "people": [ADA, TEACHER, PARENT],
    "enrollments": [SEATS[0], SEATS[2]],
}


def add_building(school: School) -> None:
    school.buildings.add(str(school.school_id), title="North School", building_code="N")


@attrs.frozen
class Keeper:
    """Keeps a target up to date, step by step."""

    target: Target
    folder: Path

    async def plan(self, **kinds: list[Any]) -> list[Change]:
        made = await plan(
            IterableSource(**{**SCHOOL, **kinds}),
            self.target,
            MAPPING,
            as_of=DAY,
            path=self.folder / "roster.plan",
        )
        return [change async for change in made]

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
