"""``--to managebac-v1``: ManageBac's legacy API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

import attrs

from lms_async.cli.kinds import Kind, Listing
from lms_async.cli.target import RosterSupport, RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.limits.limiter import Limiter

from ..v1.client import VARIABLES, ManageBacV1
from ..vendor import LIMIT, PERIOD
from .users_v1 import PEOPLE


@attrs.frozen
class ManageBacV1Target:
    """Everything that the command can import through the legacy API."""

    name: str = "managebac-v1"
    vendor: str = "ManageBac"
    kinds: Sequence[Kind] = (PEOPLE,)
    listings: Sequence[Listing] = ()
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
    limit: tuple[int, float] = (LIMIT, PERIOD)
    roster: RosterSupport | None = None
    demo: None = None

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> ManageBacV1:
        """Create a client from the ``MANAGEBAC_V1_…`` variables."""
        return ManageBacV1.from_env(environment, limiter=limiter, trust_env=True, events=events)

    async def verify(self, client: ManageBacV1) -> None:
        """Send GET ib_groups, which has a short response."""
        await client.ib_groups.list()

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AbstractAsyncContextManager[RunningSandbox]:
        """Run the same sandbox as the other target."""
        from .serving import served

        return served(people=people, limit=limit, latency=latency, host=host, port=port)
