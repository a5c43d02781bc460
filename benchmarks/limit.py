"""Is a vendor's limit kept without a refusal, and how much of it is used?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from statistics import mean

import attrs

from lms_async import Status
from lms_async.events import Answered, Event
from schoology_async import Schoology, Window
from schoology_async.sandbox import School, SchoologySandbox

from .report import Found
from .school import Person, people

LIMIT, PER = 15, 0.5
LATENCY, SPREAD = 0.02, 0.01
SECONDS = 20.0


@attrs.frozen
class Saw:
    requests: int
    refusals: int
    cycle: float
    """Mean time between an arrival and the one that is LIMIT arrivals later."""
    latency: float
    """Mean time between a departure and its answer."""

    @property
    def used(self) -> float:
        return PER / self.cycle

    @property
    def bound(self) -> float:
        """The most that can be used if no refusal may be risked: docs/benchmarks.md says why."""
        return PER / (PER + self.latency)


def for_a_while() -> Iterator[Person]:
    end = time.monotonic() + SECONDS
    for person in people(10**9):
        if time.monotonic() > end:
            return
        yield person


async def watch() -> Saw:
    latencies: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Answered):
            latencies.append(event.seconds)

    async with (
        SchoologySandbox(
            school=School.seeded(0),
            limit=(LIMIT, PER),
            window="sliding",
            latency=(LATENCY, SPREAD),
        ) as sandbox,
        Schoology(
            sandbox.key,
            sandbox.secret,
            base_url=sandbox.base_url,
            limiter=Window(LIMIT, per=PER),
            events=[listen],
        ) as schoology,
    ):
        async for outcome in schoology.users.create_many(for_a_while(), update_existing=True):
            if outcome.status is not Status.DONE:
                raise RuntimeError(f"a row was not done: {outcome.error}")
        arrivals = [seen.at for seen in sandbox.log]
        cycle = mean(b - a for a, b in zip(arrivals, arrivals[LIMIT:], strict=False))
        return Saw(len(arrivals), sandbox.refusals, cycle, mean(latencies))


def main() -> None:
    saw = asyncio.run(watch())
    share = saw.used / saw.bound
    Found(
        "limit",
        f"{LIMIT} requests in {PER:g} s, kept and used",
        ["", "value"],
        [
            ["requests", f"{saw.requests:,}"],
            ["answered by 429", f"{saw.refusals}"],
            ["mean latency, ms", f"{saw.latency * 1e3:.1f}"],
            ["used of the budget", f"{saw.used:.1%}"],
            ["bound, P / (P + mean latency)", f"{saw.bound:.1%}"],
            ["used / bound", f"{share:.3f}"],
        ],
        goals=[
            ("not one 429", saw.refusals == 0),
            ("at least 0.95 of the bound", share >= 0.95),
        ],
        notes=[
            f"`Window({LIMIT}, per={PER:g})` against the Schoology sandbox with the same limit, "
            "counted by arrivals in a sliding window",
            f"bulk creates of 50 over a socket within one process; latency {LATENCY * 1e3:.0f} "
            f"± {SPREAD * 1e3:.0f} ms drawn by the sandbox, its own work on top",
        ],
    ).publish()
