"""``lms demo``: import a school into a sandbox, with simulated failures, and check the result."""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import attrs

from ..outcome import Status
from .exit_codes import CommandError, Exit
from .importing.request import ImportRequest
from .importing.run import run_import
from .proxies import without_proxy
from .reporting.reporters import Reporter
from .reporting.summary import Summary
from .target import Demo, DemoStep, Row, RunningSandbox, Target, find_target, target_names
from .wording import duration, listed

if TYPE_CHECKING:
    from ..sandbox import Seen

ROWS = 10_000
#: The sandbox's rate limit, unless the target has one, and its latency. With these the demo takes
#: about ten seconds.
LIMIT = (15, 0.3)
LATENCY = (0.02, 0.01)
_Check = tuple[str, bool]


async def run_demo(
    out: TextIO, reporter: Reporter, *, to: str | None = None, rows: int = ROWS
) -> Exit:
    """Run the demo of the target ``to``, or of every target that has one.

    :param rows: about how many rows to import.
    :returns: ``DONE`` only if every check passes.
    :raises CommandError: there is no demo.
    """
    names = target_names() if to is None else [to]
    targets = [target for name in names if (target := find_target(name)).demo is not None]
    if not targets:
        raise CommandError(f"{to} has no demo." if to else "No installed target has a demo.")
    for target in targets:
        with without_proxy():
            exit_code = await _run(target, out, reporter, rows)
        if exit_code is not Exit.DONE:
            return exit_code
    return Exit.DONE


async def _run(target: Target, out: TextIO, reporter: Reporter, rows: int) -> Exit:
    def print_line(line: str) -> None:
        out.write(line + "\n")
        out.flush()

    demo = target.demo
    assert demo is not None  # noqa: S101 - run_demo skips targets without a demo
    limit = demo.limit or LIMIT
    began = asyncio.get_running_loop().time()
    with tempfile.TemporaryDirectory(prefix="lms-demo-") as folder:
        files = [_write(Path(folder), step) for step in demo.steps(rows)]
        async with target.sandbox(limit=limit, latency=LATENCY) as served:
            demo.prepare(served.server, rows)
            faults = demo.add_faults(served.server)
            for line in _introduction(target, demo, files, faults):
                print_line(line)
            school = _School(target, served, limit, reporter)
            for number, file in enumerate(files, 1):
                print_line(f"Step {number} of {len(files)}: {file.step.kind.noun}")
                exit_code = await school.import_file(file)
                if exit_code not in {Exit.DONE, Exit.REJECTED, Exit.UNKNOWN}:
                    return exit_code
            checks = [check for file in files for check in await school.checks(file)]
            overrun = [seen for seen in served.server.log if _refused_by_limit(seen)]
        checks.append((f"{len(overrun)} requests above the rate limit", not overrun))
    print_line(_use_of_limit(school.logs, limit))
    for text, holds in checks:
        print_line(f"  {'ok    ' if holds else 'FAILED'}  {text}")
    print_line(f"The files in {folder} were deleted.")
    print_line(f"Total time: {duration(asyncio.get_running_loop().time() - began)}")
    return Exit.DONE if all(holds for _, holds in checks) else Exit.UNKNOWN


@attrs.frozen
class _File:
    """The file of a step.

    :param wanted: the rows that must be imported, by key.
    :param bad: the number of rows that must be rejected.
    """

    step: DemoStep
    path: Path
    wanted: dict[tuple[str, ...], Row]
    bad: int


def _introduction(
    target: Target, demo: Demo, files: Sequence[_File], faults: Sequence[str]
) -> list[str]:
    limit = demo.limit or LIMIT
    source = "chosen for this demo" if demo.limit is None else "the vendor's own"
    sizes = listed([f"{len(file.wanted):,} {file.step.kind.noun}" for file in files], "and")
    return [
        f"Importing into a {target.vendor} sandbox on this machine. This takes about ten seconds.",
        f"  Rate limit: {limit[0]} requests per {limit[1]:g} s, {source}",
        f"  Latency: {LATENCY[0] * 1000:g} ± {LATENCY[1] * 1000:g} ms",
        f"  Simulated failures: {', '.join(faults)}",
        f"  Rows: {sizes}, and {sum(file.bad for file in files)} that must be rejected",
    ]


