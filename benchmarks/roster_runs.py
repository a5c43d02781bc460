"""Import a whole roster into a sandbox: once in one go, and once killed in the middle and resumed.

The sandbox and the import each run in a process of their own. All times are divided by a scale
while they are measured.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import attrs

from lms_async import Journal, RetryPolicy, Window
from lms_async.sandbox import SandboxServer
from lms_async.sandbox.limits import busiest

from .measure import progress
from .report import Found
from .vendor import CLIENT_CPU, SERVER_CPU, pin


@attrs.frozen(kw_only=True)
class Terms:
    """The vendor's limit, ``limit`` requests in ``per`` seconds, and the latency of a request and
    its response together, mean and spread in seconds."""

    limit: int
    per: float
    latency: float
    spread: float

    def scaled(self, scale: float) -> Terms:
        """Return the same terms with all times divided by ``scale``."""
        return Terms(
            limit=self.limit,
            per=self.per / scale,
            latency=self.latency / scale,
            spread=self.spread / scale,
        )

    def optimum(self, requests: int) -> float:
        """Return the least time in seconds if no refusal may be risked.

        A slot is busy for the latency and one period, and the last request has its response a
        latency after it left.
        """
        return (requests / self.limit - 1) * (self.per + self.latency) + self.latency

    def __str__(self) -> str:
        return f"{self.limit} requests per {self.per:g} s"


class Served(Protocol):
    """A sandbox, and what its school holds."""

    @property
    def server(self) -> SandboxServer:
        """The sandbox."""

    @property
    def options(self) -> dict[str, Any]:
        """The options of a client for it."""

    def state(self) -> Any:
        """Return what the school holds, as sets of natural keys."""

    def created(self) -> list[Counter[Any]]:
        """Return how often each record was created, by natural key."""

    def repeated(self) -> int:
        """Return how many records were sent again after they existed."""


@attrs.frozen
class Held:
    """What the sandbox's school holds, and what it was asked."""

    state: Any
    #: How many records were created more than once.
    twice: int
    #: How many records were sent again after they existed.
    repeated: int
    requests: int
    refusals: int
    #: The most arrivals in one period of the limit.
    busiest: int


#: Imports everything. Takes the options of a client, the size, and the folder of the journals.
Load = Callable[[dict[str, Any], Any, Path], Awaitable[Counter[str]]]


@attrs.frozen(kw_only=True)
class Roster:
    """What is imported. The functions are those of a module, since processes get them by name."""

    size: Any
    terms: Terms
    #: The least requests that bring all of it to the vendor.
    least: int
    #: How many rows have an outcome.
    rows: int
    serve: Callable[[Terms], AbstractContextManager[Served]]
    load: Load
    #: What the vendor must hold in the end.
    expected: Callable[[Any], Any]


