"""``--to managebac``: ManageBac's v2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

import attrs

from lms_async.cli.kinds import Kind, Listing
from lms_async.cli.target import RosterSupport, RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.limits.limiter import Limiter

from ..client import VARIABLES, ManageBac
from ..vendor import LIMIT, PERIOD
from .academics import ACADEMIC_LISTS
from .archiving import (
    ARCHIVE,
    ARCHIVE_CLASSES,
    ARCHIVE_PARENTS,
    ARCHIVE_TEACHERS,
    UNARCHIVE,
)
from .children import CHILD_LIST, CHILDREN
from .class_teachers import CLASS_TEACHER_LIST, CLASS_TEACHERS
from .classes import CLASS_LIST, CLASSES
from .demo import MembersDemo
from .members import LEAVE_CLASSES, MEMBERSHIP_LIST, MEMBERSHIPS
from .parents import PARENT_LIST, PARENTS
from .roster import ROSTER
from .students import STUDENT_LIST, STUDENTS
from .teachers import TEACHER_LIST, TEACHERS
from .year_groups import YEAR_GROUP_LIST, YEAR_GROUP_MEMBER_LIST, YEAR_GROUPS

#: The first kind is imported without ``--kind``.
KINDS = (
    MEMBERSHIPS,
    STUDENTS,
    TEACHERS,
    PARENTS,
    CHILDREN,
    CLASSES,
    CLASS_TEACHERS,
    YEAR_GROUPS,
    LEAVE_CLASSES,
    ARCHIVE,
    UNARCHIVE,
    ARCHIVE_TEACHERS,
    ARCHIVE_PARENTS,
    ARCHIVE_CLASSES,
)
#: In an order in which an import can create the records again.
LISTINGS = (
    *ACADEMIC_LISTS,
    YEAR_GROUP_LIST,
    TEACHER_LIST,
    STUDENT_LIST,
    PARENT_LIST,
    CHILD_LIST,
    CLASS_LIST,
    CLASS_TEACHER_LIST,
    MEMBERSHIP_LIST,
    YEAR_GROUP_MEMBER_LIST,
)


@attrs.frozen
class ManageBacTarget:
    """Everything that the command can import into ManageBac v2 and list there."""

    name: str = "managebac"
    vendor: str = "ManageBac"
    kinds: Sequence[Kind] = KINDS
    listings: Sequence[Listing] = LISTINGS
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
    limit: tuple[int, float] = (LIMIT, PERIOD)
    roster: RosterSupport | None = ROSTER
    demo: MembersDemo = attrs.field(factory=MembersDemo)

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> ManageBac:
        """Create a client from the ``MANAGEBAC_…`` variables."""
        return ManageBac.from_env(environment, limiter=limiter, trust_env=True, events=events)

    async def verify(self, client: ManageBac) -> None:
        """Send GET auth/permissions, which every valid token may call.

        The permissions in the response are not checked, because the vendor documents only one of
        their names. If one is missing, the first PATCH gets a 401.
        """
        await client.request("GET", "auth/permissions")

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AbstractAsyncContextManager[RunningSandbox]:
        """Run a sandbox for both APIs, with students and empty classes."""
        from .serving import served

        return served(people=people, limit=limit, latency=latency, host=host, port=port)
