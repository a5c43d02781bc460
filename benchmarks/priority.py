"""How long does an interactive call wait while an import uses the whole limit?"""

from __future__ import annotations

import asyncio
import random
import time

import attrs

from lms_async import Priority, Window
from lms_async.events import Event, RequestSent
from schoology_async import Schoology
from tests.virtual import run

from .picture import bars
from .report import Found
from .strict import Setup, running

#: An import keeps up to this many requests in flight or queued.
CALLERS = 64
READS = 200
WAYS: tuple[Priority, ...] = ("normal", "interactive")


@attrs.frozen
class Waits:
    """The waits of the reads in seconds, and the import's requests per second meanwhile."""

    waits: list[float]
    imported: float

    def at(self, share: float) -> float:
        return sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


def simulated(limit: int, per: float, priority: Priority) -> Waits:
    """Simulate a read every four permits on average, at random times, on the virtual clock."""
    dice = random.Random(5)
    window = Window(limit, per=per)
    waits: list[float] = []
    imported = 0

    async def exchange(priority: Priority) -> float:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        slot = await window.acquire(priority=priority)
        waited = loop.time() - asked
        await asyncio.sleep(dice.uniform(0.08, 0.24))
        slot.answered()
        return waited

    async def read() -> None:
        waits.append(await exchange(priority))

    async def main() -> float:
        nonlocal imported
        loop = asyncio.get_running_loop()
        ended = False

        async def importing() -> None:
            nonlocal imported
            while not ended:
                await exchange("normal")
                imported += 1

        running = [asyncio.create_task(importing()) for _ in range(CALLERS)]
        await asyncio.sleep(2 * per)
        before, started = imported, loop.time()
        async with asyncio.TaskGroup() as reads:
            for _ in range(READS):
                await asyncio.sleep(dice.expovariate(limit / per / 4))
                reads.create_task(read())
        rate = (imported - before) / (loop.time() - started)
        ended = True
        await asyncio.gather(*running)
        return rate

    rate = run(main())
    return Waits(waits, rate)


async def _measured(url: str, limit: int, per: float, priority: Priority) -> Waits:
    waits: list[float] = []
    imported = 0

    def listen(event: Event) -> None:
        if isinstance(event, RequestSent) and event.route == "GET ping":
            waits.append(event.waited)

    dice = random.Random(5)
    async with Schoology(
        "k", "s", base_url=url, limiter=Window(limit, per=per), events=[listen]
    ) as schoology:
        reader = schoology.with_options(priority=priority)
        ended = False

        async def importing() -> None:
            nonlocal imported
            while not ended:
                await schoology.app_user_info()
                imported += 1

        running = [asyncio.create_task(importing()) for _ in range(CALLERS)]
        await asyncio.sleep(2 * per)
        before, started = imported, time.monotonic()
        async with asyncio.TaskGroup() as reads:
            for _ in range(READS):
                await asyncio.sleep(dice.expovariate(limit / per / 4))
                reads.create_task(reader.request("GET", "ping"))
        rate = (imported - before) / (time.monotonic() - started)
        ended = True
        await asyncio.gather(*running)
    return Waits(waits, rate)


def measured(limit: int, per: float) -> dict[Priority, Waits]:
    """Measure both priorities at once, each against its own server."""
    setup = Setup(limit, per, "sliding", (0.16, 0.08))

    async def both(urls: list[str]) -> list[Waits]:
        ways = zip(urls, WAYS, strict=True)
        return await asyncio.gather(*(_measured(url, limit, per, way) for url, way in ways))

    with running([setup] * len(WAYS)) as servers:
        return dict(zip(WAYS, asyncio.run(both(servers.urls)), strict=True))


def main() -> None:
    rows, goals = [], []
    pictured = {}
    cases = [
        ("13 per 5 s, virtual clock", 13 / 5, {way: simulated(13, 5.0, way) for way in WAYS}),
        ("50 per 1 s, virtual clock", 50.0, {way: simulated(50, 1.0, way) for way in WAYS}),
        ("50 per 1 s, over sockets", 50.0, measured(50, 1.0)),
    ]
    for what, rate, found in cases:
        for way in WAYS:
            waits = found[way]
            rows.append(
                [
                    what,
                    way,
                    *(f"{waits.at(share) * 1e3:,.0f}" for share in (0.5, 0.99, 1.0)),
                    f"{waits.imported:.2f}",
                ]
            )
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            for way in WAYS:
                pictured[f"{what}: {way}, {name}"] = (found[way].at(share) * 1e3,) * 3
        median = found["interactive"].at(0.5)
        goals.append(
            (f"{what}: half of the reads wait no longer than one permit's time", median <= 1 / rate)
        )
        share = found["interactive"].imported / found["normal"].imported
        goals.append((f"{what}: the import keeps at least 0.9 of its pace", share >= 0.9))
    Found(
        "priority",
        "Waiting for the limit while an import keeps it full",
        [
            "limit",
            "priority of the reads",
            "p50, ms",
            "p99, ms",
            "longest, ms",
            "imported a second",
        ],
        rows,
        goals=goals,
        notes=[
            f"an import with {CALLERS} requests under way or in line; {READS} reads at random "
            "moments, every fourth permit's time on average; latency 160 ± 80 ms",
            "one permit's time is P / N: 385 ms and 20 ms",
        ],
        picture=bars(
            pictured,
            unit="ms that a read waited",
            ours=[name for name in pictured if "interactive" in name],
            log=True,
            shown="{:,.0f}".format,
        ),
        bars=len(pictured),
    ).publish()
