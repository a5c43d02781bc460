"""Does memory stay bounded, however long the input is?"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import attrs

from lms_async import Status
from schoology_async import Schoology, Window

from .report import Found
from .school import people
from .vendor import CLIENT_CPU, pin, vendor

FEW, MANY = 20_000, 1_000_000
MOST_MORE = 64.0


@attrs.frozen
class Took:
    peak: float
    seconds: float


async def count(rows: int, base_url: str) -> None:
    counts: Counter[Status] = Counter()
    async with Schoology(
        "key", "secret", base_url=base_url, limiter=Window(10**6, per=1.0)
    ) as schoology:
        async for outcome in schoology.users.create_many(people(rows), update_existing=True):
            counts[outcome.status] += 1
    if counts != {Status.DONE: rows}:
        raise RuntimeError(f"not all of {rows} rows were done: {counts}")


def peak() -> float:
    """The most memory that this process ever held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: across fork and exec, Linux hands down the parent's peak in it.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1024 / (1024 if sys.platform == "darwin" else 1)


def imported(rows: int, base_url: str) -> Took:
    """Run in a process of its own."""
    pin(CLIENT_CPU)
    began = time.perf_counter()
    asyncio.run(count(rows, base_url))
    return Took(peak(), time.perf_counter() - began)


def main() -> None:
    took: dict[int, Took] = {}
    with vendor() as base_url:
        for rows in (FEW, MANY):
            spawn = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=spawn) as process:
                took[rows] = process.submit(imported, rows, base_url).result()
    more = took[MANY].peak - took[FEW].peak
    Found(
        "memory",
        f"Peak memory of an import of {MANY:,} people",
        ["people", "peak MiB", "seconds"],
        [
            *([f"{rows:,}", f"{t.peak:.1f}", f"{t.seconds:.1f}"] for rows, t in took.items()),
            ["difference", f"{more:+.1f}", ""],
        ],
        goals=[
            (f"at most {MOST_MORE:.0f} MiB more for {MANY:,} than for {FEW:,}", more <= MOST_MORE)
        ],
        notes=[
            "a fresh process for each; people from a generator, outcomes counted as they come",
            "the whole process, with the interpreter and all libraries",
        ],
    ).publish()
