"""``lms demo``: import a school into a sandbox, with simulated failures, and check the result."""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import attrs

from ..outcome import Status
from .exit_codes import CommandError, Exit
from .importing.request import ImportRequest
from .importing.run import run_import
from .kinds import Kind, KindOptions
from .proxies import without_proxy
from .reporting.reporters import Reporter
from .reporting.summary import Summary
from .target import Demo, Row, Target, find_target, target_names
from .wording import duration

if TYPE_CHECKING:
    from ..sandbox import Seen

PEOPLE = 10_000
#: The sandbox's rate limit, unless the target has one, and its latency. With these the demo takes
#: about ten seconds.
LIMIT = (15, 0.5)
LATENCY = (0.02, 0.01)


async def run_demo(
    out: TextIO, reporter: Reporter, *, to: str | None = None, people: int = PEOPLE
) -> Exit:
    """Run the demo of the target ``to``, or of every target that has one.

    :returns: ``DONE`` only if every check passes.
    :raises CommandError: there is no demo.
    """
    names = target_names() if to is None else [to]
    targets = [target for name in names if (target := find_target(name)).demo is not None]
    if not targets:
        raise CommandError(f"{to} has no demo." if to else "No installed target has a demo.")
    for target in targets:
        with without_proxy():
            exit_code = await _run(target, out, reporter, people)
        if exit_code is not Exit.DONE:
            return exit_code
    return Exit.DONE


@attrs.frozen
class _School:
    """The rows that must be imported, by key, and the number of rows that must be rejected."""

    people: dict[tuple[str, ...], Row]
    bad: int


async def _run(target: Target, out: TextIO, reporter: Reporter, people: int) -> Exit:
    def print_line(line: str) -> None:
        out.write(line + "\n")
        out.flush()

    demo, kind = target.demo, target.kinds[0]
    assert demo is not None  # noqa: S101 - run_demo skips targets without a demo
    limit = demo.limit or LIMIT
    source = "chosen for this demo" if demo.limit is None else "the vendor's own"
    began = asyncio.get_running_loop().time()
    with tempfile.TemporaryDirectory(prefix="lms-demo-") as folder:
        path = Path(folder) / "people.csv"
        school = _write(path, kind, demo, people)
        async with target.sandbox(limit=limit, latency=LATENCY) as served:
            demo.prepare(served.server, people)
            faults = demo.add_faults(served.server)
            print_line(
                f"Importing into a {target.vendor} sandbox on this machine. "
                "This takes about ten seconds."
            )
            print_line(f"  Rate limit: {limit[0]} requests per {limit[1]:g} s, {source}")
            print_line(f"  Latency: {LATENCY[0] * 1000:g} ± {LATENCY[1] * 1000:g} ms")
            print_line(f"  Simulated failures: {', '.join(faults)}")
            print_line(
                f"  File: {people:,} {demo.noun}, and {school.bad} rows that must be rejected"
            )
            request = ImportRequest(
                path=path,
                target=target,
                kind=kind,
                environment=served.environment,
                options=KindOptions(update_existing="update_existing" in kind.options),
                limit=limit,
            )
            summary = await run_import(request, reporter)
            if summary.exit_code not in {Exit.DONE, Exit.REJECTED, Exit.UNKNOWN}:
                return summary.exit_code
            log = list(served.server.log)
            # Reading back uses a new limiter, which does not know the import's last requests.
            # Wait until they no longer count.
            await asyncio.sleep(limit[1])
            found = await _read_back(target, demo, served.environment, limit)
            overrun = [seen for seen in served.server.log if _refused_by_limit(seen)]
        checks = _compare(school, found, kind.key, demo.noun)
        checks += _add_up(summary, school, path.with_name("people.results.csv"))
        checks.append((f"{len(overrun)} requests above the rate limit", not overrun))
    print_line(_use_of_limit(log, limit))
    for text, holds in checks:
        print_line(f"  {'ok    ' if holds else 'FAILED'}  {text}")
    print_line(f"The files in {path.parent} were deleted.")
    print_line(f"Total time: {duration(asyncio.get_running_loop().time() - began)}")
    return Exit.DONE if all(holds for _, holds in checks) else Exit.UNKNOWN


