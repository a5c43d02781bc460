"""Import the files of a school into a sandbox, with simulated failures, and check the result."""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ...outcome import Status
from ..exit_codes import Exit
from ..importing.request import ImportRequest
from ..importing.run import run_import
from ..reporting.reporters import Reporter
from ..reporting.summary import Summary
from ..target import Demo, DemoStep, Row, RunningSandbox, Target
from ..wording import listed
from .checks import LATENCY, Check, Screen, check_limit, conditions, report

if TYPE_CHECKING:
    from ...sandbox import Seen


async def import_school(
    target: Target, demo: Demo, folder: Path, rows: int, screen: Screen
) -> Exit:
    """Run the demo of a target that imports files.

    :param folder: gets the files.
    :param rows: about how many rows to import.
    :returns: ``DONE`` only if every check passes.
    """
    files = [_write(folder, step) for step in demo.steps(rows)]
    async with target.sandbox(limit=demo.limit, latency=LATENCY) as served:
        demo.prepare(served.server, rows)
        sizes = listed([f"{len(file.wanted):,} {file.step.kind.noun}" for file in files], "and")
        screen.print(
            f"Importing into a {target.vendor} sandbox on this machine. This takes about ten "
            "seconds.",
            *conditions(demo.limit, demo.add_faults(served.server)),
            f"  Rows: {sizes}, and {sum(file.bad for file in files)} that must be rejected",
        )
        school = _School(target, served, demo.limit, screen.reporter)
        for number, file in enumerate(files, 1):
            screen.print(f"Step {number} of {len(files)}: {file.step.kind.noun}")
            exit_code = await school.import_file(file)
            if exit_code not in {Exit.DONE, Exit.REJECTED, Exit.UNKNOWN}:
                return exit_code
        checks = [check for file in files for check in await school.checks(file)]
        checks.append(check_limit(served.server.log))
    screen.print(_use_of_limit(school.logs, demo.limit))
    return report(checks, screen)


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

    async def checks(self, file: _File) -> list[Check]:
        """Compare the file with its results, and with what the sandbox has now."""
        from ...limits.window import Window

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


def _compare(file: _File, found: list[Row]) -> list[Check]:
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


def _add_up(summary: Summary, file: _File) -> list[Check]:
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


def _use_of_limit(logs: Sequence[Sequence[Seen]], window: tuple[int, float]) -> str:
    """Say how much of the rate limit the imports used, from their first request to their last."""
    limit, per = window
    allowed = sum(limit * ((log[-1].at - log[0].at) / per + 1) for log in logs)
    bound = per / (per + LATENCY[0])
    return (
        f"Rate limit used: {sum(map(len, logs)) / allowed:.0%}. The pauses after refusals count as "
        f"unused. At this latency, at most {bound:.0%} can be used without refusals."
    )