class _School:
    """The sandbox that the files are imported into.

    Each import and each reading has its own limiter, which does not know the requests before. So
    they wait until these requests no longer count.
    """

    def __init__(
        self,
        target: Target,
        served: RunningSandbox,
        limit: tuple[int, float],
        reporter: Reporter,
    ) -> None:
        self._target = target
        self._served = served
        self._limit = limit
        self._reporter = reporter
        self._summaries: dict[Path, Summary] = {}
        #: The requests of each import.
        self.logs: list[list[Seen]] = []

    async def import_file(self, file: _File) -> Exit:
        """Import a file, and return the exit code."""
        if self.logs:
            await self._wait_for_free_limit()
        before = len(self._served.server.log)
        request = ImportRequest(
            path=file.path,
            target=self._target,
            kind=file.step.kind,
            environment=self._served.environment,
            limit=self._limit,
        )
        summary = await run_import(request, self._reporter)
        self._summaries[file.path] = summary
        self.logs.append(list(self._served.server.log)[before:])
        return summary.exit_code

    async def _wait_for_free_limit(self) -> None:
        """Wait until earlier requests do not count any more.

        Each import and each check has a limiter of its own, which does not know of the others.
        """
        await asyncio.sleep(self._limit[1])

    async def checks(self, file: _File) -> list[_Check]:
        """Compare the file with its results, and with what the sandbox has now."""
        from ..limits.window import Window

        await self._wait_for_free_limit()
        limiter = Window(self._limit[0], per=self._limit[1])
        connected: Any = self._target.connect(self._served.environment, limiter=limiter, events=())
        async with connected as client:
            found = [row async for row in file.step.read_back(client)]
        return _add_up(self._summaries[file.path], file) + _compare(file, found)


def _write(folder: Path, step: DemoStep) -> _File:
    """Write a file of the valid rows, with rows between them that must be rejected."""
    kind = step.kind
    columns = [field for field in kind.fields if any(field in row for row in step.rows)]
    cells = [[row.get(column, "") for column in columns] for row in step.rows]
    twice = [_with_new_key(cells[0], columns, kind.key)] * 2
    bad = [[row.get(column, "") for column in columns] for row in step.rejected]
    bad += [*twice, cells[0][:-1]]
    for number, row in reversed(list(enumerate(bad, 1))):
        cells.insert(number * len(step.rows) // (len(bad) + 1), row)
    path = folder / f"{kind.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *cells])
    return _File(step, path, {_key(row, kind.key): row for row in step.rows}, len(bad))


def _with_new_key(row: Sequence[str], columns: Sequence[str], key: Sequence[str]) -> list[str]:
    return ["twice" if column in key else cell for column, cell in zip(columns, row, strict=True)]


def _key(row: Row, key: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(field, "") for field in key)


def _compare(file: _File, found: list[Row]) -> list[_Check]:
    key, noun = file.step.kind.key, file.step.kind.noun
    seen = Counter(_key(row, key) for row in found)
    differing = 0
    for row in found:
        wanted = file.wanted.get(_key(row, key), {})
        differing += any(row[field] != value for field, value in wanted.items() if field in row)
    missing = len(file.wanted.keys() - seen.keys())
    more = len(seen.keys() - file.wanted.keys())
    twice = sum(count > 1 for count in seen.values())
    return [
        (f"read back: {len(found):,} {noun}, {missing} missing", not missing),
        (f"{noun} not in the file: {more}, duplicates: {twice}", not more and not twice),
        (f"{noun} with other values than in the file: {differing}", not differing),
    ]


def _add_up(summary: Summary, file: _File) -> list[_Check]:
    done, rejected, unknown = (
        summary.counts[status] for status in (Status.DONE, Status.REJECTED, Status.UNKNOWN)
    )
    path = file.path.with_name(f"{file.path.stem}.results.csv")
    with path.open(encoding="utf-8-sig", newline="") as results:
        rows = [int(row["row"]) for row in csv.DictReader(results)]
    good, total = len(file.wanted), len(file.wanted) + file.bad
    return [
        (
            f"{file.step.kind.noun}: {done:,} of {good:,} valid rows done, "
            f"{rejected} of {file.bad} other rows rejected, {unknown} unknown",
            (done, rejected, unknown) == (good, file.bad, 0),
        ),
        (
            f"{len(rows):,} rows in the results file, in order and without duplicates",
            rows == list(range(2, total + 2)),
        ),
    ]


def _refused_by_limit(seen: Seen) -> bool:
    return seen.status == 429 and seen.fault is None


def _use_of_limit(logs: Sequence[Sequence[Seen]], window: tuple[int, float]) -> str:
    """Say how much of the rate limit the imports used, from their first request to their last."""
    limit, per = window
    allowed = sum(limit * ((log[-1].at - log[0].at) / per + 1) for log in logs)
    bound = per / (per + LATENCY[0])
    return (
        f"Rate limit used: {sum(map(len, logs)) / allowed:.0%}. The pauses after refusals count as "
        f"unused. At this latency, at most {bound:.0%} can be used without refusals."
    )
