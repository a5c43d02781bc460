"""While a source is read, the event loop does other work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import attrs
import pytest

from lms_async.roster import (
    Action,
    Deleted,
    Entry,
    IterableSource,
    Person,
    ReadingReport,
    Record,
    plan,
)
from tests.roster.fake_target import FakeTarget
from tests.roster.records import ADA, DAY, SCHOOL
from tests.roster.test_planning import REMOVING, make, names


async def test_event_loop_goes_on_while_the_source_is_read(tmp_path: Path) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.ensure_future(count())
    people = [attrs.evolve(ADA, id=f"p{number}") for number in range(3000)]
    seen = []

    class Watching(FakeTarget):
        async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
            seen.append(turns)
            for entry in self.entries:
                yield entry

    await make(tmp_path / "a.plan", Watching(), people=people)
    ticking.cancel()
    assert seen[0] >= 3


class Scanning:
    """A source that reads whole files before it yields its first record.

    :param has_turn: set while the event loop does other work.
    """

    def __init__(self, has_turn: threading.Event) -> None:
        self.has_turn = has_turn
        self.is_reading = threading.Event()

    def read(self, report: ReadingReport) -> Iterator[Record | Deleted]:
        self.is_reading.set()
        assert self.has_turn.wait(10)
        yield from IterableSource(**SCHOOL).read(report)


async def test_event_loop_goes_on_while_a_source_scans_its_files(tmp_path: Path) -> None:
    has_turn = threading.Event()
    source, target = Scanning(has_turn), FakeTarget()
    made = asyncio.ensure_future(
        plan(source, target, REMOVING, as_of=DAY, path=tmp_path / "a.plan")
    )
    await asyncio.to_thread(source.is_reading.wait)
    has_turn.set()
    assert (await made).counts()["people", Action.CREATE, "N"] == 1


async def test_source_that_is_read_when_the_plan_is_cancelled_leaves_nothing(
    tmp_path: Path,
) -> None:
    has_turn = threading.Event()
    source = Scanning(has_turn)
    made = asyncio.ensure_future(
        plan(source, FakeTarget(), REMOVING, as_of=DAY, path=tmp_path / "a.plan")
    )
    await asyncio.to_thread(source.is_reading.wait)
    made.cancel()
    asyncio.get_running_loop().call_later(0.05, has_turn.set)
    with pytest.raises(asyncio.CancelledError):
        await made
    assert names(tmp_path) == []


async def test_iterables_are_read_in_the_thread_of_the_caller(tmp_path: Path) -> None:
    threads = set()

    def people() -> Iterator[Person]:
        threads.add(threading.get_ident())
        yield ADA

    await make(tmp_path / "a.plan", FakeTarget(), people=people())
    assert threads == {threading.get_ident()}
