"""Is a vendor's rate limit kept without a 429, and how much of it is used?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib.metadata import version
from statistics import mean

import aiohttp
import attrs
from aiolimiter import AsyncLimiter
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pyrate_limiter import Duration, Rate
from pyrate_limiter import Limiter as Pyrate
from throttled import per_duration
from throttled.asyncio import RateLimiterType, Throttled

from lms_async import RateLimited, RetryPolicy, Window
from lms_async.events import Event, ResponseReceived
from schoology_async import Schoology

from .picture import marked, points
from .report import Found
from .strict import Kind, LimitUsage, Setup, running

KINDS: tuple[Kind, ...] = ("sliding", "fixed")
#: Requests, period in seconds, and latency in seconds with its spread.
QUICK = [(15, 1.0, (0.02, 0.01)), (50, 1.0, (0.1, 0.05))]
FULL = [(15, 5.0, (0.1, 0.05)), (50, 1.0, (0.1, 0.05))]
PEERS = ("aiolimiter", "pyrate-limiter", "limits", "throttled-py")

Permit = Callable[[], Awaitable[object]]


@attrs.define
class Variant:
    name: str
    setup: Setup
    latencies: list[float] = attrs.field(factory=list)


def permit_of(name: str, setup: Setup) -> Permit:
    """Return the wait for a permit as each library's documentation shows it."""
    count, per = setup.count, setup.per
    if name == "aiolimiter":
        return AsyncLimiter(count, per).acquire
    if name == "pyrate-limiter":
        pyrate = Pyrate(Rate(count, int(per * Duration.SECOND)))
        return pyrate.try_acquire_async
    if name == "limits":
        window, item = (
            MovingWindowRateLimiter(MemoryStorage()),
            RateLimitItemPerSecond(count, int(per)),
        )

        async def hit() -> None:
            while not await window.hit(item):
                free = (await window.get_window_stats(item)).reset_time
                await asyncio.sleep(max(0.001, free - time.time()))

        return hit
    return Throttled(
        key="one",
        using=RateLimiterType.SLIDING_WINDOW.value,
        quota=per_duration(timedelta(seconds=per), count),
        timeout=3600,
    ).limit


async def ours(variant: Variant, url: str, until: float) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, ResponseReceived):
            variant.latencies.append(event.seconds)

    limiter = Window(variant.setup.count, per=variant.setup.per)
    retry = RetryPolicy(max_pause=60.0)
    async with Schoology(
        "k", "s", base_url=url, limiter=limiter, retry=retry, events=[listen]
    ) as schoology:

        async def worker() -> None:
            while time.monotonic() < until:
                await schoology.app_user_info()

        await asyncio.gather(*(worker() for _ in range(2 * variant.setup.count)))


async def peer(variant: Variant, url: str, until: float) -> None:
    """Send requests with another library's limiter. A 429 is retried with the next permit."""
    permit = permit_of(variant.name, variant.setup)
    async with aiohttp.ClientSession() as session:

        async def worker() -> None:
            while time.monotonic() < until:
                await permit()
                left = time.monotonic()
                async with session.get(url + "app-user-info") as response:
                    variant.latencies.append(time.monotonic() - left)
                    await response.read()

        await asyncio.gather(*(worker() for _ in range(2 * variant.setup.count)))


async def run_variants(variants: list[Variant], urls: list[str], seconds: float) -> None:
    async def one(number: int) -> None:
        variant = variants[number]
        # so that bursts do not coincide
        await asyncio.sleep(number * variant.setup.per / len(variants))
        work = ours if variant.name == OURS else peer
        try:
            await work(variant, urls[number], time.monotonic() + seconds)
        except RateLimited as refused:
            raise RuntimeError("Window was refused for longer than a minute") from refused

    await asyncio.gather(*(one(number) for number in range(len(variants))))


OURS = "lms-async, `Window`"


def main(*, full: bool = False) -> None:
    seconds = 60.0 if full else 6.0
    rows, goals, pictured = [], [], []
    for count, per, latency in FULL if full else QUICK:
        for kind in KINDS:
            setup = Setup(count, per, kind, latency)
            variants = [Variant(name, setup) for name in (OURS, *PEERS)]
            with running([setup] * len(variants)) as servers:
                asyncio.run(run_variants(variants, servers.urls, seconds))
                arrivals = servers.arrivals()
            what = f"{count} per {per:g} s, {kind}"
            for variant, seen in zip(variants, arrivals, strict=True):
                used = LimitUsage.of(setup, seen)
                bound = per / (per + mean(variant.latencies))
                refused = 1000 * used.refusals / used.requests
                pictured.append(
                    (variant.name.replace("`", ""), f"{kind} window", used.share / bound, refused)
                )
                rows.append(
                    [
                        what,
                        variant.name,
                        f"{used.requests:,}",
                        f"{used.refusals:,}",
                        f"{refused:.1f}",
                        f"{mean(variant.latencies) * 1e3:.0f}",
                        f"{used.share:.1%}",
                        f"{used.share / bound:.3f}",
                    ]
                )
                if variant.name == OURS:
                    goals.append((f"{what}: not one 429", used.refusals == 0))
                    goals.append(
                        (f"{what}: at least 0.98 of P / (P + latency)", used.share >= 0.98 * bound)
                    )
    latencies = " and ".join(
        f"{mean_ * 1e3:.0f} ± {spread * 1e3:.0f} ms"
        for mean_, spread in dict.fromkeys(latency for _, _, latency in (FULL if full else QUICK))
    )
    Found(
        "limit",
        "Limits, kept and used",
        [
            "server",
            "limiter",
            "requests",
            "answered by 429",
            "of 1,000",
            "mean latency, ms",
            "used",
            "used / (P / (P + latency))",
        ],
        rows,
        goals=goals,
        notes=[
            f"{seconds:g} s each; all limiters of one server kind at the same time, each against "
            f"a server of its own, latency {latencies}, arriving at any moment of it",
            "servers are in a process of their own and count arrivals; a fixed window's phase is "
            "not known to the client",
            "peers: " + ", ".join(f"{name} {version(name)}" for name in PEERS),
        ]
        + ([] if full else ["the short version: `--full` runs the real periods for 60 s"]),
        picture=marked(
            points(pictured, across="used / (P / (P + latency))", up="answered by 429, of 1,000"),
            1.0,
            "the most without a risk",
        ),
        bars=9,
        full=full,
    ).publish()
