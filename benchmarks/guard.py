"""Does a hot path do more work per row than it used to? Counted in Python bytecode instructions,
which do not depend on load.

Instructions are not time: work inside a C function is not counted. The count shows if work once
done per column, batch or key is now done per row. ``guard.json`` has the counts for each minor
version of Python. ``python -m benchmarks guard --store`` writes those of the current one.
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
from schoology_async.resources.users import Users
from schoology_async.signing import Signer

from .answers import ONE_USER, page, results
from .no_network import count_done, import_without_network
from .school import batches_of_50, people

FIGURES = Path(__file__).with_name("guard.json")
#: A count up to this multiple of the stored one is accepted.
MOST = 1.3

Signed = Callable[[str, str], AbstractContextManager[Mapping[str, str]]]


def python_version() -> str:
    """Return the minor version of this Python. Each has its own instructions."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


class ReadyWire(Wire):
    """A wire with a ready response to every call. It signs like the real one."""

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


def with_ready_wire(client: Client) -> Transport:
    limiter = Window(10**6, per=1.0)
    return Transport(client._transport.vendor, ReadyWire(), limiter=limiter)


Work = Callable[[], None]


def imported(batches: int) -> Work:
    """Check batches of 50 people and run them through a bulk without a network."""
    chunks = list(batches_of_50(people(50 * batches)))
    answers = [results(orjson.dumps(chunk)) for chunk in chunks]
    rows = [row for chunk in chunks for row in chunk]

    async def work() -> None:
        await count_done(import_without_network(rows, answers))

    return lambda: asyncio.run(work())


def listed(pages: int) -> Work:
    """Read pages of 200 users as models."""

    async def work() -> None:
        users = Users(with_ready_wire(Schoology("key", "secret")))
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
    """Send single GETs with a token through the transport."""

    async def work() -> None:
        client = ManageBac("token")
        client._bind(with_ready_wire(client))
        for _ in range(requests):
            await client.request("GET", "users/1")

    return lambda: asyncio.run(work())


#: Each path, and a number of units: the count for that many is subtracted from that for twice as
#: many.
PATHS: dict[str, tuple[Callable[[int], Work], int]] = {
    "a batch of 50 people, without a wire": (imported, 10),
    "a page of 200 users, as models": (listed, 5),
    "a signature, one URL": (signed(lambda _: "https://api.example/v1/users?a=1"), 20),
    "a signature, a new URL": (signed(lambda number: f"https://api.example/users/{number}"), 20),
    "a GET through the transport": (got, 20),
}


def instructions(work: Work) -> int:
    """Return how many Python instructions ``work`` runs, in all frames that it enters."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    earlier = sys.gettrace()
    gc.disable()  # a finalizer of unrelated garbage must not be counted
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(earlier)
        gc.enable()
    return count


def counted() -> dict[str, int]:
    """Return the instructions per unit of each path, without the fixed cost."""
    counts = {}
    for name, (path, units) in PATHS.items():
        path(2 * units)()  # warm up hooks and caches
        more = instructions(path(2 * units)) - instructions(path(units))
        counts[name] = round(more / units)
    return counts


def stored() -> dict[str, int] | None:
    """Return the counts stored for this version of Python, if any."""
    of_versions: dict[str, dict[str, int]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return of_versions.get(python_version())


def main(*, store: bool = False) -> None:
    now, kept = counted(), stored() or {}
    beyond = []
    for name, count in now.items():
        print(f"{count:>9,}  {name} (stored: {kept.get(name, 0):,})")
        if count > MOST * kept.get(name, count):
            beyond.append(name)
    if store:
        of_versions = json.loads(FIGURES.read_text(encoding="utf-8")) | {python_version(): now}
        FIGURES.write_text(json.dumps(of_versions, indent=2) + "\n", encoding="utf-8")
    elif beyond:
        sys.exit(f"more than {MOST} × the stored count: {', '.join(beyond)}")
