"""Import a whole school by its own codes: people, courses with sections, and enrollments.

One import runs without interruption. Another one is killed in the middle and resumed.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from schoology_async import Schoology

from .roster_rows import Size, courses, enrollments, expected
from .roster_runs import Roster, Terms, Took, found, journal
from .roster_vendor import serve
from .school import people

TERMS = Terms(limit=50, per=5.0, latency=0.1, spread=0.05)

#: The number of records, and the factor by which all times are divided while measuring.
SHORT = (Size(4_000, 200, 600, 25_800), 2.0)
FULL = (Size(20_000, 1_000, 3_000, 120_000), 2.0)


async def load(options: dict[str, Any], size: Size, folder: Path) -> Counter[str]:
    """Import all records, one kind after the other."""
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


def _notes(size: Size, rest: Took) -> list[str]:
    extra = rest.held.requests - size.requests
    return [
        "order: people, then courses with their sections, then enrollments by "
        "`section_school_code` and `school_uid`; each kind has a journal",
        f"killed: with SIGKILL; requests of both runs beyond the least: {extra:,}, for rows "
        "without a response when the run was killed; people are looked up, and enrollments "
        f"are sent again ({rest.held.repeated:,} of them existed)",
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
