"""Reading a whole school back: requests and memory, with and without multiget and CSV export."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import attrs

from schoology_async import Schoology, Window
from schoology_async.sandbox import School, SchoologySandbox

from .measure import progress
from .memory import peak
from .report import Found
from .vendor import CLIENT_CPU, SERVER_CPU, pin

T = TypeVar("T")

#: People, courses, sections and enrollments.
SHORT = (4_000, 200, 600, 24_000)
FULL = (20_000, 1_000, 3_000, 120_000)
#: How many lists are read at the same time.
_AT_ONCE = 200
WAYS = ("single reads", "multiget", "multiget and export")


@attrs.frozen
class Read:
    """What was read, and what it took."""

    counts: tuple[int, ...]
    requests: int
    peak: float


async def each(
    items: Iterable[Any], read: Callable[[Any], Awaitable[list[T]]]
) -> AsyncIterator[list[T]]:
    """Read one list per item, some at the same time, so that few are in memory."""
    waiting: list[Any] = []
    for item in items:
        waiting.append(item)
        if len(waiting) == _AT_ONCE:
            for rows in await asyncio.gather(*map(read, waiting)):
                yield rows
            waiting.clear()
    for rows in await asyncio.gather(*map(read, waiting)):
        yield rows


async def read_school(options: dict[str, Any], way: str) -> tuple[int, ...]:
    """Read all people, courses, sections and enrollments; keep only the ids of the sections.

    :returns: how many there are of each.
    """
    async with Schoology(**options, limiter=Window(10**6, per=1.0)) as schoology:
        view = schoology.with_options(multiget=way != WAYS[0])
        people = view.users.export() if way == WAYS[2] else view.users.list()
        count = 0
        async for _ in people:
            count += 1
        course_ids = [course.id async for course in view.courses.list()]
        section_ids: list[Any] = []
        async for sections in each(course_ids, lambda one: _all(view.sections.list(one))):
            section_ids += [section.id for section in sections]
        enrollments = 0
        async for rows in each(
            section_ids, lambda one: _all(view.enrollments.list(section_id=one))
        ):
            enrollments += len(rows)
        return count, len(course_ids), len(section_ids), enrollments


async def _all(pages: Awaitable[list[T]]) -> list[T]:
    return await pages


def _read(options: dict[str, Any], way: str) -> tuple[tuple[int, ...], float]:
    pin(CLIENT_CPU)
    return asyncio.run(read_school(options, way)), peak()


def _serve(size: tuple[int, int, int, int], pipe: Connection) -> None:
    pin(SERVER_CPU)
    people, courses, sections, enrollments = size
    school = School.seeded(
        people - 1, courses=courses, sections=sections, enrollments=enrollments
    )  # the API user is one of the people
    with SchoologySandbox(school=school) as vendor:
        pipe.send({"key": vendor.key, "secret": vendor.secret, "base_url": vendor.base_url})
        while True:
            try:
                pipe.recv()
            except EOFError:
                return
            pipe.send(len(vendor.log))
            vendor.log.clear()


def main(full: bool = False) -> None:
    size = FULL if full else SHORT
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(size, theirs), daemon=True)
    server.start()
    theirs.close()
    options = ours.recv()
    found: dict[str, Read] = {}
    for way in WAYS:
        with ProcessPoolExecutor(1, mp_context=spawn) as process:
            counts, most = process.submit(_read, options, way).result()
        ours.send("requests")
        found[way] = Read(counts, ours.recv(), most)
        progress(f"{way}: {found[way]}")
    ours.close()
    server.join()
    people, courses, sections, enrollments = size
    pages = -(-people // 200) + -(-courses // 200)
    least = {
        WAYS[0]: pages + courses + sections,
        WAYS[1]: pages + -(-courses // 50) + -(-sections // 50),
        WAYS[2]: 1 + -(-courses // 200) + -(-courses // 50) + -(-sections // 50),
    }
    single = found[WAYS[0]].requests
    Found(
        "read_roster",
        f"Reading back {people:,} people, {courses:,} courses, {sections:,} sections and "
        f"{enrollments:,} enrollments",
        ["way", "requests", "without overlapping pages", "peak MiB"],
        [
            [way, f"{one.requests:,}", f"{least[way]:,}", f"{one.peak:.1f}"]
            for way, one in found.items()
        ],
        goals=[(f"{way}: every record is read", one.counts == size) for way, one in found.items()]
        + [
            (
                f"{way}: at most 1.05 × the requests without overlapping pages",
                one.requests <= 1.05 * least[way] + 2,
            )
            for way, one in found.items()
        ],
        notes=[
            "a fresh process for each way; without a rate limit, since requests are counted",
            f"{_AT_ONCE} lists at the same time; only the ids of courses and sections are kept",
            "pages of 200 rows overlap by one row, so that a list that changes stays whole",
            "the sandbox honors queries inside multiget; if the vendor does not, lists of sections "
            "cost single reads",
        ],
        full=full,
        short=f"Reading this school back takes {single:,} requests one by one, "
        f"{found[WAYS[1]].requests:,} with multiget, {found[WAYS[2]].requests:,} with the export.",
    ).publish()
