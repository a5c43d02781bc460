"""A whole school by its own codes: people, courses with sections, enrollments; once in one go, and
once killed in the middle and resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from schoology_async import Schoology

from .roster_runs import Roster, Terms, Took, found, journal
from .roster_vendor import PERIOD, serve
from .school import people

TERMS = Terms(limit=50, per=5.0, latency=0.1, spread=0.05)
BATCH = 50


@attrs.frozen
class Size:
    """How many of each there are."""

    people: int
    courses: int
    sections: int
    enrollments: int

    @property
    def requests(self) -> int:
        """The least requests that bring all of it to the vendor: sections go with their courses."""
        return sum(-(-rows // BATCH) for rows in (self.people, self.courses, self.enrollments))

    def __str__(self) -> str:
        return (
            f"{self.people:,} people, {self.courses:,} courses, {self.sections:,} sections, "
            f"{self.enrollments:,} enrollments"
        )


#: Sizes, and by how much time is divided.
SHORT = (Size(4_000, 200, 600, 25_800), 2.0)
FULL = (Size(20_000, 1_000, 3_000, 120_000), 2.0)


def course_code(number: int) -> str:
    return f"C{number:05d}"


def section_code(size: Size, number: int) -> str:
    """Sections are dealt out to the courses in turn."""
    return f"{course_code(number % size.courses)}-{number // size.courses}"


def courses(size: Size) -> Iterator[Any]:
    """Courses with their sections inside."""
    for number in range(size.courses):
        own = range(number, size.sections, size.courses)
        sections = [
            {
                "title": f"Section {place}",
                "section_code": str(place),
                "section_school_code": section_code(size, section),
                "grading_periods": [PERIOD],
            }
            for place, section in enumerate(own)
        ]
        code = course_code(number)
        yield {"title": f"Course {number}", "course_code": code, "sections": sections}


def enrollments(size: Size) -> Iterator[Any]:
    """In each section as many people; the first one teaches it."""
    each = size.enrollments // size.sections
    for section in range(size.sections):
        code = section_code(size, section)
        for place in range(each):
            yield {
                "section_school_code": code,
                "school_uid": f"S{(section * each + place) % size.people:07d}",
                "admin": "0" if place else "1",
            }


async def load(options: dict[str, Any], size: Size, folder: Path) -> Counter[str]:
    """Import everything, one kind after the other."""
    ended: Counter[str] = Counter()
    async with Schoology(**options) as schoology:
        for bulk in (
            schoology.users.create_many(people(size.people), journal=journal(folder, "people")),
            schoology.courses.create_many(courses(size), journal=journal(folder, "courses")),
            schoology.enrollments.import_by_school_code(
                enrollments(size), journal=journal(folder, "enrollments")
            ),
        ):
            ended += (await bulk).counts
    return ended


def expected(size: Size) -> Any:
    """Return what the vendor must hold: people, courses, sections and enrollments."""
    return (
        {person["school_uid"] for person in people(size.people)},
        {course_code(number) for number in range(size.courses)},
        {
            (course_code(number % size.courses), section_code(size, number))
            for number in range(size.sections)
        },
        {
            (row["section_school_code"], row["school_uid"], int(row["admin"]))
            for row in enrollments(size)
        },
    )


def _notes(size: Size, rest: Took) -> list[str]:
    beyond = rest.held.requests - size.requests
    return [
        "people first, then courses with their sections inside, then enrollments by "
        "`section_school_code` and `school_uid`; each with a journal",
        f"killed: SIGKILL; requests of both runs beyond the least: {beyond:,}, for the rows "
        "that were under way: people are looked up, and enrollments are sent again "
        f"({rest.held.repeated:,} of them existed)",
    ]


def main(full: bool = False) -> None:
    size, scale = FULL if full else SHORT
    roster = Roster(
        size=size,
        terms=TERMS,
        least=size.requests,
        rows=size.people + size.courses + size.enrollments,
        serve=serve,
        load=load,
        expected=expected,
    )
    found(
        "roster",
        f"A school by its own codes: {size}",
        roster,
        scale,
        most=1.03,
        most_requests=1,
        notes=lambda whole, rest: _notes(size, rest),
        into=f"{size} by the school's own codes into Schoology",
        full=full,
    ).publish()
