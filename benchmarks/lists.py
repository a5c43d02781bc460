"""How long does it take to read a long list, compared with what limit and latency allow?"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import aiohttp
import attrs
import orjson

from lms_async.events import Event, Refused
from manabac_async import ManageBac, Membership
from schoology_async import Schoology, User, Window

from .long_lists import PAGE, ROWS
from .measure import progress
from .memory import peak
from .report import Found
from .terms import Terms
from .vendor import CLIENT_CPU, WIDTH, pin, vendor

#: Seconds for the round trip, each way ± 50 %.
LATENCY = 0.2
#: How many pages of the slow way are really read. Its time is scaled up.
SAMPLE = 40
#: How many requests a hand-written program keeps in flight.
BY_HAND = 16
LISTS = ("people", "memberships")
OURS, CONCURRENT, SERIAL = (
    "lms-async",
    f"by hand, {BY_HAND} pages at a time",
    "by hand, one page after the other *",
)


@attrs.frozen
class Limit:
    """A rate limit, and the divisor of all times while it is measured. A count of 0: no limit."""

    count: int
    per: float
    scale: float

    def __str__(self) -> str:
        return f"{self.count} per {self.per:g} s" if self.count else "no limit"

    def bound(self, requests: int) -> float:
        """Return the seconds that the requests take if the limit or the width is fully used."""
        if not self.count:
            return requests * LATENCY / WIDTH
        return requests * (self.per + LATENCY) / self.count


SHORT = (Limit(0, 1.0, 1.0), Limit(50, 1.0, 1.0), Limit(50, 5.0, 2.0), Limit(13, 5.0, 5.0))
FULL = (Limit(0, 1.0, 1.0), Limit(50, 1.0, 1.0), Limit(50, 5.0, 1.0), Limit(13, 5.0, 2.0))


@attrs.frozen
class Result:
    """Seconds of the vendor's real time, refusals, and the peak memory in MiB."""

    seconds: float
    refusals: int
    peak: float


