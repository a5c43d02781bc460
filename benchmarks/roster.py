"""A whole school by its own codes: people, courses with sections, enrollments; once in one go, and
once killed in the middle and resumed."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import attrs

from lms_async import Journal, RetryPolicy
from schoology_async import Schoology, Window

from .measure import progress
from .report import Found
from .roster_vendor import PERIOD, Held, Vendor, sandbox
from .school import people
from .vendor import CLIENT_CPU, pin

#: The vendor's limit: so many requests in so many seconds.
LIMIT, PER = 50, 5.0
#: Seconds there and back, mean and spread.
LATENCY, SPREAD = 0.1, 0.05
BATCH = 50


@attrs.frozen
class Size:
    """How many of each there are."""

    people: int
    courses: int
    sections: int
    enrollments: int

    @property
    def requests(self) -> int:
        """The least requests that bring all of it to the vendor: sections go with their courses."""
        return sum(-(-rows // BATCH) for rows in (self.people, self.courses, self.enrollments))

    @property
    def optimum(self) -> float:
        """The least time in seconds if no refusal may be risked: a slot is busy for the latency
        and one period, and the last request has its response a latency after it left."""
        return (self.requests / LIMIT - 1) * (PER + LATENCY) + LATENCY

    def __str__(self) -> str:
        return (
            f"{self.people:,} people, {self.courses:,} courses, {self.sections:,} sections, "
            f"{self.enrollments:,} enrollments"
        )


#: Sizes, and by how much time is divided.
SHORT = (Size(4_000, 200, 600, 25_800), 2.0)
FULL = (Size(20_000, 1_000, 3_000, 120_000), 2.0)


def course_code(number: int) -> str:
    return f"C{number:05d}"


def section_code(size: Size, number: int) -> str:
    """Sections are dealt out to the courses in turn."""
    return f"{course_code(number % size.courses)}-{number // size.courses}"


def courses(size: Size) -> Iterator[Any]:
    """Courses with their sections inside."""
    for number in range(size.courses):
        own = range(number, size.sections, size.courses)
        sections = [
            {
                "title": f"Section {place}",
                "section_code": str(place),
                "section_school_code": section_code(size, section),
                "grading_periods": [PERIOD],
            }
            for place, section in enumerate(own)
        ]
        code = course_code(number)
        yield {"title": f"Course {number}", "course_code": code, "sections": sections}


def enrollments(size: Size) -> Iterator[Any]:
    """In each section as many people; the first one teaches it."""
    each = size.enrollments // size.sections
    for section in range(size.sections):
        code = section_code(size, section)
        for place in range(each):
            yield {
                "section_school_code": code,
                "school_uid": f"S{(section * each + place) % size.people:07d}",
                "admin": "0" if place else "1",
            }


async def _import(
    options: dict[str, Any], size: Size, scale: float, folder: str
) -> tuple[float, Counter[str]]:
    """Import everything, one kind after the other.

    :param folder: where the journals are.
    :returns: how many seconds it took, and how many rows there are by status.
    """
    client = Schoology(
        **options,
        limiter=Window(LIMIT, per=PER / scale),
        retry=RetryPolicy(base=0.5 / scale, cap=20 / scale),
    )
    ended: Counter[str] = Counter()
    async with client as schoology:
        began = time.perf_counter()
        for bulk in (
            schoology.users.create_many(people(size.people), journal=_journal(folder, "people")),
            schoology.courses.create_many(courses(size), journal=_journal(folder, "courses")),
            schoology.enrollments.import_by_school_code(
                enrollments(size), journal=_journal(folder, "enrollments")
            ),
        ):
            ended += (await bulk).counts
        return time.perf_counter() - began, ended


def _journal(folder: str, name: str) -> Journal:
    return Journal(Path(folder) / f"{name}.db")


def _in_process(
    told: Connection, options: dict[str, Any], size: Size, scale: float, folder: str
) -> None:
    pin(CLIENT_CPU)
    told.send(asyncio.run(_import(options, size, scale, folder)))


def started(
    vendor: Vendor, size: Size, scale: float, folder: str
) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    """Start an import in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(
        target=_in_process, args=(theirs, vendor.options, size, scale, folder), daemon=True
    )
    process.start()
    theirs.close()
    return process, ours