def _write(path: Path, kind: Kind, demo: Demo, people: int) -> _School:
    """Write a file of ``people`` valid rows, with rows between them that must be rejected."""
    good = list(islice(demo.valid_rows(people), people))
    columns = [field for field in kind.fields if any(field in row for row in good)]
    cells = [[row.get(column, "") for column in columns] for row in good]
    twice = [_with_new_key(cells[0], columns, kind.key)] * 2
    bad = [
        [row.get(column, "") for column in columns]
        for row in (*demo.invalid_rows(), *demo.vendor_rejected_rows())
    ]
    bad += [*twice, cells[0][:-1]]
    places = range(len(cells) // (len(bad) + 1), len(cells), len(cells) // (len(bad) + 1))
    for place, row in reversed(list(zip(places, bad, strict=False))):
        cells.insert(place, row)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *cells])
    return _School({_key(row, kind.key): row for row in good}, len(cells) - len(good))


def _with_new_key(row: Sequence[str], columns: Sequence[str], key: Sequence[str]) -> list[str]:
    return ["twice" if column in key else cell for column, cell in zip(columns, row, strict=True)]


def _key(row: Row, key: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(field, "") for field in key)


async def _read_back(
    target: Target, demo: Demo, environment: Mapping[str, str], limit: tuple[int, float]
) -> list[Row]:
    from ..limits.window import Window

    limiter = Window(limit[0], per=limit[1])
    connected: Any = target.connect(environment, limiter=limiter, events=())
    async with connected as client:
        return [row async for row in demo.read_back(client)]


def _compare(
    school: _School, found: list[Row], key: Sequence[str], noun: str
) -> list[tuple[str, bool]]:
    seen = Counter(_key(row, key) for row in found)
    differing = 0
    for row in found:
        wanted = school.people.get(_key(row, key), {})
        differing += any(row[field] != value for field, value in wanted.items() if field in row)
    missing = len(school.people.keys() - seen.keys())
    more = len(seen.keys() - school.people.keys())
    twice = sum(count > 1 for count in seen.values())
    return [
        (f"read back: {len(found):,} {noun}, {missing} missing", not missing),
        (f"{noun} not in the file: {more}, duplicates: {twice}", not more and not twice),
        (f"{noun} with other values than in the file: {differing}", not differing),
    ]


def _add_up(summary: Summary, school: _School, results: Path) -> list[tuple[str, bool]]:
    counts = summary.counts
    done, rejected, unknown = (
        counts[status] for status in (Status.DONE, Status.REJECTED, Status.UNKNOWN)
    )
    with results.open(encoding="utf-8-sig", newline="") as file:
        rows = [int(row["row"]) for row in csv.DictReader(file)]
    total = len(school.people) + school.bad
    return [
        (f"{done:,} of {len(school.people):,} valid rows done", done == len(school.people)),
        (f"{rejected} of {school.bad} other rows rejected", rejected == school.bad),
        (f"{unknown} rows unknown", not unknown),
        (
            f"{len(rows):,} rows in the results file, in order and without duplicates",
            rows == list(range(2, total + 2)),
        ),
    ]


def _refused_by_limit(seen: Seen) -> bool:
    return seen.status == 429 and seen.fault is None


def _use_of_limit(log: Sequence[Seen], window: tuple[int, float]) -> str:
    """Say how much of the rate limit was used, from the first request to the last."""
    limit, per = window
    allowed = limit * ((log[-1].at - log[0].at) / per + 1)
    bound = per / (per + LATENCY[0])
    return (
        f"Rate limit used: {len(log) / allowed:.0%}. The pauses after refusals count as unused. "
        f"At this latency, at most {bound:.0%} can be used without refusals."
    )
