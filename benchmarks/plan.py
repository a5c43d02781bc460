"""Planning a large district: CPU time, memory and requests, and the time under a rate limit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import attrs

from .measure import progress
from .plan_bundle import MOVED, RENAMED, Size, write, write_next_day
from .plan_runs import Applied, Planned, Run, Seen, applied, planned
from .report import Found
from .roster_runs import Terms

FULL = Size(100_000, 5_000, 600_000)
SHORT = Size(1_000, 50, 6_000)
MOST_CPU, MOST_MIB, MOST_TIME = 60, 300, 1.05

SCHOOLOGY = Terms(limit=13, per=5.0, latency=0.2, spread=0.1)
MANAGEBAC = Terms(limit=50, per=1.0, latency=0.2, spread=0.1)
#: Plans, with the divisor of all times while they are measured.
RUNS = (
    Run(
        name="Schoology, empty",
        vendor="plan_schoology",
        terms=SCHOOLOGY,
        scale=10,
        holds=False,
    ),
    Run(
        name="Schoology, equal",
        vendor="plan_schoology",
        terms=SCHOOLOGY,
        scale=1,
    ),
    Run(
        name="Schoology, equal, people from the export",
        vendor="plan_schoology",
        terms=SCHOOLOGY,
        scale=1,
        settings={"people_from": "export"},
        most_requests=200,
    ),
    Run(
        name="Schoology, equal, without multiget",
        vendor="plan_schoology",
        terms=SCHOOLOGY,
        scale=10,
        multiget=False,
    ),
    Run(
        name="ManageBac, empty",
        vendor="plan_managebac",
        terms=MANAGEBAC,
        scale=1,
        holds=False,
    ),
    Run(
        name="ManageBac, equal",
        vendor="plan_managebac",
        terms=MANAGEBAC,
        scale=1,
        most_requests=3_600,
    ),
)
#: Plans that are applied.
APPLIED = (
    Run(name="Schoology", vendor="plan_schoology", terms=SCHOOLOGY, scale=20),
    Run(name="ManageBac", vendor="plan_managebac", terms=MANAGEBAC, scale=4),
)


@attrs.frozen
class Result:
    """What a plan took, and what the sandbox saw."""

    run: Run
    took: Planned
    seen: Seen

    @property
    def of_bound(self) -> float:
        """The time of the snapshot as a multiple of the time that the limit allows."""
        return self.took.snapshot.seconds / _bound(self.run.terms, self.seen.requests)

    def row(self) -> list[str]:
        took = self.took
        return [
            self.run.name,
            f"{took.changes:,}",
            f"{self.seen.requests:,}",
            f"{took.snapshot.seconds:,.1f}",
            f"{self.of_bound:.3f}",
            *(f"{phase.cpu:.1f}" for phase in (took.source, took.snapshot, took.compare)),
            f"{took.cpu:.1f}",
            f"{took.peak:.0f}",
        ]

    def goals(self, *, full: bool) -> list[tuple[str, bool]]:
        name, took, seen, most = self.run.name, self.took, self.seen, self.run.most_requests
        goals = [(f"{name}: {seen.refusals} refusals", not seen.refusals)]
        if self.run.holds:
            goals.append((f"{name}: {took.changes:,} changes", not took.changes))
        if not full:
            return goals
        goals += [
            (f"{name}: at most {MOST_CPU} s of CPU, reached {took.cpu:.1f}", took.cpu <= MOST_CPU),
            (f"{name}: at most {MOST_MIB} MiB, reached {took.peak:.0f}", took.peak <= MOST_MIB),
        ]
        if most is not None:
            reached = f"{name}: at most {most:,} requests, reached {seen.requests:,}"
            goals.append((reached, seen.requests <= most))
        if self.run.holds:
            reached = f"{name}: at most {MOST_TIME} × the bound, reached {self.of_bound:.3f}"
            goals.append((reached, self.of_bound <= MOST_TIME))
        return goals


def _bound(terms: Terms, requests: int) -> float:
    return requests * (terms.per + terms.latency) / terms.limit


def _calls(name: str, seen: Seen) -> str:
    calls = ", ".join(f"{count:,} × `{call}`" for call, count in seen.calls.items())
    return f"requests, {name}: {calls}"


def _applied(run: Run, took: Applied, seen: Seen) -> str:
    rate = took.done / took.phase.seconds
    return (
        f"{run.name}, the changes of a day applied: {took.done:,} changes done and {took.failed:,} "
        f"not, {seen.requests:,} requests in {took.phase.seconds:,.0f} s, {rate:.1f} changes per "
        f"second, {took.phase.cpu:.1f} s of CPU, {took.peak:.0f} MiB, {seen.refusals} refusals"
    )


def main(full: bool = False) -> None:
    size = FULL if full else SHORT
    results: list[Result] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        today, next_day = Path(name, "today"), Path(name, "next-day")
        write(today, size)
        write_next_day(next_day, size)
        for run in RUNS:
            result = Result(run, *planned(run, today))
            results.append(result)
            progress(" | ".join(result.row()))
            notes.append(_calls(run.name, result.seen))
        for run in APPLIED:
            took, seen = applied(run, today, next_day)
            notes += [_applied(run, took, seen), _calls(f"{run.name}, changes applied", seen)]
            progress(notes[-2])
    publish(size, results, notes, full=full)


def publish(size: Size, results: Sequence[Result], calls: Sequence[str], *, full: bool) -> None:
    runs = [(one.run.name, one.run.scale) for one in results]
    runs += [(f"{run.name}, changes applied", run.scale) for run in APPLIED]
    scales = ", ".join(f"{name}: {scale:g}" for name, scale in runs)
    limits = {str(one.run.terms): one.run.terms for one in results}
    latencies = {f"{terms.latency * 1e3:.0f} ms" for terms in limits.values()}
    equal = next(one for one in results if one.run.holds)
    Found(
        "plan",
        f"The plan of a district with {size}",
        [
            *("vendor", "changes", "requests", "seconds", "× bound"),
            *("CPU s: source", "snapshot", "compare, write", "in all", "peak MiB"),
        ],
        [one.row() for one in results],
        goals=[goal for one in results for goal in one.goals(full=full)],
        notes=[
            "the source is a OneRoster 1.2 bundle, whose people are students, teachers and "
            "guardians; the vendor is a sandbox in another process, and holds nothing or exactly "
            "the same",
            "a fresh process for each plan; seconds: the snapshot of the vendor's records; bound: "
            "requests × (P + L) / N, for a limit of N in P seconds and latency L",
            f"limits: {', '.join(limits)}; latency: {', '.join(latencies)}; all times are divided "
            f"while measuring, and multiplied again here: {scales}",
            f"the changes of a day: one of {RENAMED} people has another name, and one of {MOVED} "
            "students of a section has moved to the next section",
            *calls,
        ],
        full=full,
        short=f"A plan for {size} that finds no change at Schoology takes "
        f"{equal.took.cpu:.0f} s of CPU, {equal.took.peak:.0f} MiB and "
        f"{equal.seen.requests:,} requests.",
    ).publish()