class Vendor:
    """The sandbox, as another process sees it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.options: dict[str, Any] = pipe.recv()

    def requests(self) -> int:
        """Return how many requests have arrived."""
        return int(self._ask("requests"))

    def held(self) -> Held:
        """Return what the school holds now."""
        held: Held = self._ask("held")
        return held

    def _ask(self, what: str) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()


@contextmanager
def sandbox(roster: Roster, scale: float) -> Iterator[Vendor]:
    """Run a sandbox for as long as the context lasts."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    terms = roster.terms.scaled(scale)
    process = spawn.Process(target=_serve, args=(roster.serve, terms, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Vendor(ours)
    finally:
        ours.close()
        process.join()


def _serve(
    serve: Callable[[Terms], AbstractContextManager[Served]], terms: Terms, told: Connection
) -> None:
    pin(SERVER_CPU)
    with serve(terms) as served:
        told.send(served.options)
        while True:
            try:
                asked = told.recv()
            except EOFError:
                return
            log = served.server.log
            told.send(len(log) if asked == "requests" else _held(served, terms.per))


def _held(served: Served, per: float) -> Held:
    log = served.server.log
    return Held(
        state=served.state(),
        twice=sum(count > 1 for counted in served.created() for count in counted.values()),
        repeated=served.repeated(),
        requests=len(log),
        refusals=served.server.refusals,
        busiest=busiest([seen.at for seen in log], per),
    )


def _in_process(
    told: Connection,
    load: Load,
    options: dict[str, Any],
    terms: Terms,
    scale: float,
    size: Any,
    folder: str,
) -> None:
    async def run() -> tuple[float, Counter[str]]:
        given = {
            **options,
            "limiter": Window(terms.limit, per=terms.per / scale),
            "retry": RetryPolicy(base=0.5 / scale, cap=20 / scale),
        }
        began = time.perf_counter()
        ended = await load(given, size, Path(folder))
        return time.perf_counter() - began, ended

    pin(CLIENT_CPU)
    told.send(asyncio.run(run()))


def _started(
    vendor: Vendor, roster: Roster, scale: float, folder: str
) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    """Start an import in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    args = (theirs, roster.load, vendor.options, roster.terms, scale, roster.size, folder)
    process = spawn.Process(target=_in_process, args=args, daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _kill_half_way(vendor: Vendor, roster: Roster, scale: float, folder: str) -> int:
    """Start an import, and kill its process when half of the requests have arrived.

    :returns: how many had arrived.
    """
    process, _ = _started(vendor, roster, scale, folder)
    while vendor.requests() < roster.least // 2:
        time.sleep(0.05)
    process.kill()
    process.join()
    return vendor.requests()


@attrs.frozen
class Took:
    """What a run took, in the seconds of the vendor's own time, and what the vendor holds then."""

    seconds: float
    ended: Counter[str]
    held: Held

    def row(self, what: str, roster: Roster, *, ratio: str = "") -> list[str]:
        """Return the row of the table."""
        return [
            what,
            f"{self.held.requests:,}",
            f"{roster.least:,}",
            f"{self.seconds:,.1f}",
            ratio,
            f"{self.held.refusals:,}",
            f"{self.held.twice:,}",
        ]

    def goals(self, what: str, roster: Roster) -> list[tuple[str, bool]]:
        """Return the goals that every run has."""
        terms, done = roster.terms, self.ended["done"]
        return [
            (f"{what}: {self.held.refusals} refusals", self.held.refusals == 0),
            (
                f"{what}: at most {terms.limit} arrivals per {terms.per:g} s, "
                f"seen {self.held.busiest}",
                self.held.busiest <= terms.limit,
            ),
            (
                f"{what}: {done:,} of {roster.rows:,} rows done",
                self.ended == {"done": roster.rows},
            ),
            (
                f"{what}: the vendor holds exactly the input",
                self.held.state == roster.expected(roster.size),
            ),
            (f"{what}: {self.held.twice} records created twice", self.held.twice == 0),
        ]


def _finished(vendor: Vendor, roster: Roster, scale: float, folder: str) -> Took:
    process, told = _started(vendor, roster, scale, folder)
    seconds, ended = told.recv()
    process.join()
    return Took(seconds * scale, ended, vendor.held())


def in_one_go(roster: Roster, scale: float) -> Took:
    """Import everything into an empty school."""
    with tempfile.TemporaryDirectory() as folder, sandbox(roster, scale) as vendor:
        took = _finished(vendor, roster, scale, folder)
    progress(f"in one go: {took.seconds:,.0f} s")
    return took


def resumed(roster: Roster, scale: float) -> tuple[Took, int]:
    """Kill an import in the middle, and run it again. Return what the second run took, and how many
    requests the first one made."""
    with tempfile.TemporaryDirectory() as folder, sandbox(roster, scale) as vendor:
        before = _kill_half_way(vendor, roster, scale, folder)
        took = _finished(vendor, roster, scale, folder)
    progress(f"resumed: {took.seconds:,.0f} s")
    return took, before


def journal(folder: Path, name: str) -> Journal:
    """Return the journal of one bulk of an import."""
    return Journal(folder / f"{name}.db")


def found(
    question: str,
    title: str,
    roster: Roster,
    scale: float,
    *,
    most: float,
    most_requests: float,
    notes: Callable[[Took, Took], list[str]],
    into: str,
    full: bool,
) -> Found:
    """Make both runs, and return the result.

    :param most: how many times the safe optimum the time may be.
    :param most_requests: how many times the least requests may be made.
    :param notes: returns notes, given what both runs took.
    :param into: what the import is, for the README.
    """
    whole = in_one_go(roster, scale)
    rest, before = resumed(roster, scale)
    terms = roster.terms
    ratio = whole.seconds / terms.optimum(roster.least)
    made = whole.held.requests
    requests = f"at most {most_requests:g} × the least requests, reached {made / roster.least:.3f}"
    if most_requests == 1:
        requests = f"{made:,} requests, the least that is possible"
    return Found(
        question,
        title,
        ["run", "requests", "least", "seconds", "× safe optimum", "refused", "created twice"],
        [
            whole.row("in one go", roster, ratio=f"{ratio:.3f}"),
            rest.row(f"killed after {before:,} requests, and resumed", roster),
        ],
        goals=[
            (f"at most {most:g} × the safe optimum, reached {ratio:.3f}", ratio <= most),
            (requests, roster.least <= made <= most_requests * roster.least),
            *whole.goals("in one go", roster),
            *rest.goals("killed and resumed", roster),
        ],
        notes=[
            f"limit: {terms}, counted at arrival in a strict sliding window; latency: "
            f"{terms.latency * 1e3:.0f} ± {terms.spread * 1e3:.0f} ms; the measurement divides all "
            f"times by {scale:g}, and this page has the original ones",
            *notes(whole, rest),
            "safe optimum: (requests / N − 1) × (P + L) + L, for a limit of N in P seconds and "
            "latency L",
        ],
        full=full,
        short=f"{into} at {terms}, {terms.latency * 1e3:.0f} ms away: {made:,} requests in "
        f"{whole.seconds / 60:.1f} minutes with {whole.held.refusals} refusals.",
    )
