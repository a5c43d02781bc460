"""Plan, and apply a plan, in a process of its own, against a sandbox in another one."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import attrs

from lms_async import RetryPolicy, Status, Window
from lms_async.roster import Entry, OneRosterSource, Plan, plan

from . import plan_bundle
from .memory import peak
from .plan_bundle import AS_OF
from .roster_runs import Terms
from .vendor import CLIENT_CPU, SERVER_CPU, pin

_IDS = re.compile(r"\d+")


@attrs.frozen(kw_only=True)
class Run:
    """What is measured.

    :param vendor: the module of the vendor, such as ``plan_schoology``.
    :param most_requests: the goal for the requests of a plan; ``None`` if there is none.
    :param holds: whether the vendor has exactly what the bundle has, or nothing.
    :param multiget: whether the vendor allows ``multiget``, if it is Schoology.
    :param settings: the settings of the target, such as where people are read from.
    :param scale: the divisor of all times while this is measured.
    """

    name: str
    vendor: str
    terms: Terms
    scale: float
    holds: bool = True
    multiget: bool = True
    settings: Mapping[str, str] = attrs.field(factory=dict)
    most_requests: int | None = None

    def module(self) -> Any:
        return import_module(f"benchmarks.{self.vendor}")


@attrs.frozen
class Seen:
    """What the sandbox saw: the requests by kind of call, and how many the limit refused."""

    calls: Mapping[str, int]
    refusals: int

    @property
    def requests(self) -> int:
        return sum(self.calls.values())


@attrs.frozen
class Phase:
    """Seconds of CPU time, and of the vendor's own time."""

    cpu: float
    seconds: float


@attrs.frozen
class Planned:
    """What a plan took.

    :param compare: to compare the entries, and to write the plan.
    :param peak: MiB of the whole process.
    """

    source: Phase
    snapshot: Phase
    compare: Phase
    peak: float
    changes: int

    @property
    def cpu(self) -> float:
        return self.source.cpu + self.snapshot.cpu + self.compare.cpu


@attrs.frozen
class Applied:
    """What it took to apply a plan, and how many changes were and were not made."""

    phase: Phase
    peak: float
    done: int
    failed: int


def planned(run: Run, folder: Path) -> tuple[Planned, Seen]:
    """Make a plan, in a process that does nothing else."""
    with _sandbox(run, folder) as (options, seen):
        return _in_process(_plan, run, folder, options), seen()


def applied(run: Run, before: Path, after: Path) -> tuple[Applied, Seen]:
    """Apply the plan of the bundle ``after`` to a vendor that holds the bundle ``before``.

    :returns: what this took, without making the plan, and what the sandbox saw meanwhile.
    """
    with _sandbox(run, before) as (options, seen):
        _in_process(_plan, run, after, options)
        seen()
        return _in_process(_apply, run, after, options), seen()


def _in_process(
    work: Callable[[Run, Path, dict[str, Any]], Any], run: Run, folder: Path, options: Any
) -> Any:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        return process.submit(work, run, folder, options).result()


class _Clock:
    """Measures phases that follow each other."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def phase(self) -> Phase:
        """Return what the phase took that ends now."""
        cpu, wall = time.process_time(), time.perf_counter()
        ended = Phase(cpu - self._cpu, (wall - self._wall) * self._scale)
        self._cpu, self._wall = cpu, wall
        return ended


@attrs.define
class _Measured:
    """A target that measures when its snapshot begins and ends."""

    target: Any
    clock: _Clock
    phases: list[Phase] = attrs.field(factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        self.phases.append(self.clock.phase())
        async for entry in self.target.snapshot(as_of):
            yield entry
        self.phases.append(self.clock.phase())


def _plan_of(folder: Path, run: Run) -> Path:
    return folder / f"{run.vendor}.plan"


def _options(run: Run, options: dict[str, Any]) -> dict[str, Any]:
    terms, scale = run.terms, run.scale
    return {
        **options,
        "limiter": Window(terms.limit, per=terms.per / scale),
        "retry": RetryPolicy(base=0.5 / scale, cap=20 / scale),
    }


def _plan(run: Run, folder: Path, options: dict[str, Any]) -> Planned:
    module = run.module()

    async def make() -> Planned:
        async with module.client(**_options(run, options)) as client:
            clock = _Clock(run.scale)
            target: Any = _Measured(module.target(client, **run.settings), clock)
            made = await plan(
                OneRosterSource(folder),
                target,
                module.MAPPING,
                as_of=AS_OF,
                path=_plan_of(folder, run),
            )
            compare = clock.phase()
        refused = [refusal.text for refusal in made.refusals() if refusal.stops]
        if refused:
            raise RuntimeError(f"the guard refuses the plan: {refused[0]}")
        source, snapshot = target.phases
        changes = sum(made.counts().values())
        return Planned(source, snapshot, compare, peak(), changes)

    pin(CLIENT_CPU)
    return asyncio.run(make())


def _apply(run: Run, folder: Path, options: dict[str, Any]) -> Applied:
    module = run.module()

    async def make() -> Applied:
        async with module.client(**_options(run, options)) as client:
            clock = _Clock(run.scale)
            report = await Plan(_plan_of(folder, run)).apply(
                module.target(client, **run.settings),
                journal=folder / f"{run.vendor}.journal",
                check_state=False,
            )
            phase, done = clock.phase(), Counter(report.counts)
        made = sum(count for (_, _, status), count in done.items() if status is Status.DONE)
        return Applied(phase, peak(), made, done.total() - made)

    pin(CLIENT_CPU)
    return asyncio.run(make())


@contextmanager
def _sandbox(run: Run, folder: Path) -> Iterator[tuple[dict[str, Any], Callable[[], Seen]]]:
    """Yield the credentials for a sandbox, and a function that returns what it saw since it was
    last called."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(run, folder, theirs), daemon=True)
    process.start()
    theirs.close()

    def seen() -> Seen:
        ours.send("seen")
        found: Seen = ours.recv()
        return found

    try:
        yield ours.recv(), seen
    finally:
        ours.close()
        process.join()


def _serve(run: Run, folder: Path, told: Connection) -> None:
    pin(SERVER_CPU)
    module, terms = run.module(), run.terms.scaled(run.scale)
    entries = plan_bundle.entries(folder, module.MAPPING) if run.holds else ()
    options: dict[str, Any] = {
        "school": module.school(entries),
        "limit": (terms.limit, terms.per),
        "latency": (terms.latency, terms.spread),
    }
    with module.sandbox(**options) as server:
        if not run.multiget:
            server.quirks.multiget = "refused"
        told.send(module.credentials(server))
        refused = 0
        while True:
            try:
                told.recv()
            except EOFError:
                return
            calls = Counter(f"{one.method} {_IDS.sub('…', one.path)}" for one in server.log)
            told.send(Seen(dict(calls.most_common()), server.refusals - refused))
            refused = server.refusals
            server.log.clear()
