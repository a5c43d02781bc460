"""The sandbox of both targets.

It is a module of its own, so that an import to the vendor does not load the sandbox.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from lms_async.cli.target import RunningSandbox

from ..sandbox import ManageBacSandbox, School
from ..vendor import LIMIT, PERIOD

#: School years begin in this month. In the holidays before, the next one is the current one.
_FIRST_MONTH = 7


def school_of(students: int, *, school_year: int = 2025) -> School:
    """Create a school with empty classes: eight per student, of 25 students each.

    The same number of students always gives the same ids.

    :param school_year: the year in which the current school year begins.
    """
    classes = max(8, -(-students * 8 // 25)) if students else 0
    return School.seeded(students=students, classes=classes, school_year=school_year)


def school_year_of(day: date) -> int:
    """Return the year in which the school year of a day begins."""
    return day.year if day.month >= _FIRST_MONTH else day.year - 1


@asynccontextmanager
async def served(
    *,
    people: int,
    limit: tuple[int, float] | None,
    latency: tuple[float, float] | None,
    host: str,
    port: int,
) -> AsyncIterator[RunningSandbox]:
    """Run a sandbox, and give the variables of both targets."""
    async with ManageBacSandbox(
        school=school_of(people, school_year=school_year_of(datetime.now(UTC).date())),
        limit=limit or (LIMIT, PERIOD),
        latency=latency,
        host=host,
        port=port,
    ) as sandbox:
        yield RunningSandbox(
            sandbox,
            {
                "MANAGEBAC_TOKEN": sandbox.token,
                "MANAGEBAC_BASE_URL": sandbox.base_url,
                "MANAGEBAC_V1_SCHOOL": "sandbox",
                "MANAGEBAC_V1_TOKEN": sandbox.v1_token,
                "MANAGEBAC_V1_BASE_URL": sandbox.v1_base_url,
            },
        )
