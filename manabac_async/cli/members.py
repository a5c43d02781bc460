"""``--to managebac``: add students to classes through v2."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.chunks import MOST_OPEN
from lms_async.cli.target import Row, RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.journal.journal import Journal
from lms_async.limits.limiter import Limiter
from lms_async.records.encoding import Sending

from ..client import VARIABLES, ManageBac
from ..models import MembershipPlace
from ..models.converter import converter
from ..vendor import LIMIT, PERIOD
from .demo import MembersDemo

#: Students per PATCH. The vendor documents no maximum.
CHUNK = 100

_place = Sending(converter, MembershipPlace, what="the row")


@attrs.frozen
class MembersTarget:
    """Adds students to classes, and sets the level of students who are already there."""

    name: str = "managebac"
    vendor: str = "ManageBac"
    fields: Mapping[str, str] = attrs.field(
        factory=lambda: {
            "class_id": "ManageBac's id of the class, a number",
            "student_id": "ManageBac's own id of the student, a number, not the school's id",
            "level": "SL or HL, if the class has levels",
        }
    )
    required: Sequence[Sequence[str]] = (("class_id",), ("student_id",))
    key: Sequence[str] = ("class_id", "student_id")
    code_explanations: Mapping[str, str] = attrs.field(
        factory=lambda: {
            "not_found": "ManageBac has no student with this id. "
            "Use ManageBac's id, not the school's."
        }
    )
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
    #: Not an option: every import adds missing students and updates the others.
    can_update: bool = False
    limit: tuple[int, float] = (LIMIT, PERIOD)
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

    def check_row(self, row: Row) -> None:
        """Check a row as ``memberships.update_many`` does. The vendor checks levels."""
        _place(row)

    def normalize_key(self, key: tuple[str, ...]) -> Hashable:
        """Return the two ids without leading zeros, which some spreadsheets add."""
        return tuple(cell.lstrip("0") for cell in key)

    def count_requests(self, rows: Iterable[Row]) -> int:
        """Count the requests, with rows grouped by class as in :mod:`lms_async.bulk.chunks`."""
        open_: dict[int, int] = {}
        calls = 0
        for row in rows:
            class_id = int(row["class_id"])
            open_[class_id] = open_.get(class_id, 0) + 1
            if open_[class_id] >= CHUNK:
                del open_[class_id]
                calls += 1
            elif len(open_) > MOST_OPEN:
                del open_[next(iter(open_))]
                calls += 1
        return calls + len(open_)

    def bulk(
        self,
        client: ManageBac,
        rows: Iterable[Any],
        *,
        update_existing: bool,
        journal: Journal | None,
    ) -> Bulk[Any]:
        """Call ``memberships.update_many``."""
        return client.memberships.update_many(rows, chunk=CHUNK, journal=journal)

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
