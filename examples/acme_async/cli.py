"""Acme's target of the ``lms`` command.

Register the target in your package's pyproject.toml::

    [project.entry-points."lms_async.targets"]
    acme = "acme_async.cli:target"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import attrs

from lms_async.cli.kinds import Kind, KindOptions, Listing, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.cli.target import RosterSupport, RunningSandbox, Variable
from lms_async.vendor_kit import Bulk, Journal, Limiter, Listener

from .client import BASE_URL, Acme
from .resources import MOST, new_pupil
from .vendor import LIMIT, PERIOD


def _create(
    client: Acme, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.pupils.create_many(rows, journal=journal)


PUPILS = Kind(
    name="pupils",
    noun="pupils",
    does="Create pupils, 50 per request.",
    fields={
        "number": "the school's own number of the pupil",
        "name": "the pupil's name",
        "house": "the pupil's house",
    },
    required=(("number",), ("name",)),
    key=("number",),
    check_row=new_pupil,
    count_requests=requests_of(MOST),
    bulk=_create,
)


async def _read(client: Acme, filters: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    number = filters.get("number")
    async for pupil in client.pupils.list(numbers=None if number is None else [number]):
        yield row_of(pupil, PUPIL_LISTING.columns)


PUPIL_LISTING = Listing(
    name="pupils",
    does="List the pupils of the school.",
    columns=("id", "number", "name", "house"),
    read=_read,
    filters={"number": "the school's own number of the pupil"},
    imported_as="pupils",
)


@attrs.frozen
class AcmeTarget:
    """Everything that the command can import into Acme and list there."""

    name: str = "acme"
    vendor: str = "Acme"
    kinds: Sequence[Kind] = (PUPILS,)
    listings: Sequence[Listing] = (PUPIL_LISTING,)
    variables: Mapping[str, Variable] = attrs.field(
        factory=lambda: {
            "ACME_TOKEN": Variable("API token"),
            "ACME_BASE_URL": Variable(f"base URL; default: {BASE_URL}", required=False),
        }
    )
    limit: tuple[int, float] = (LIMIT, PERIOD)
    roster: RosterSupport | None = None
    demo: None = None

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> Acme:
        """Create a client from the ``ACME_…`` variables."""
        base_url = environment.get("ACME_BASE_URL") or BASE_URL
        return Acme(
            environment["ACME_TOKEN"],
            base_url=base_url,
            limiter=limiter,
            trust_env=True,
            events=events,
        )

    async def verify(self, client: Acme) -> None:
        """Send one cheap request that fails if the token is not accepted."""
        await client.request("GET", "pupils")

    @asynccontextmanager
    async def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AsyncIterator[RunningSandbox]:
        """Run a sandbox with ``people`` pupils in it."""
        from .sandbox import AcmeSandbox

        async with AcmeSandbox(
            limit=limit or self.limit, latency=latency, host=host, port=port
        ) as sandbox:
            for number in range(people):
                pupil = {"id": number + 1, "number": str(number), "name": f"Pupil {number}"}
                sandbox.pupils[str(number)] = pupil
            variables = {"ACME_TOKEN": sandbox.token, "ACME_BASE_URL": sandbox.base_url}
            yield RunningSandbox(sandbox, variables)


target = AcmeTarget()
