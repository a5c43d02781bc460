"""The sandbox of both targets.

It is a module of its own, so that an import to the vendor does not load the sandbox.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lms_async.cli.target import RunningSandbox

from ..sandbox import ManageBacSandbox, School
from ..vendor import LIMIT, PERIOD


def school_of(students: int) -> School:
    """Create a school with empty classes: eight per student, of 25 students each.

    The same number of students always gives the same ids.
    """
    classes = max(8, -(-students * 8 // 25)) if students else 0
    return School.seeded(students=students, classes=classes)


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
        school=school_of(people),
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
