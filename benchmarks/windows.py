"""What do 10,000 rate limits cost that share one Redis in one process?"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
from redis.asyncio import Redis

from lms_async.events import Event
from lms_async.limits.shared.fallback import RedisAway, RedisBack
from lms_async.limits.shared.window import RedisWindow
from lms_async.limits.shared.windows import RedisWindows

from .redis_server import RedisServer
from .report import Found

SCOPES = (1, 100, 10_000)
#: So high that no call waits for a slot: the time is that of the windows and of Redis.
LIMIT, PER = 10_000, 1.0
#: Short, because after a restart of Redis no request is sent for this long.
TIMEOUT = 2.0


@attrs.frozen
class Costs:
    """What the windows of ``scopes`` scopes cost."""

    scopes: int
    connections: int
    """Without that of the benchmark itself."""
    redis_bytes: float
    process_bytes: float
    opened: float
    """Seconds until each window had its first slot."""
    alone: float
    """Seconds of one acquire, one after another on one window."""
    together: float
    """Seconds of one acquire, if one call for each scope, at most 100, goes at a time."""
    processor: float
    """Seconds of processor time of the process for one of these."""
    reconnected: float
    """Seconds from the start of Redis until all windows are connected again."""
    blocked: float
    """The longest time for which the event loop stood still meanwhile."""
    collecting: float
    """The longest run of the garbage collector meanwhile."""


def _measure(scopes: int, shared: bool) -> Costs:
    logging.disable(logging.CRITICAL)  # a warning for each scope when Redis is stopped
    # Windows that do not share connections have two files each.
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            return asyncio.run(_measure_with(server, scopes, shared))
        finally:
            server.kill()


async def _measure_with(server: RedisServer, scopes: int, shared: bool) -> Costs:
    events: list[Event] = []
    options: dict[str, Any] = {"timeout": TIMEOUT, "redis_is_new": True, "events": [events.append]}
    async with Redis.from_url(server.url) as redis:
        redis_before, process_before = await _redis_memory(redis), _process_memory()
        group = RedisWindows(server.url, **options) if shared else None
        windows = [
            group.window(LIMIT, per=PER, scope=f"scope {number}")
            if group is not None
            else RedisWindow(LIMIT, per=PER, scope=f"{number}", url=server.url, **options)
            for number in range(scopes)
        ]
        began = time.perf_counter()
        for start in range(0, scopes, 100):
            await asyncio.gather(*map(_acquire, windows[start : start + 100]))
        opened = time.perf_counter() - began
        connections = len(await redis.client_list()) - 1
        redis_bytes = (await _redis_memory(redis) - redis_before) / scopes
        process_bytes = (_process_memory() - process_before) / scopes
        alone, _ = await _time(lambda: _acquire(windows[0]), 1)
        together, processor = await _time(_rounds(windows), min(100, scopes))
    reconnected, blocked, collecting = await _restart(server, events)
    await asyncio.gather(*(window.close() for window in windows))
    return Costs(
        scopes,
        connections,
        redis_bytes,
        process_bytes,
        opened,
        alone,
        together,
        processor,
        reconnected,
        blocked,
        collecting,
    )


async def _acquire(window: RedisWindow) -> None:
    (await window.acquire()).answered()


def _rounds(windows: Sequence[RedisWindow]) -> Callable[[], Awaitable[Any]]:
    """Return a function that acquires a slot from each of the next 100 windows."""
    start = 0

    def acquire_next() -> Awaitable[Any]:
        nonlocal start
        chosen = windows[start : start + 100]
        start = (start + 100) % max(100, len(windows))
        return asyncio.gather(*map(_acquire, chosen))

    return acquire_next


async def _time(work: Callable[[], Awaitable[Any]], slots: int) -> tuple[float, float]:
    """Return the seconds, and the seconds of processor time, of one acquire: the best of five
    rounds."""
    found = []
    for _ in range(5):
        began, began_processor = time.perf_counter(), time.process_time()
        done = 0
        while time.perf_counter() - began < 0.5:
            await work()
            done += slots
        found.append(
            (
                (time.perf_counter() - began) / done,
                (time.process_time() - began_processor) / done,
            )
        )
    return min(found)


async def _restart(server: RedisServer, events: list[Event]) -> tuple[float, float, float]:
    """Stop Redis and start it again, empty."""
    longest = [0.0, 0.0]
    collected = [0.0]

    def note_collection(phase: str, _: Any) -> None:
        if phase == "start":
            collected[0] = time.perf_counter()
        else:
            longest[1] = max(longest[1], time.perf_counter() - collected[0])

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            longest[0] = max(longest[0], now - last - 0.002)
            last = now

    def told(kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in events)

    server.kill()
    await asyncio.sleep(3)  # until all windows know that Redis is unavailable
    await asyncio.to_thread(server.start)
    began = time.perf_counter()
    watching = asyncio.create_task(watch())
    gc.callbacks.append(note_collection)
    try:
        async with asyncio.timeout(120):
            while told(RedisBack) < told(RedisAway):  # noqa: ASYNC110 - the events set no event
                await asyncio.sleep(0.02)
    finally:
        gc.callbacks.remove(note_collection)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return time.perf_counter() - began, longest[0], longest[1]


async def _redis_memory(redis: Any) -> int:
    return int((await redis.info("memory"))["used_memory"])


def _process_memory() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def measure(scopes: int, *, shared: bool) -> Costs:
    """Measure in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measure, (scopes, shared))


