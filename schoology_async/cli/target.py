"""Schoology's target of the ``lms`` command.

The sandbox is imported inside functions, so that an import to the vendor does not load it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import attrs

from lms_async.cli.kinds import Kind, Listing
from lms_async.cli.target import RosterSupport, RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.limits.limiter import Limiter

from ..client import VARIABLES, Schoology
from .active import DEACTIVATE, INACTIVE_LISTING, REACTIVATE
from .change_people import CHANGE_PEOPLE
from .course_enrollments import COURSE_ENROLLMENTS
from .courses import COURSES, COURSES_LISTING
from .enrollments import ENROLLMENTS, ENROLLMENTS_LISTING
from .grading_periods import GRADING_PERIODS, GRADING_PERIODS_LISTING
from .groups import GROUPS_LISTING
from .links import ADVISORS, PARENTS, PARENTS_LISTING
from .people import PEOPLE, PEOPLE_LISTING
from .roster import ROSTER
from .schools import BUILDINGS, BUILDINGS_LISTING, ROLES_LISTING, SCHOOLS_LISTING
from .sections import SECTIONS, SECTIONS_LISTING

if TYPE_CHECKING:
    from ..sandbox import SchoologySandbox


#: ``people`` comes first, because it is taken without ``--kind``.
KINDS = (
    PEOPLE,
    *(BUILDINGS, GRADING_PERIODS, COURSES, SECTIONS, ENROLLMENTS),
    *(COURSE_ENROLLMENTS, PARENTS, ADVISORS, CHANGE_PEOPLE, DEACTIVATE, REACTIVATE),
)
#: In the order in which an import needs them: what later files name comes first.
LISTINGS = (
    *(ROLES_LISTING, SCHOOLS_LISTING, BUILDINGS_LISTING, GRADING_PERIODS_LISTING),
    *(COURSES_LISTING, PEOPLE_LISTING, SECTIONS_LISTING, ENROLLMENTS_LISTING, PARENTS_LISTING),
    *(GROUPS_LISTING, INACTIVE_LISTING),
)


@attrs.frozen
class SchoologyTarget:
    """Everything that the command can import into Schoology and list there."""

    name: str = "schoology"
    vendor: str = "Schoology"
    kinds: Sequence[Kind] = KINDS
    listings: Sequence[Listing] = LISTINGS
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
    limit: tuple[int, float] = (13, 5.0)
    roster: RosterSupport | None = ROSTER
    demo: None = None

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> Schoology:
        """Create a client from the ``SCHOOLOGY_…`` variables."""
        return Schoology.from_env(environment, limiter=limiter, trust_env=True, events=events)

    async def verify(self, client: Schoology) -> None:
        """Send GET app-user-info."""
        await client.app_user_info()

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AbstractAsyncContextManager[RunningSandbox]:
        """Run a sandbox. Its default limit is the one that users report: 15 requests per 5 s."""
        from ..sandbox import School, SchoologySandbox

        return _served(
            SchoologySandbox(
                school=School.seeded(people),
                limit=limit or (15, 5.0),
                latency=latency,
                host=host,
                port=port,
            )
        )


@asynccontextmanager
async def _served(sandbox: SchoologySandbox) -> AsyncIterator[RunningSandbox]:
    async with sandbox:
        yield RunningSandbox(
            sandbox,
            {
                "SCHOOLOGY_KEY": sandbox.key,
                "SCHOOLOGY_SECRET": sandbox.secret,
                "SCHOOLOGY_BASE_URL": sandbox.base_url,
            },
        )
