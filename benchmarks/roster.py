"""Import a whole school by its own codes: people, courses with sections, and enrollments.

One import runs without interruption. Another one is killed in the middle and resumed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import attrs

from lms_async import Journal, RetryPolicy
from schoology_async import Schoology, Window

from .measure import progress
from .report import Found
from .roster_rows import Size, courses, enrollments, is_equal
from .roster_vendor import Held, Vendor, sandbox
from .school import people
from .vendor import CLIENT_CPU, pin

#: The vendor's limit: requests, and seconds.
LIMIT, PER = 50, 5.0
#: Seconds for a request and its response, mean and spread.
LATENCY, SPREAD = 0.1, 0.05

#: The number of records, and the factor by which all times are divided while measuring.
SHORT = (Size(4_000, 200, 600, 25_800), 2.0)
FULL = (Size(20_000, 1_000, 3_000, 120_000), 2.0)


def optimum(size: Size) -> float:
    """Return the least time in seconds without a risk of refusals.

    A slot of the limit is busy for one period and the latency. The last request takes the latency.
    """
    return (size.requests / LIMIT - 1) * (PER + LATENCY) + LATENCY


async def _import(
    options: dict[str, Any], size: Size, scale: float, folder: str
) -> tuple[float, Counter[str]]:
    """Import all records, one kind after the other.

    :param folder: the folder of the journals.
    :returns: the seconds that it took, and the number of rows by status.
    """
    client = Schoology(
        **options,
        limiter=Window(LIMIT, per=PER / scale),
        retry=RetryPolicy(base=0.5 / scale, cap=20 / scale),
    )
    counts: Counter[str] = Counter()
    async with client as schoology:
        began = time.perf_counter()
        for bulk in (
            schoology.users.create_many(people(size.people), journal=_journal(folder, "people")),
            schoology.courses.create_many(courses(size), journal=_journal(folder, "courses")),
            schoology.enrollments.import_by_school_code(
                enrollments(size), journal=_journal(folder, "enrollments")
            ),
        ):
            counts += (await bulk).counts
        return time.perf_counter() - began, counts


def _journal(folder: str, name: str) -> Journal:
    return Journal(Path(folder) / f"{name}.db")


def _in_process(
    pipe: Connection, options: dict[str, Any], size: Size, scale: float, folder: str
) -> None:
    pin(CLIENT_CPU)
    pipe.send(asyncio.run(_import(options, size, scale, folder)))


def start(
    vendor: Vendor, size: Size, scale: float, folder: str
) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    """Start an import in a process of its own. Return the process and its pipe."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(
        target=_in_process, args=(theirs, vendor.options, size, scale, folder), daemon=True
    )
    process.start()
    theirs.close()
    return process, ours


def kill_halfway(vendor: Vendor, size: Size, scale: float, folder: str) -> int:
    """Start an import, and kill its process after half of the requests.

    :returns: the number of requests that arrived.
    """
    process, _ = start(vendor, size, scale, folder)
    while vendor.requests() < size.requests // 2:
        time.sleep(0.05)
    process.kill()
    process.join()
    return vendor.requests()


@attrs.frozen
class Result:
    """The result of a run: its time in seconds, the rows by status, and the vendor's records."""

    seconds: float
    counts: Counter[str]
    held: Held

    def goals(self, what: str, size: Size) -> list[tuple[str, bool]]:
        rows = size.people + size.courses + size.enrollments
        done = self.counts["done"]
        return [
            (f"{what}: {self.held.refusals} refusals", self.held.refusals == 0),
            (
                f"{what}: at most {LIMIT} arrivals per {PER:g} s, seen {self.held.busiest}",
                self.held.busiest <= LIMIT,
            ),
            (f"{what}: {done:,} of {rows:,} rows done", self.counts == {"done": rows}),
            (f"{what}: the vendor holds exactly the input", is_equal(self.held, size)),
            (f"{what}: {self.held.twice} records created twice", self.held.twice == 0),
        ]


def run_uninterrupted(size: Size, scale: float) -> Result:
    with tempfile.TemporaryDirectory() as folder, _sandbox(scale) as vendor:
        return _finish(vendor, size, scale, folder)


def run_killed_and_resumed(size: Size, scale: float) -> tuple[Result, int]:
    with tempfile.TemporaryDirectory() as folder, _sandbox(scale) as vendor:
        before = kill_halfway(vendor, size, scale, folder)
        return _finish(vendor, size, scale, folder), before


def _finish(vendor: Vendor, size: Size, scale: float, folder: str) -> Result:
    process, pipe = start(vendor, size, scale, folder)
    seconds, counts = pipe.recv()
    process.join()
    return Result(seconds * scale, counts, vendor.held())


def _sandbox(scale: float) -> Any:
    return sandbox((LIMIT, PER / scale), (LATENCY / scale, SPREAD / scale))


def main(full: bool = False) -> None:
    size, scale = FULL if full else SHORT
    whole = run_uninterrupted(size, scale)
    progress(f"in one go: {whole.seconds:,.0f} s")
    rest, before = run_killed_and_resumed(size, scale)
    progress(f"resumed: {rest.seconds:,.0f} s")
    ratio = whole.seconds / optimum(size)
    extra = rest.held.requests - size.requests
    Found(
        "roster",
        f"A school by its own codes: {size}",
        ["run", "requests", "least", "seconds", "× safe optimum", "refused", "created twice"],
        [
            [
                "in one go",
                f"{whole.held.requests:,}",
                f"{size.requests:,}",
                f"{whole.seconds:,.1f}",
                f"{ratio:.3f}",
                f"{whole.held.refusals:,}",
                f"{whole.held.twice:,}",
            ],
            [
                f"killed after {before:,} requests, and resumed",
                f"{rest.held.requests:,}",
                f"{size.requests:,}",
                f"{rest.seconds:,.1f}",
                "",
                f"{rest.held.refusals:,}",
                f"{rest.held.twice:,}",
            ],
        ],
        goals=[
            (f"at most 1.03 × the safe optimum, reached {ratio:.3f}", ratio <= 1.03),
            (
                f"{whole.held.requests:,} requests, the least that is possible",
                whole.held.requests == size.requests,
            ),
            *whole.goals("in one go", size),
            *rest.goals("killed and resumed", size),
        ],
        notes=[
            f"limit: {LIMIT} requests per {PER:g} s, counted at arrival in a strict sliding "
            f"window; latency: {LATENCY * 1e3:.0f} ± {SPREAD * 1e3:.0f} ms; the measurement "
            f"divides all times by {scale:g}, and this page has the original ones",
            "order: people, then courses with their sections, then enrollments by "
            "`section_school_code` and `school_uid`; each kind has a journal",
            "safe optimum: (requests / N − 1) × (P + L) + L, for a limit of N in P seconds and "
            "latency L",
            f"killed: with SIGKILL; requests of both runs beyond the least: {extra:,}, for rows "
            "without a response when the run was killed; people are looked up, and enrollments "
            f"are sent again ({rest.held.updated:,} of them existed)",
        ],
        full=full,
        short=f"{size} by the school's own codes into Schoology at {LIMIT} requests per {PER:g} s, "
        f"{LATENCY * 1e3:.0f} ms away: {whole.held.requests:,} requests in "
        f"{whole.seconds / 60:.1f} minutes with {whole.held.refusals} refusals.",
    ).publish()