@attrs.define
class Reader:
    """Reads one list in one way."""

    kind: str
    limit: Limit
    base_url: str
    refusals: int = 0

    async def ours(self) -> float:
        limit = self.limit
        limiter = (
            Window(limit.count, per=limit.per / limit.scale)
            if limit.count
            else Window(10**6, per=1.0)
        )
        options: dict[str, Any] = {
            "base_url": self.base_url,
            "limiter": limiter,
            "events": [self._listen],
        }
        count = 0
        if self.kind == "people":
            async with Schoology("key", "secret", **options) as schoology:
                query: dict[str, Any] = {"limit": PAGE}
                async for _ in schoology.pages(
                    "GET", "people", key="user", model=User, query=query
                ):
                    count += 1
        else:
            async with ManageBac("token", **options) as managebac:
                async for _ in managebac.pages(
                    "GET",
                    "memberships",
                    key="memberships",
                    model=Membership,
                    query={"per_page": PAGE},
                ):
                    count += 1
        if count != ROWS:
            raise RuntimeError(f"{count} of {ROWS} rows were read")
        return 1.0

    def _listen(self, event: Event) -> None:
        self.refusals += isinstance(event, Refused)

    async def one_after_the_other(self) -> float:
        async with aiohttp.ClientSession() as session:
            for number in range(SAMPLE):
                await self._page(session, number)
        return -(-ROWS // PAGE) / SAMPLE

    async def concurrent(self) -> float:
        room = asyncio.Semaphore(BY_HAND)
        async with aiohttp.ClientSession() as session:

            async def one(number: int) -> int:
                async with room:
                    return await self._page(session, number)

            counts = await asyncio.gather(*map(one, range(-(-ROWS // PAGE))))
        if sum(counts) != ROWS:
            raise RuntimeError(f"{sum(counts)} of {ROWS} rows were read")
        return 1.0

    async def _page(self, session: aiohttp.ClientSession, number: int) -> int:
        """Read one page as dicts. A refused request is sent again after one period."""
        query = f"people?start={number * PAGE}" if self.kind == "people" else ""
        while True:
            url = self.base_url + (query or f"memberships?page={number + 1}")
            async with session.get(url) as response:
                body = orjson.loads(await response.read() or b"null")
            if response.status == 200:
                return len(body["user" if self.kind == "people" else "memberships"])
            self.refusals += 1
            await asyncio.sleep(self.limit.per / self.limit.scale)


WAYS: dict[str, Callable[[Reader], Coroutine[Any, Any, float]]] = {
    OURS: Reader.ours,
    CONCURRENT: Reader.concurrent,
    SERIAL: Reader.one_after_the_other,
}


def run(kind: str, limit: Limit, way: str, base_url: str) -> Result:
    """Read the list in this process, which does nothing else."""
    pin(CLIENT_CPU)
    terms = Terms(LATENCY / limit.scale, limit.count, limit.per / limit.scale)
    path = "v1/" if kind == "people" else "v2/"
    reader = Reader(kind, limit, terms.base_url(base_url, path))

    async def timed(work: Awaitable[float]) -> float:
        began = time.perf_counter()
        times = await work
        return (time.perf_counter() - began) * limit.scale * times

    seconds = asyncio.run(timed(WAYS[way](reader)))
    return Result(seconds, reader.refusals, peak())


def main(full: bool = False) -> None:
    found: dict[tuple[str, Limit, str], Result] = {}
    limits = FULL if full else SHORT
    spawn = multiprocessing.get_context("spawn")
    with vendor() as base_url:
        for kind in LISTS:
            for limit in limits:
                for way in WAYS:
                    with ProcessPoolExecutor(1, mp_context=spawn) as process:
                        result = process.submit(run, kind, limit, way, base_url).result()
                    found[kind, limit, way] = result
                    progress(f"{kind}, {limit}, {way}: {result}")
    publish(found, full=full)


def publish(found: dict[tuple[str, Limit, str], Result], *, full: bool) -> None:
    requests = {"people": -(-(ROWS - 1) // (PAGE - 1)), "memberships": -(-ROWS // PAGE)}
    goals = []
    for (kind, limit, way), result in found.items():
        if way != OURS:
            continue
        serial = found[kind, limit, SERIAL].seconds
        ratio = result.seconds / limit.bound(requests[kind])
        if limit.count:
            goals.append(
                (f"{kind}, {limit}: at most 1.05 × the bound, reached {ratio:.3f}", ratio <= 1.05)
            )
        else:
            share = result.seconds / serial
            goals.append(
                (
                    f"{kind}, {limit}: at most 0.15 × one page after the other, "
                    f"reached {share:.3f}",
                    share <= 0.15,
                )
            )
        goals.append((f"{kind}, {limit}: {result.refusals} refusals", not result.refusals))
    first = next(limit for _, limit, _ in found if (limit.count, limit.per) == (50, 1.0))
    mine, serial = (found["memberships", first, way].seconds for way in (OURS, SERIAL))
    Found(
        "lists",
        f"Reading {ROWS:,} people and {ROWS:,} memberships, 200 ms away",
        ["list", "limit", "way", "seconds", "× bound", "refused", "peak MiB"],
        [
            [
                kind,
                str(limit),
                way,
                f"{result.seconds:,.1f}",
                f"{result.seconds / limit.bound(requests[kind]):,.3f}",
                f"{result.refusals:,}",
                f"{result.peak:.1f}",
            ]
            for (kind, limit, way), result in found.items()
        ],
        goals=goals,
        notes=[
            f"people are a list of Schoology by offset, with overlapping pages of {PAGE}; "
            f"memberships a list of ManageBac by page numbers, with pages of {PAGE}",
            f"latency {LATENCY * 1e3:.0f} ms, each way ± 50 %; the vendor counts arrivals in a "
            "strict sliding window and refuses what is more",
            "bound: requests × (P + L) / N for a limit of N in P seconds and latency L; without a "
            f"limit requests × L / {WIDTH}",
            "a fresh process for each run; rows are counted and not kept; by hand means aiohttp "
            "and orjson, without models, and a refused request is sent again after one period",
            "under a limit all times are divided while measuring, and multiplied again here: "
            + "; ".join(
                f"{limit}: {limit.scale:g}"
                for limit in dict.fromkeys(limit for _, limit, _ in found)
            ),
            f"ways with a * are {SAMPLE} pages, scaled up",
        ],
        full=full,
        short=f"Reading {ROWS:,} memberships at 50 requests per 1 s, 200 ms away: {mine:.0f} s. "
        f"One page after the other takes {serial:.0f} s.",
    ).publish()
