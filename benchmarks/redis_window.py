"""Do eight processes keep, use and share a rate limit fairly through Redis?"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean
from typing import Any

import aiohttp
import attrs
from aiohttp import web

from lms_async.errors import ConnectionFailed
from lms_async.limits.shared.bookings import Booked
from lms_async.limits.shared.connection import usable_at
from lms_async.limits.shared.window import RedisWindow
from lms_async.sandbox.limits import ArrivalLimit, busiest

from .picture import lines, marked
from .redis_server import RedisServer
from .report import Found

PROCESSES, TASKS = 8, 10
LIMIT, PER = 50, 1.0
LATENCY, SPREAD = 0.1, 0.05
#: Timeout of a request in seconds. Short, because after Redis has lost its data no request is sent
#: for this long.
TIMEOUT = 2.0

# Processes that are forked from one that has imported this module start quickly.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def _serve(told: Connection) -> None:
    """Run a vendor that counts arrivals strictly and reports them when asked."""
    arrivals: list[float] = []
    refused = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal refused
        now = time.monotonic()
        arrivals.append(now)
        if not limit.admits(now):
            refused += 1
            return web.Response(status=429)
        await asyncio.sleep(LATENCY + random.uniform(-SPREAD, SPREAD))
        return web.Response()

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        told.send(runner.addresses[0][1])
        await asyncio.to_thread(told.recv)
        told.send((arrivals, refused))
        await runner.cleanup()

    limit = ArrivalLimit(LIMIT, PER)
    asyncio.run(run())


@attrs.frozen
class _Work:
    redis: str
    vendor: str
    limit: int
    seconds: float


@attrs.frozen
class _Request:
    """When a process asked for a slot, when it sent the request, how many seconds it might have
    sent it sooner, and how many seconds later the response came."""

    asked_at: float
    sent_at: float
    late: float
    latency: float


def _run_worker(told: Connection) -> None:
    """Run one of the processes that share the limit."""
    requests: list[_Request] = []
    refused = 0

    async def ask(session: aiohttp.ClientSession, window: RedisWindow, url: str) -> None:
        nonlocal refused
        while True:
            asked_at = time.monotonic()
            try:
                slot = await window.acquire()
            except ConnectionFailed:
                refused += 1
                await asyncio.sleep(0.1)
                continue
            sent_at = time.monotonic()
            assert isinstance(slot, Booked)  # noqa: S101 - for mypy
            late = time.time() - usable_at(slot.booking) / 1e6
            try:
                async with session.get(url) as answer:
                    await answer.read()
            finally:
                slot.answered()
            requests.append(_Request(asked_at, sent_at, late, time.monotonic() - sent_at))

    async def run(work: _Work) -> None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with (
            RedisWindow(
                work.limit,
                per=PER,
                scope="benchmark",
                url=work.redis,
                timeout=TIMEOUT,
                redis_is_new=True,
            ) as window,
            aiohttp.ClientSession(timeout=timeout) as session,
        ):
            (await window.acquire()).answered()
            told.send("ready")
            await asyncio.to_thread(told.recv)
            tasks = [asyncio.create_task(ask(session, window, work.vendor)) for _ in range(TASKS)]
            await asyncio.wait(tasks, timeout=work.seconds, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for task in tasks:
                if not task.cancelled():
                    task.result()  # raises, because a task only ends by an error

    asyncio.run(run(told.recv()))
    told.send((requests, refused))


@contextmanager
def _process(target: Any) -> Iterator[Connection]:
    ours, theirs = _processes.Pipe()
    process = _processes.Process(target=target, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(5)
        if process.is_alive():
            process.kill()
            process.join()


@attrs.frozen
class Observations:
    """What the vendor counted, and what the worker processes reported."""

    arrivals: list[float]
    refused: int
    """How many requests the vendor rejected."""
    requests: list[list[_Request]]
    """The requests of each process, in the order of their responses."""
    without_redis: int
    """How often a process found Redis unavailable."""

    @property
    def busiest(self) -> int:
        """The most arrivals in any period."""
        return busiest(self.arrivals, PER)

    @property
    def used(self) -> float:
        """The share of the limit that was used."""
        gaps = zip(self.arrivals, self.arrivals[LIMIT:], strict=False)
        return PER / mean(later - earlier for earlier, later in gaps)

    @property
    def latency(self) -> float:
        """Mean time from sending a request to its response."""
        return mean(request.latency for of_one in self.requests for request in of_one)

    @property
    def bound(self) -> float:
        """The largest share that can be used without any risk of a 429."""
        return PER / (PER + self.latency)

    @property
    def bound_of_late(self) -> float:
        """The largest share for processes that use their slots as late as these did, because they
        had to wait for the processor."""
        late = mean(request.late for of_one in self.requests for request in of_one)
        return PER / (PER + self.latency + late)

    @property
    def spread(self) -> float:
        """The requests of the fastest process divided by those of the slowest."""
        counts = [len(of_one) for of_one in self.requests]
        return max(counts) / min(counts)

    @property
    def spread_of_waits(self) -> float:
        """The mean time for which one process waited for its slots, divided by that of another: the
        longest by the shortest.

        It does not depend on how much of the processor each process got. It counts from when all
        processes have sent a request, since those who ask first do not wait for the first slots.
        """
        begin = max(of_one[0].sent_at for of_one in self.requests)
        waits = [
            mean(one.sent_at - one.asked_at for one in of_one if one.asked_at >= begin)
            for of_one in self.requests
        ]
        return max(waits) / min(waits)

    @property
    def longest_gap(self) -> float:
        """The longest time without an arrival, in seconds."""
        return max(later - earlier for earlier, later in pairwise(self.arrivals))

    @property
    def around_longest_gap(self) -> tuple[int, int]:
        """How many arrivals there were before and after the longest gap."""
        gaps = [later - earlier for earlier, later in pairwise(self.arrivals)]
        before = gaps.index(max(gaps)) + 1
        return before, len(self.arrivals) - before

    @property
    def course(self) -> tuple[list[float], list[int]]:
        """Times since the first arrival in seconds, and the number of arrivals in the period before
        each.

        There are points just before and at each arrival, and one period later, when it no longer
        counts.
        """
        gone = [at + PER for at in self.arrivals]
        moments, counts = [], []
        for at in sorted(self.arrivals + gone):
            for until in (bisect_left, bisect_right):
                moments.append(at - self.arrivals[0])
                counts.append(until(self.arrivals, at) - until(gone, at))
        return moments, counts


def run_processes(
    seconds: float, *, stop_at: float | None = None, away: float = 1.0
) -> Observations:
    """Run the processes for ``seconds``. At ``stop_at``, stop Redis, and start it again, empty,
    after ``away`` seconds."""
    with tempfile.TemporaryDirectory() as folder, _process(_serve) as vendor:
        redis = RedisServer(Path(folder))
        redis.start()
        try:
            url = f"http://127.0.0.1:{vendor.recv()}/"
            return _run_processes(redis, url, vendor, seconds, stop_at, away)
        finally:
            redis.kill()


def _run_processes(
    redis: RedisServer,
    url: str,
    vendor: Connection,
    seconds: float,
    stop_at: float | None,
    away: float,
) -> Observations:
    with ExitStack() as stack:
        workers = [stack.enter_context(_process(_run_worker)) for _ in range(PROCESSES)]
        for worker in workers:
            worker.send(_Work(redis.url, url, LIMIT, seconds))
        for worker in workers:
            worker.recv()
        for worker in workers:
            worker.send("go")
        if stop_at is not None:
            time.sleep(stop_at)
            redis.kill()
            time.sleep(away)
            redis.start()
        ends = [worker.recv() for worker in workers]
    vendor.send("what did you see?")
    arrivals, refused = vendor.recv()
    return Observations(
        arrivals,
        refused,
        [requests for requests, _ in ends],
        sum(told for _, told in ends),
    )


def main(full: bool = False) -> None:
    seconds = 30.0 if full else 6.0
    calm = run_processes(seconds)
    # Long enough for Redis to be away, for lost bookings to expire, and for work after that.
    torn = run_processes(seconds + 15, stop_at=seconds / 2)
    share = calm.used / calm.bound
    Found(
        "redis_window",
        f"{LIMIT} requests in {PER:g} s, shared by {PROCESSES} processes through Redis",
        ["", f"{seconds:g} s", "with Redis stopped and started again, empty"],
        [
            ["requests", *(f"{len(saw.arrivals):,}" for saw in (calm, torn))],
            ["most arrivals in any period", *(f"{saw.busiest}" for saw in (calm, torn))],
            ["answered by 429", *(f"{saw.refused}" for saw in (calm, torn))],
            ["mean latency, ms", *(f"{saw.latency * 1e3:.1f}" for saw in (calm, torn))],
            ["used of the budget", f"{calm.used:.1%}", "–"],
            ["bound, P / (P + mean latency)", f"{calm.bound:.1%}", "–"],
            ["used / bound", f"{share:.3f}", "–"],
            ["fastest process / slowest", *(f"{saw.spread:.2f}" for saw in (calm, torn))],
            [
                "longest time without an arrival, s",
                f"{calm.longest_gap:.2f}",
                f"{torn.longest_gap:.2f}",
            ],
        ],
        goals=[
            (f"at most {LIMIT} arrivals in any {PER:g} s", calm.busiest <= LIMIT),
            ("at least 0.95 of the bound", share >= 0.95),
            ("the fastest process has at most 1.5 × the slowest's share", calm.spread <= 1.5),
            (f"at most {LIMIT} also when Redis is started again", torn.busiest <= LIMIT),
        ],
        notes=[
            f"{PROCESSES} processes with {TASKS} tasks each, and a vendor of their own that counts "
            f"arrivals; latency {LATENCY * 1e3:.0f} ± {SPREAD * 1e3:.0f} ms",
            f"timeout of a request {TIMEOUT:g} s: when Redis has lost its memory, nothing departs "
            "until all that was booked would have lapsed",
        ],
        picture=marked(
            lines(
                {"": torn.course},
                across="seconds",
                up=f"arrivals in the last {PER:g} s, {LIMIT} allowed",
            ),
            seconds / 2,
            "Redis stopped, and started again, empty",
        ),
        full=full,
    ).publish()


if __name__ == "__main__":
    main(full=True)
