"""How long do 100,000 people take under a vendor's rate limit?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import attrs
import orjson

from lms_async import RetryPolicy, Status
from lms_async.events import Event, Refused
from manabac_async import ManageBacV1
from schoology_async import Schoology, Window

from .measure import progress
from .picture import bars
from .report import Found
from .school import batches_of_50, people
from .terms import Terms
from .vendor import CLIENT_CPU, WIDTH, pin, vendor

#: Seconds for the round trip, as to a vendor overseas.
LATENCY = 0.2
#: How many requests of the slow ways are really sent. Their time is scaled up.
SAMPLE = 100
FAULTS = 0.02
REPEATABLE = "?update_existing=1"


@attrs.frozen
class Limit:
    """A vendor's rate limit: ``count`` requests per ``per`` seconds, with ``batch`` people each."""

    vendor: str
    count: int
    per: float
    batch: int

    def __str__(self) -> str:
        return f"{self.vendor}, {self.count} per {self.per:g} s"

    def optimum(self, people: int) -> float:
        """Return the shortest time in seconds without any risk of a 429.

        A slot is busy for the latency and one period. The last response arrives one latency after
        its request was sent.
        """
        requests = -(-people // self.batch)
        return (requests / self.count - 1) * (self.per + LATENCY) + LATENCY


@attrs.frozen
class Result:
    """The result of one way, in seconds of the vendor's real time."""

    seconds: float
    refusals: int
    unknown: int = 0


Post = Callable[[str, bytes], Coroutine[Any, Any, int]]


class Run:
    """Runs against one vendor, with all times divided by ``scale``: latency, period and retry
    waits."""

    def __init__(self, base_url: str, limit: Limit | None, scale: float, faults: float = 0) -> None:
        self._scale = scale
        self._limit = limit
        self._faults = faults
        count, per = (limit.count, limit.per / scale) if limit else (0, 1.0)
        terms = Terms(LATENCY / scale, count, per, faults)
        self._batch = limit.batch if limit else 50
        self._url = terms.base_url(base_url, "v1/" if self._batch > 1 else "api/")
        self._refusals = 0
        self._unknown = 0

    async def took(self, work: Coroutine[Any, Any, None], times: float = 1.0) -> Result:
        began = time.perf_counter()
        await work
        seconds = (time.perf_counter() - began) * self._scale * times
        return Result(seconds, round(self._refusals * times), self._unknown)

    async def ours(self, count: int, *, learn: bool = False) -> None:
        limit = self._limit
        client = Schoology if self._batch > 1 else ManageBacV1
        options: dict[str, Any] = {
            "base_url": self._url,
            "limiter": Window(limit.count, per=limit.per / self._scale, learn=learn)
            if limit
            else Window(10**6, per=1.0),
            "retry": RetryPolicy(base=0.5 / self._scale, cap=20 / self._scale),
            "events": [self._listen],
        }
        async with client("name", "secret", **options) as opened:
            if isinstance(opened, Schoology):
                bulk: Any = opened.users.create_many(people(count), update_existing=True)
            else:
                bulk = opened.users.create_many(students(count))
            counts = (await bulk).counts
        self._unknown = counts[Status.UNKNOWN]
        if counts[Status.DONE] + self._unknown != count or (self._unknown and not self._faults):
            raise RuntimeError(f"of {count} people: {counts}")

    def _listen(self, event: Event) -> None:
        self._refusals += isinstance(event, Refused)

    async def one_after_the_other(self, count: int) -> None:
        """Send ``count`` requests one after the other. A rejected or failed one is sent again after
        1 s."""
        chunks: Iterable[Any] = (
            ({"users": {"user": chunk}} for chunk in batches_of_50(people(count * self._batch)))
            if self._batch > 1
            else students(count)
        )
        await self._by_hand(chunks)

    async def single_creates(self, count: int) -> None:
        """The same with one person per request."""
        await self._by_hand({"users": {"user": [person]}} for person in people(count))

    async def _by_hand(self, bodies: Iterable[Any]) -> None:
        async with self._session() as post:
            for body in bodies:
                sent = orjson.dumps(body)
                while await post(f"users{REPEATABLE}", sent) >= 300:  # noqa: ASYNC110
                    await asyncio.sleep(1 / self._scale)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Post]:
        async with aiohttp.ClientSession() as session:

            async def post(path: str, body: bytes) -> int:
                try:
                    async with session.post(self._url + path, data=body) as response:
                        orjson.loads(await response.read() or b"null")
                        self._refusals += response.status == 429
                        return response.status
                except aiohttp.ClientError:
                    return 599

            yield post


def students(count: int) -> Iterable[Any]:
    """The same people in the format of ManageBac's v1."""
    for person in people(count):
        yield {
            "type": "student",
            "student_id": person["school_uid"],
            "first_name": person["name_first"],
            "last_name": person["name_last"],
            "email": person["primary_email"],
        }


SCHOOLOGY = Limit("Schoology", 13, 5.0, 50)
SCHOOLOGY_50 = Limit("Schoology", 50, 5.0, 50)
MANAGEBAC = Limit("ManageBac v1", 50, 1.0, 1)
#: Each limit, the number of people, and the divisor of its times.
SHORT = ((SCHOOLOGY, 6_500, 20.0), (SCHOOLOGY_50, 20_000, 20.0), (MANAGEBAC, 1_000, 20.0))
FULL = ((SCHOOLOGY, 100_000, 20.0), (SCHOOLOGY_50, 100_000, 10.0), (MANAGEBAC, 10_000, 5.0))


