"""What does a server see when a client keeps a rate limit? Draws a picture."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import aiohttp
import matplotlib as mpl
from aiolimiter import AsyncLimiter
from matplotlib.figure import Figure
from throttled import per_duration
from throttled.asyncio import RateLimiterType, Throttled

from lms_async import Window
from lms_async.sandbox.limits import busiest

from .limit import Permit
from .report import FOLDER, Found
from .strict import Arrival, Setup, running

LIMIT, PER = 15, 1.0
LATENCY, SPREAD = 0.1, 0.05
SECONDS = 8.0
KEPT = ("Window", "leaky bucket (aiolimiter)", "fixed window (throttled-py)")
PICTURE = FOLDER / "arrivals.svg"


def permit_of(kept: str) -> Permit:
    if kept == KEPT[0]:
        return Window(LIMIT, per=PER).acquire
    if kept == KEPT[1]:
        return AsyncLimiter(LIMIT, PER).acquire
    return Throttled(
        key="one",
        using=RateLimiterType.FIXED_WINDOW.value,
        quota=per_duration(timedelta(seconds=PER), LIMIT),
        timeout=3600,
    ).limit


async def ask(url: str, kept: str) -> None:
    permit = permit_of(kept)
    # The fixed window is a second of the clock. Start in the middle of one.
    await asyncio.sleep(1.5 - time.time() % 1.0)
    until = time.monotonic() + SECONDS
    async with aiohttp.ClientSession() as session:

        async def worker() -> None:
            while time.monotonic() < until:
                slot = await permit()
                async with session.get(url + "app-user-info") as response:
                    if hasattr(slot, "answered"):
                        slot.answered()
                    await response.read()

        await asyncio.gather(*(worker() for _ in range(2 * LIMIT)))


def draw(seen: Sequence[Sequence[Arrival]]) -> None:
    """Draw each arrival at the number of arrivals in the period that ends with it."""
    mpl.rcParams["svg.hashsalt"] = "arrivals"  # the same run gives the same file
    figure = Figure(figsize=(9, 6.5), layout="constrained")
    panels = figure.subplots(len(seen), 1, sharex=True, sharey=True)
    for panel, kept, arrivals in zip(panels, KEPT, seen, strict=True):
        start = arrivals[0].at
        moments = [arrival.at for arrival in arrivals]
        counts = [
            sum(moment - PER < earlier <= moment for earlier in moments[: number + 1])
            for number, moment in enumerate(moments)
        ]
        for admitted, colour, label in ((True, "#1b6ca8", "admitted"), (False, "#c62828", "429")):
            chosen = [
                (arrival.at - start, count)
                for arrival, count in zip(arrivals, counts, strict=True)
                if arrival.admitted is admitted
            ]
            if chosen:
                panel.scatter(*zip(*chosen, strict=True), s=9, color=colour, label=label)
        panel.axhline(LIMIT, color="black", linewidth=0.8, linestyle="--")
        panel.set_title(kept, loc="left", fontsize=10)
        panel.set_ylabel(f"in the last {PER:g} s")
        panel.legend(loc="lower right", fontsize=8)
    panels[0].set_ylim(0, None)  # the three panels share the axis
    panels[-1].set_xlabel("seconds since the first arrival")
    figure.savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    setup = Setup(LIMIT, PER, "sliding", (LATENCY, SPREAD))

    async def everybody(urls: list[str]) -> None:
        await asyncio.gather(*(ask(url, kept) for url, kept in zip(urls, KEPT, strict=True)))

    with running([setup] * len(KEPT)) as servers:
        asyncio.run(everybody(servers.urls))
        seen = servers.arrivals()
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw(seen)
    Found(
        "arrivals",
        f"What a server sees of {LIMIT} in {PER:g} s",
        ["kept by", "requests", "answered by 429", f"most arrivals in {PER:g} s"],
        [
            [
                kept,
                f"{len(arrivals):,}",
                f"{sum(not arrival.admitted for arrival in arrivals):,}",
                f"{busiest([arrival.at for arrival in arrivals], PER)}",
            ]
            for kept, arrivals in zip(KEPT, seen, strict=True)
        ],
        goals=[
            (
                f"never more than {LIMIT} with Window",
                busiest([arrival.at for arrival in seen[0]], PER) <= LIMIT,
            )
        ],
        notes=[
            f"each for {SECONDS:g} s against a strict sliding window of its own, over sockets; "
            f"latency {LATENCY * 1e3:.0f} ± {SPREAD * 1e3:.0f} ms; refused arrivals are counted "
            "here, the server itself does not count them",
            "the picture is `arrivals.svg`",
        ],
    ).publish()
