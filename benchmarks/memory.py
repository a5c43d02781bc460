"""Does memory stay bounded for an input of any length?"""

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

from .measure import progress
from .picture import bars
from .report import Found
from .school import people
from .vendor import CLIENT_CPU, pin, vendor

FEW, MANY = 20_000, 1_000_000
MOST_MORE = 16.0


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
    """Return the peak memory of this process, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: on Linux a child inherits its parent's peak across fork and exec.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1024 / (1024 if sys.platform == "darwin" else 1)


def imported(rows: int, base_url: str) -> Took:
    """Run an import in this process, which does nothing else."""
    pin(CLIENT_CPU)
    began = time.perf_counter()
    if rows:
        asyncio.run(count(rows, base_url))
    return Took(peak(), time.perf_counter() - began)


def main(full: bool = False) -> None:
    sizes = (0, FEW, 100_000, MANY) if full else (0, FEW, MANY)
    took: dict[int, Took] = {}
    with vendor() as base_url:
        for rows in sizes:
            spawn = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=spawn) as process:
                took[rows] = process.submit(imported, rows, base_url).result()
            progress(f"{rows:,} people: {took[rows].peak:.1f} MiB")
    more = took[MANY].peak - took[FEW].peak
    names = {rows: f"{rows:,} people" if rows else "imports alone" for rows in sizes}
    Found(
        "memory",
        f"Peak memory of an import of {MANY:,} people",
        ["people", "peak MiB", "seconds"],
        [
            *([names[rows], f"{t.peak:.1f}", f"{t.seconds:.1f}"] for rows, t in took.items()),
            [f"{MANY:,} over {FEW:,}", f"{more:+.1f}", ""],
        ],
        goals=[
            (
                f"{MANY:,} people take at most {MOST_MORE:.0f} MiB more than {FEW:,}, "
                f"reached {more:+.1f}",
                more <= MOST_MORE,
            )
        ],
        notes=[
            "a fresh process for each; people from a generator, outcomes counted as they come",
            "the whole process, with the interpreter and all libraries, and the little of the "
            "benchmarks that it must load",
        ],
        full=full,
        short=f"Memory stays bounded: the whole process needs at most {took[MANY].peak:.0f} MiB to "
        f"import {MANY:,} people ({more:+.1f} MiB compared with {FEW:,}).",
        picture=bars(
            {names[rows]: (t.peak,) * 3 for rows, t in took.items()},
            unit="peak MiB of the whole process",
            ours=[names[rows] for rows in sizes if rows],
        ),
        bars=len(sizes),
    ).publish()