@attrs.frozen
class Measurement:
    what: str
    way: str
    took: Result
    optimum: float
    at_full_rate: float = 0.0


def run_way(
    run: Run, work: Callable[[Run], Coroutine[Any, Any, None]], times: float = 1.0
) -> Result:
    return asyncio.run(run.took(work(run), times))


def measure_limit(base_url: str, limit: Limit, count: int, scale: float) -> list[Measurement]:
    """Measure all ways under one limit."""
    what, optimum = f"{count:,} people, {limit}", limit.optimum(count)
    requests = -(-count // limit.batch)
    lines = []

    def record(way: str, took: Result) -> None:
        progress(f"{what}: {way}: {took.seconds:,.0f} s")
        lines.append(Measurement(what, way, took, optimum, requests / limit.count * limit.per))

    def run(faults: float = 0.0) -> Run:
        return Run(base_url, limit, scale, faults)

    if limit.batch > 1:
        record(
            "single creates *", run_way(run(), lambda r: r.single_creates(SAMPLE), count / SAMPLE)
        )
    record(
        f"one request after the other, {limit.batch} each *",
        run_way(run(), lambda r: r.one_after_the_other(SAMPLE), requests / SAMPLE),
    )
    record(OURS, run_way(run(), lambda r: r.ours(count)))
    record(LEARNING, run_way(run(), lambda r: r.ours(count, learn=True)))
    record(FAULTY, run_way(run(FAULTS), lambda r: r.ours(count)))
    return lines


OURS, LEARNING, FAULTY = "lms-async", "lms-async, learning", f"lms-async, {FAULTS:.0%} faults"


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    jobs = FULL if full else SHORT
    count = next(size for limit, size, _ in jobs if limit is SCHOOLOGY_50)
    lines = []
    with vendor() as base_url:
        for limit, size, scale in jobs:
            lines += measure_limit(base_url, limit, size, scale)
        unlimited = -(-count // 50) * LATENCY / WIDTH
        what = f"{count:,} people, no limit"
        for way, faults in ((OURS, 0.0), (FAULTY, FAULTS)):
            took = run_way(Run(base_url, None, 1.0, faults), lambda run: run.ours(count))
            lines.append(Measurement(what, way, took, unlimited))
    scales = "; ".join(f"{limit}: {scale:g}" for limit, _, scale in jobs)
    publish(lines, count, scales, full=full)


def publish(lines: list[Measurement], count: int, scales: str, *, full: bool) -> None:
    goals = []
    of = {(line.what, line.way): line for line in lines}
    for line in lines:
        if line.way == OURS:
            ratio = line.took.seconds / line.optimum
            most, of_what = (1.05, "latency / width") if "no limit" in line.what else (1.03, "")
            goals.append(
                (
                    f"{line.what}: at most {most} × {of_what or 'the safe optimum'}, "
                    f"reached {ratio:.3f}",
                    ratio <= most,
                )
            )
            if not of_what:
                refusals = line.took.refusals
                goals.append((f"{line.what}: {refusals} refusals", refusals == 0))
                learning = of[line.what, LEARNING].took.seconds / line.at_full_rate
                goals.append(
                    (
                        f"{line.what}: with learning at most 1.08 × requests / rate, "
                        f"reached {learning:.3f}",
                        learning <= 1.08,
                    )
                )
            faulty = of[line.what, FAULTY].took.seconds / line.took.seconds
            goals.append(
                (
                    f"{line.what}: with {FAULTS:.0%} faults at most 1.1 × the time without, "
                    f"reached {faulty:.3f}",
                    faulty <= 1.1,
                )
            )
    first = [line for line in lines if line.what == f"{count:,} people, {SCHOOLOGY_50}"]
    single, serial, mine, *_ = (line.took for line in first)
    pictured = {line.way: (line.took.seconds / 60,) * 3 for line in first} | {
        "safe optimum": (first[0].optimum / 60,) * 3
    }
    Found(
        "evening",
        f"{count:,} people into Schoology, 50 requests per 5 s, 200 ms away",
        ["job", "way", "seconds", "× safe optimum", "refused", "unknown"],
        [
            [
                line.what,
                line.way,
                f"{line.took.seconds:,.1f}",
                f"{line.took.seconds / line.optimum:,.3f}",
                f"{line.took.refusals:,}",
                f"{line.took.unknown:,}",
            ]
            for line in lines
        ],
        goals=goals,
        notes=[
            f"latency {LATENCY * 1e3:.0f} ms ± 50 % of each way; the vendor counts arrivals in a "
            "strict sliding window and refuses what is more",
            "under a limit all times (latency, period, waits between retries) are divided while "
            f"measuring, and multiplied again here: {scales}; without a limit they are not",
            f"ways with a * are {SAMPLE} requests, scaled up",
            "safe optimum: (requests / N − 1) × (P + L) + L, for a limit of N in P seconds and "
            f"latency L; without a limit requests × L / {WIDTH}, the width of a bulk",
            "faults: every 50th request, a 503 or done and the connection cut, in turn; "
            "ManageBac's v1 can be asked nothing about such a row and takes no second create: "
            "it is `unknown`",
        ],
        full=full,
        short=f"Importing {count:,} people into Schoology at 50 requests per 5 s, with 200 ms "
        f"latency: {mine.seconds / 60:.1f} minutes and {mine.refusals} refusals. Batches sent one "
        f"after the other take {serial.seconds / 60:.1f} minutes, single creates "
        f"{single.seconds / 3600:.1f} hours.",
        picture=bars(
            pictured,
            unit="minutes",
            ours=[OURS, LEARNING, FAULTY],
            log=True,
        ),
        bars=6,
    ).publish()
