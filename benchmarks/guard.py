"""Has a hot path changed in kind? Counted in Python's own instructions, which no load changes.

Instructions are not time: what a C function does in one of them is not seen. They tell when work
that was done once a column, a batch or a key is done once a row. ``guard.json`` has the figures of
each minor version of Python; ``python -m benchmarks guard --store`` writes those of this one.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import Any

import orjson

from lms_async.client import Client
from lms_async.http.call import Call
from lms_async.http.in_flight import Progress
from lms_async.http.responses import Response
from lms_async.http.transport import Transport
from lms_async.http.wire import Wire
from manabac_async import ManageBac
from schoology_async import Schoology, Window
from schoology_async.resources import Users
from schoology_async.signing import Signer

from .answers import ONE_USER, page, results
from .school import fifties, people
from .wireless import outcomes, without_wire

FIGURES = Path(__file__).with_name("guard.json")
#: How many times the stored count is no change of kind yet.
MOST = 1.3

Signed = Callable[[str, str], AbstractContextManager[Mapping[str, str]]]


def version() -> str:
    """The minor version of this Python: another one has other instructions."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


class ReadyWire(Wire):
    """A wire that has the answer to any call, and signs as the real one does."""

    async def exchange(
        self,
        call: Call[object],
        url: str,
        body: bytes | None,
        *,
        headers: Mapping[str, str],
        signed: Signed,
        progress: Progress,
        seconds: float,
        late: Callable[[Response], None],
        is_streamed: bool = False,
    ) -> Response:
        with signed(call.method, url):
            progress.slot.answered()
        if call.path == "users":
            return Response(200, {}, page(int(dict(call.query).get("start", "0"))))
        return Response(200, {}, ONE_USER)


def over_a_ready_wire(client: Client) -> Transport:
    limiter = Window(10**6, per=1.0)
    return Transport(client._transport.vendor, ReadyWire(), limiter=limiter)


Work = Callable[[], None]


def imported(batches: int) -> Work:
    """Batches of 50 people, checked and put through a bulk, without a wire."""
    chunks = list(fifties(people(50 * batches)))
    answers = [results(orjson.dumps(chunk)) for chunk in chunks]
    rows = [row for chunk in chunks for row in chunk]

    async def work() -> None:
        await outcomes(without_wire(rows, answers))

    return lambda: asyncio.run(work())


def listed(pages: int) -> Work:
    """Pages of 200 users, as models."""

    async def work() -> None:
        users = Users(over_a_ready_wire(Schoology("key", "secret")))
        left = pages
        async for _ in users.list().pages():
            left -= 1
            if not left:
                break

    return lambda: asyncio.run(work())


def signed(url: Callable[[int], str]) -> Callable[[int], Work]:
    def signing(requests: int) -> Work:
        signer = Signer("key", "secret")

        def work() -> None:
            for number in range(requests):
                signer.headers("GET", url(number), timestamp=1_500_000_000 + number)

        return work

    return signing


def got(requests: int) -> Work:
    """Single GETs through the transport, with a token."""

    async def work() -> None:
        client = ManageBac("token")
        client._bind(over_a_ready_wire(client))
        for _ in range(requests):
            await client.request("GET", "users/1")

    return lambda: asyncio.run(work())


#: Each path, and how many of its units are done once and then twice: the difference counts.
PATHS: dict[str, tuple[Callable[[int], Work], int]] = {
    "a batch of 50 people, without a wire": (imported, 10),
    "a page of 200 users, as models": (listed, 5),
    "a signature, one URL": (signed(lambda _: "https://api.example/v1/users?a=1"), 20),
    "a signature, a new URL": (signed(lambda number: f"https://api.example/users/{number}"), 20),
    "a GET through the transport": (got, 20),
}


def instructions(work: Work) -> int:
    """How many instructions of Python ``work`` takes, in all frames that it enters."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    earlier = sys.gettrace()
    gc.disable()  # so that no finalizer of somebody else's garbage is counted
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(earlier)
        gc.enable()
    return count


def counted() -> dict[str, int]:
    """Instructions for one unit of each path, what is done once and for all taken off."""
    counts = {}
    for name, (path, units) in PATHS.items():
        path(2 * units)()  # hooks and caches are made
        more = instructions(path(2 * units)) - instructions(path(units))
        counts[name] = round(more / units)
    return counts


def stored() -> dict[str, int] | None:
    """The figures kept for this version of Python, if there are any."""
    of_versions: dict[str, dict[str, int]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return of_versions.get(version())


def main(*, store: bool = False) -> None:
    now, kept = counted(), stored() or {}
    beyond = []
    for name, count in now.items():
        print(f"{count:>9,}  {name} (stored: {kept.get(name, 0):,})")
        if count > MOST * kept.get(name, count):
            beyond.append(name)
    if store:
        of_versions = json.loads(FIGURES.read_text(encoding="utf-8")) | {version(): now}
        FIGURES.write_text(json.dumps(of_versions, indent=2) + "\n", encoding="utf-8")
    elif beyond:
        sys.exit(f"more than {MOST} × the stored count: {', '.join(beyond)}")
