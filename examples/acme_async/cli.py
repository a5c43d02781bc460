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

from lms_async.cli.target import Row, RunningSandbox, Variable
from lms_async.vendor_kit import Bulk, Journal, Limiter, Listener

from .client import BASE_URL, Acme
from .resources import MOST, new_pupil
from .vendor import LIMIT, PERIOD


@attrs.frozen
class AcmeTarget:
    """Creates pupils, 50 per request."""

    name: str = "acme"
    vendor: str = "Acme"
    fields: Mapping[str, str] = attrs.field(
        factory=lambda: {
            "number": "the school's own number of the pupil",
            "name": "the pupil's name",
            "house": "the pupil's house",
        }
    )
    required: Sequence[Sequence[str]] = (("number",), ("name",))
    key: Sequence[str] = ("number",)
    variables: Mapping[str, Variable] = attrs.field(
        factory=lambda: {
            "ACME_TOKEN": Variable("API token"),
            "ACME_BASE_URL": Variable(f"base URL; default: {BASE_URL}", required=False),
        }
    )
    can_update: bool = False
    limit: tuple[int, float] = (LIMIT, PERIOD)
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

    def check_row(self, row: Row) -> None:
        """Check a row as ``pupils.create_many`` does."""
        new_pupil(row)

    def count_requests(self, rows: Iterable[Row]) -> int:
        """Count one request per 50 pupils."""
        return -(-sum(1 for _ in rows) // MOST)

    def bulk(
        self, client: Acme, rows: Iterable[Any], *, update_existing: bool, journal: Journal | None
    ) -> Bulk[Any]:
        """Call ``pupils.create_many``."""
        return client.pupils.create_many(rows, journal=journal)

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
