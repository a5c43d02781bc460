"""``lms demo --to schoology``: create the people of a school."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from lms_async.cli.kinds import Row
from lms_async.cli.record_rows import cell_of

from ..client import Schoology
from .people import FIELDS

if TYPE_CHECKING:
    from lms_async.sandbox import SandboxServer


class SchoologyDemo:
    """The rows and the simulated failures of ``lms demo``."""

    noun = "people"
    #: The vendor's own limit would make the demo take more than a minute.
    limit = None

    def valid_rows(self, count: int) -> Iterator[Row]:
        """Yield teachers, students and parents."""
        from ..sandbox.seed import people

        for person in people(count, seed=1):
            yield {name: str(value) for name, value in person.fields.items() if value != ""}

    def vendor_rejected_rows(self) -> Sequence[Row]:
        """Return a person whose username is taken."""
        taken = {"school_uid": "X90001", "name_first": "Biff", "name_last": "Tannen"}
        return [{**taken, "role_id": "1214", "username": "mrstrickland"}]

    def invalid_rows(self) -> Sequence[Row]:
        """Return a person with an invalid email address, and one without a last name."""
        person: Row = {"name_first": "Marty", "role_id": "1214"}
        return [
            {**person, "school_uid": "X90002", "name_last": "McFly", "primary_email": "marty"},
            {**person, "school_uid": "X90003", "username": "marty"},
        ]

    def prepare(self, server: SandboxServer, count: int) -> None:
        """Do nothing: the import creates all users."""

    def add_faults(self, server: SandboxServer) -> Sequence[str]:
        """Add failures to POST users."""
        from lms_async.sandbox import Fault

        where: Any = {"method": "POST", "path": "users"}
        server.faults.add(
            Fault.refuse(times=5, retry_after=0.4, skip=30, **where),
            Fault.cut(after=True, skip=25, **where),
            Fault.error(503, skip=60, **where),
        )
        return (
            "5 rate limit refusals (429)",
            "a connection lost after the request was processed",
            "a server error (503)",
        )

    async def read_back(self, client: Schoology) -> AsyncIterator[Row]:
        """Yield all users with a ``school_uid``."""
        async for user in client.users.list():
            if user.school_uid:
                shown = attrs.asdict(user, recurse=False)
                yield {name: cell_of(shown[name]) for name in FIELDS if name in shown}