def kill_half_way(vendor: Vendor, size: Size, scale: float, folder: str) -> int:
    """Start an import, and kill its process when half of the requests have arrived.

    :returns: how many had arrived.
    """
    process, _ = started(vendor, size, scale, folder)
    while vendor.requests() < size.requests // 2:
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

    def goals(self, what: str, size: Size) -> list[tuple[str, bool]]:
        rows = size.people + size.courses + size.enrollments
        done = self.ended["done"]
        return [
            (f"{what}: {self.held.refusals} refusals", self.held.refusals == 0),
            (
                f"{what}: at most {LIMIT} arrivals per {PER:g} s, seen {self.held.busiest}",
                self.held.busiest <= LIMIT,
            ),
            (f"{what}: {done:,} of {rows:,} rows done", self.ended == {"done": rows}),
            (f"{what}: the vendor holds exactly the input", is_equal(self.held, size)),
            (f"{what}: {self.held.twice} records created twice", self.held.twice == 0),
        ]


def is_equal(held: Held, size: Size) -> bool:
    """Whether the vendor holds the input, and nothing else."""
    return (
        held.people == {person["school_uid"] for person in people(size.people)}
        and held.courses == {course_code(number) for number in range(size.courses)}
        and held.sections
        == {
            (course_code(number % size.courses), section_code(size, number))
            for number in range(size.sections)
        }
        and held.enrollments
        == {
            (row["section_school_code"], row["school_uid"], int(row["admin"]))
            for row in enrollments(size)
        }
    )


def in_one_go(size: Size, scale: float) -> Took:
    with tempfile.TemporaryDirectory() as folder, _sandbox(scale) as vendor:
        return _finished(vendor, size, scale, folder)


def resumed(size: Size, scale: float) -> tuple[Took, int]:
    with tempfile.TemporaryDirectory() as folder, _sandbox(scale) as vendor:
        before = kill_half_way(vendor, size, scale, folder)
        return _finished(vendor, size, scale, folder), before


def _finished(vendor: Vendor, size: Size, scale: float, folder: str) -> Took:
    process, told = started(vendor, size, scale, folder)
    seconds, ended = told.recv()
    process.join()
    return Took(seconds * scale, ended, vendor.held())


def _sandbox(scale: float) -> Any:
    return sandbox((LIMIT, PER / scale), (LATENCY / scale, SPREAD / scale))


def main(full: bool = False) -> None:
    size, scale = FULL if full else SHORT
    whole = in_one_go(size, scale)
    progress(f"in one go: {whole.seconds:,.0f} s")
    rest, before = resumed(size, scale)
    progress(f"resumed: {rest.seconds:,.0f} s")
    ratio = whole.seconds / size.optimum
    under_way = rest.held.requests - size.requests
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
            f"{LIMIT} requests per {PER:g} s, counted at arrival in a strict sliding window; "
            f"latency {LATENCY * 1e3:.0f} ± {SPREAD * 1e3:.0f} ms; all times are divided by "
            f"{scale:g} while measuring, and multiplied again here",
            "people first, then courses with their sections inside, then enrollments by "
            "`section_school_code` and `school_uid`; each with a journal",
            "safe optimum: (requests / N − 1) × (P + L) + L, for a limit of N in P seconds and "
            "latency L",
            f"killed: SIGKILL; requests of both runs beyond the least: {under_way:,}, for the rows "
            "that were under way: people are looked up, and enrollments are sent again "
            f"({rest.held.updated:,} of them existed)",
        ],
        full=full,
        short=f"{size} by the school's own codes into Schoology at {LIMIT} requests per {PER:g} s, "
        f"{LATENCY * 1e3:.0f} ms away: {whole.held.requests:,} requests in "
        f"{whole.seconds / 60:.1f} minutes with {whole.held.refusals} refusals.",
    ).publish()
