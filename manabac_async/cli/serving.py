"""The sandbox that both targets have.

A module of its own: an import to the vendor itself runs without loading the sandbox.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lms_async.cli.target import RunningSandbox

from ..sandbox import ManageBacSandbox, School
from ..vendor import LIMIT, PERIOD


def school_of(students: int) -> School:
    """A school of so many students, and of classes as if each of them took eight, of 25 students
    each; nobody is in them yet. It is the same each time, its ids too."""
    classes = max(8, -(-students * 8 // 25)) if students else 0
    return School.seeded(students=students, classes=classes)


@asynccontextmanager
async def served(
    *,
    people: int,
    limit: tuple[int, float] | None,
    latency: tuple[float, float] | None,
    port: int,
) -> AsyncIterator[RunningSandbox]:
    """A running sandbox, with the variables of both targets."""
    async with ManageBacSandbox(
        school=school_of(people), limit=limit or (LIMIT, PERIOD), latency=latency, port=port
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