def main() -> None:
    lone = {scopes: measure(scopes, shared=False) for scopes in (1, 100)}
    shared = {scopes: measure(scopes, shared=True) for scopes in SCOPES}
    costs = [*lone.values(), *shared.values()]
    most = shared[SCOPES[-1]]
    Found(
        "windows",
        f"{SCOPES[-1]:,} rate limits on one Redis from one process",
        [
            "",
            *(f"{scopes:,} `RedisWindow`" for scopes in lone),
            *(f"`RedisWindows`, {scopes:,} scope{'s' * (scopes > 1)}" for scopes in shared),
        ],
        [
            ["connections to Redis", *(f"{cost.connections:,}" for cost in costs)],
            [
                "memory of Redis for each scope, KB",
                *("–" if cost.scopes == 1 else f"{cost.redis_bytes / 1e3:.1f}" for cost in costs),
            ],
            [
                "memory of the process for each scope, KB",
                *("–" if cost.scopes == 1 else f"{cost.process_bytes / 1e3:.1f}" for cost in costs),
            ],
            [
                "one acquire, one after another, µs",
                *(f"{cost.alone * 1e6:.0f}" for cost in costs),
            ],
            [
                "one acquire, up to 100 scopes at a time, µs",
                *(f"{cost.together * 1e6:.0f}" for cost in costs),
            ],
            [
                "processor time of the process for it, µs",
                *(f"{cost.processor * 1e6:.0f}" for cost in costs),
            ],
            ["first slot of every scope, s", *(f"{cost.opened:.2f}" for cost in costs)],
            [
                "all connected again after Redis was started again, empty, s",
                *(f"{cost.reconnected:.2f}" for cost in costs),
            ],
            [
                "longest block of the event loop meanwhile, ms",
                *(f"{cost.blocked * 1e3:.0f}" for cost in costs),
            ],
            [
                "longest run of the garbage collector meanwhile, ms",
                *(f"{cost.collecting * 1e3:.0f}" for cost in costs),
            ],
        ],
        goals=[
            (f"two connections for {SCOPES[-1]:,} scopes", most.connections == 2),
            (
                "the event loop is never blocked for a second when Redis is started again",
                most.blocked < 1,
            ),
        ],
        notes=[
            f"each limit is {LIMIT:,} in {PER:g} s, so that no call waits for a slot; each column "
            "is measured in a new process with a new Redis",
            "memory includes what the connections use; it is measured after each scope has been "
            "used once, while all are subscribed",
            "Redis runs on the same machine and shares its processors",
        ],
    ).publish()


if __name__ == "__main__":
    main()
