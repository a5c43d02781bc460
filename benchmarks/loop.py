"""How long does an import block the event loop, and how does that affect a web request?"""

from __future__ import annotations

import asyncio
import multiprocessing
import selectors
import socket
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from statistics import quantiles

import attrs
from aiohttp import web

from lms_async import Status
from schoology_async import Schoology, Window

from .measure import progress
from .picture import Picture, lines
from .report import Found
from .school import people
from .vendor import CLIENT_CPU, SERVER_CPU, pin, vendor

#: The interval between a visitor's requests, in seconds.
EVERY = 0.005
MOST_P99, MOST_MAX = 5.0, 20.0

_spawn = multiprocessing.get_context("spawn")


class WatchedSelector(selectors.DefaultSelector):
    """Records how long the event loop was busy between two checks of its sockets (a hold).

    A hold is one iteration of the loop without its waiting. Any other task waits at least as long.
    """

    def __init__(self) -> None:
        super().__init__()
        self.holds: list[float] = []
        self._left: float | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._left is not None:
            self.holds.append(time.perf_counter() - self._left)
        ready = super().select(timeout)
        self._left = time.perf_counter()
        return ready


@attrs.frozen
class Delays:
    """Holds of the event loop and latencies of a web handler, in milliseconds."""

    holds: list[float]
    latencies: list[float]


def visit(told: Connection, port: int) -> None:
    """Send a small request every few milliseconds, from another process."""
    pin(SERVER_CPU)
    latencies = []
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        told.send("here")
        while not told.poll(EVERY):
            began = time.perf_counter()
            connection.sendall(request)
            if not connection.recv(4096):
                break
            latencies.append((time.perf_counter() - began) * 1e3)
    told.send(latencies)


async def served(watched: WatchedSelector, rows: int, base_url: str) -> Delays:
    """Run a web service that imports ``rows`` people, or nothing for 2 s, while it is visited."""

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    application = web.Application()
    application.router.add_get("/", hello)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    ours, theirs = _spawn.Pipe()
    visitor = _spawn.Process(target=visit, args=(theirs, port), daemon=True)
    visitor.start()
    await asyncio.to_thread(ours.recv)
    watched.holds.clear()
    try:
        if rows:
            await imported(rows, base_url)
        else:
            await asyncio.sleep(2)
        holds = [hold * 1e3 for hold in watched.holds]
    finally:
        ours.send("enough")
        latencies = await asyncio.to_thread(ours.recv)
        visitor.join()
        await runner.cleanup()
    return Delays(holds, latencies)


async def imported(rows: int, base_url: str) -> None:
    done = 0
    async with Schoology(
        "key", "secret", base_url=base_url, limiter=Window(10**6, per=1.0)
    ) as schoology:
        async for outcome in schoology.users.create_many(people(rows), update_existing=True):
            done += outcome.status is Status.DONE
    if done != rows:
        raise RuntimeError(f"{done} of {rows} people were done")


def delays_of(rows: int, base_url: str) -> Delays:
    watched = WatchedSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(watched)) as runner:
        return runner.run(served(watched, rows, base_url))


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median, the 99th percentile and the maximum."""
    hundredths = quantiles(values, n=100)
    return hundredths[49], hundredths[98], max(values)


def shares(delays: Delays) -> Picture:
    """Draw the share of values above each length."""

    def above(values: list[float]) -> tuple[list[float], list[float]]:
        ordered = sorted(values)
        places = range(0, len(ordered), max(1, len(ordered) // 500))
        return [ordered[place] for place in places], [1 - place / len(ordered) for place in places]

    return lines(
        {
            "holds of the loop": above(delays.holds),
            "web handler's latency": above(delays.latencies),
        },
        across="milliseconds",
        up="share that is longer",
        log="xy",
    )


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    rows = 100_000
    with vendor() as base_url:
        progress("a visitor alone")
        idle = delays_of(0, base_url)
        progress(f"an import of {rows:,} people beside")
        busy = delays_of(rows, base_url)
    _, p99, most = percentiles(busy.holds)
    table = []
    for what, values in (
        ("hold of the loop, during the import", busy.holds),
        ("latency of a web handler, during the import", busy.latencies),
        ("latency of a web handler, alone", idle.latencies),
    ):
        middle, hundredth, longest = percentiles(values)
        numbers = (f"{middle:.2f}", f"{hundredth:.2f}", f"{longest:.2f}", f"{len(values):,}")
        table.append([what, *numbers])
    Found(
        "loop",
        f"The event loop during an import of {rows:,} people",
        ["ms", "median", "p99", "max", "how many"],
        table,
        goals=[
            (f"p99 of a hold under {MOST_P99:g} ms, reached {p99:.2f}", p99 < MOST_P99),
            (f"the longest hold under {MOST_MAX:g} ms, reached {most:.2f}", most < MOST_MAX),
        ],
        notes=[
            "a hold: from the loop's return from its selector to its next look at it, i.e. one "
            "iteration without its waiting, measured in a selector of our own",
            "the import runs without a vendor's limit, as fast as it can; under a limit the loop "
            "is idle nearly all the time",
            f"the web handler is aiohttp's on the same loop, asked every {EVERY * 1e3:g} ms by a "
            "process of its own, which shares a core with the vendor",
        ],
        full=full,
        short="During an import at full speed, the event loop is never blocked for more than "
        f"{most:.1f} ms (99th percentile: {p99:.1f} ms). A web handler on the same loop responds "
        f"in {percentiles(busy.latencies)[0]:.1f} ms (median).",
        picture=shares(busy),
        bars=9,
    ).publish()
