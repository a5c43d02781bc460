"""A healthy school: its OneRoster files, a vendor that equals it, and the settings of its plans.

The ids of people have zeros at the start, and the code of a school differs from its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from lms_async.roster import (
    GuardSettings,
    OneRosterSource,
    Plan,
    PlanMeta,
    RosterMapping,
    Target,
    plan,
)
from tests.roster.fake_target import FakeTarget
from tests.roster.tables import Row, Tables

DAY = date(2026, 10, 1)
SCHOOLS = ("north", "south", "west")
SUBJECTS = ("algebra", "biology", "chemistry", "drama")
MAPPING = RosterMapping(
    roles={"student": "Student", "teacher": "Teacher", "guardian": "Parent"},
    enrollment_roles={"student": "member", "teacher": "admin"},
    last_grade=12,
    guard=GuardSettings(removals=frozenset({"people", "sections", "enrollments", "relationships"})),
)
_DATES = {"beginDate": "2026-08-17", "endDate": "2027-06-11"}


@attrs.define
class World:
    """A school, its vendor and its settings. A disaster damages one of them.

    :param tables: the school's files.
    :param files: the bytes of files that are not written from ``tables``, by name with the ending.
    :param last: what the plan of last night was made from; ``None`` if this is the first run.
    :param later: what happens after the plan was made, given its file.
    """

    tables: Tables
    target: FakeTarget
    files: dict[str, bytes] = attrs.field(factory=dict)
    mapping: RosterMapping = MAPPING
    as_of: date = DAY
    last: PlanMeta | None = None
    later: Callable[[Path], None] = lambda _: None

    def copy(self) -> World:
        """Return a world that can be damaged without this one."""
        target = FakeTarget(self.target.entries)
        return attrs.evolve(self, tables=self.tables.copy(), target=target, files={})

    def guard(self, **settings: Any) -> None:
        """Change settings of the guard."""
        guard = attrs.evolve(self.mapping.guard, **settings)
        self.mapping = attrs.evolve(self.mapping, guard=guard)

    async def plan(self, folder: Path) -> Plan:
        """Write the school's files, and make a plan."""
        return await self.plan_for(self.target, folder)

    async def plan_for(self, target: Target, folder: Path) -> Plan:
        """Write the school's files, and make a plan for another vendor."""
        source = OneRosterSource(self.tables.write(folder / "school", self.files))
        path = folder / "night.plan"
        return await plan(source, target, self.mapping, as_of=self.as_of, path=path, last=self.last)


async def healthy_world(folder: Path) -> World:
    """Return a school of 60 people, and a vendor that the plans of two nights made equal to it."""
    world = World(healthy_tables(), FakeTarget())
    for night in ("first", "second"):
        (folder / night).mkdir()
        made = await world.plan(folder / night)
        world.target.change_all([change async for change in made])
        world.last = made.meta
    return world


def healthy_tables() -> Tables:
    """Return the files of three schools, each with 20 people, 4 courses and 4 sections."""
    rows = {
        "orgs": [
            {
                "sourcedId": school,
                "name": school.title(),
                "type": "school",
                "identifier": school[0].upper(),
            }
            for school in SCHOOLS
        ],
        "academicSessions": [
            _term("year", "2026-2027", "schoolYear", "2026-08-17", "2027-06-11", ""),
            _term("fall", "Fall", "semester", "2026-08-17", "2027-01-15", "year"),
            _term("spring", "Spring", "semester", "2027-01-18", "2027-06-11", "year"),
        ],
        "courses": [
            {
                "sourcedId": f"{school}-{title}",
                "schoolYearSourcedId": "year",
                "title": title.title(),
                "courseCode": f"{school[0]}{title[0]}".upper(),
                "orgSourcedId": school,
            }
            for school in SCHOOLS
            for title in SUBJECTS
        ],
        "classes": [
            {
                "sourcedId": f"{school}-{number}",
                "title": f"Period {number}",
                "courseSourcedId": f"{school}-{title}",
                "classCode": f"K{school[0]}{number}".upper(),
                "classType": "scheduled",
                "schoolSourcedId": school,
                "termSourcedIds": "fall,spring",
            }
            for school in SCHOOLS
            for number, title in enumerate(SUBJECTS, start=1)
        ],
        "users": [_user(number) for number in range(60)],
        "enrollments": list(_enrollments()),
    }
    return Tables(rows)


def _term(id_: str, title: str, type_: str, starts: str, ends: str, parent: str) -> Row:
    return {
        "sourcedId": id_,
        "title": title,
        "type": type_,
        "startDate": starts,
        "endDate": ends,
        "parentSourcedId": parent,
        "schoolYear": "2027",
    }


def person_id(number: int) -> str:
    """Return an id as schools have them: digits, with zeros at the start."""
    return f"00{73201 + number * 37}"


def _user(number: int) -> Row:
    """Return a person. Of the 20 of each school, 12 are students, and 2 are teachers."""
    place = number // 3
    role = "student" if place < 12 else "teacher" if place < 14 else "guardian"
    is_student = role == "student"
    guardian = 3 * (14 + place % 6) + number % 3
    return {
        "sourcedId": person_id(number),
        "enabledUser": "true",
        "orgSourcedIds": SCHOOLS[number % 3],
        "role": role,
        "username": f"user{number}",
        "givenName": f"Given{number}",
        "familyName": f"Family{number}",
        "identifier": f"ID-{number}",
        "email": f"user{number}@school.example",
        "agentSourcedIds": person_id(guardian) if is_student else "",
        "grades": f"{9 + place % 4:02}" if is_student else "",
    }


def _enrollments() -> Iterator[Row]:
    """Yield the students and a teacher of each section. A student is in every section."""
    for at, school in enumerate(SCHOOLS):
        for section in range(1, 5):
            for place in [*range(12), 12 + section % 2]:
                yield {
                    "classSourcedId": f"{school}-{section}",
                    "schoolSourcedId": school,
                    "userSourcedId": person_id(3 * place + at),
                    "role": "student" if place < 12 else "teacher",
                    **_DATES,
                }
