"""``--to managebac``: ManageBac's v2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

import attrs

from lms_async.cli.kinds import Kind, Listing
from lms_async.cli.target import RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.limits.limiter import Limiter

from ..client import VARIABLES, ManageBac
from ..vendor import LIMIT, PERIOD
from .demo import MembersDemo
from .members import MEMBERSHIPS


@attrs.frozen
class ManageBacTarget:
    """Everything that the command can import into ManageBac v2 and list there."""

    name: str = "managebac"
    vendor: str = "ManageBac"
    kinds: Sequence[Kind] = (MEMBERSHIPS,)
    listings: Sequence[Listing] = ()
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
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
