"""Apply a plan whose journals are in a store: any worker continues, and others read how it goes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from benchmarks.postgres_server import PostgresServer
from lms_async import JournalUnusable, Status
from lms_async.errors import BulkStopped, PlanRefused, PlanUnusable, Unauthorized
from lms_async.journal.file_store import FileStore
from lms_async.journal.postgres import PostgresStore
from lms_async.journal.store import Stores
from lms_async.outcome import Outcome
from lms_async.roster import Action, Change, Entry, Plan
from lms_async.roster.entries import join
from tests.roster.fake_target import FakeTarget, Faults, Killed
from tests.roster.plans import school, write
from tests.roster.records import ADA, SEAT
from tests.roster.test_applying import not_done
from tests.roster.test_missing_parents import CHANGES
from tests.roster.test_planning import make
from tests.virtual import run


@pytest.fixture
def store(tmp_path: Path) -> Stores:
    """Stores that a database could have."""

    def made(name: str) -> FileStore:
        path = tmp_path / "store" / f"{name}.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileStore(path)

    return made


def outcomes_of(plan: Plan, target: FakeTarget, store: Stores) -> list[tuple[str, str, str]]:
    """Kind, status and code of each change, after checking that they are complete."""

    async def read() -> list[Outcome[Change]]:
        return [one async for one in plan.outcomes(target, store=store)]

    async def changes() -> list[Change]:
        return [one async for one in plan]

    requests = target.requests
    found = run(read())
    assert target.requests == requests
    assert [one.index for one in found] == list(range(len(found)))
    assert [one.item for one in found] == run(changes())
    return [(one.item.kind, one.status.value, one.error.code if one.error else "") for one in found]


def progress_of(plan: Plan, store: Stores) -> list[tuple[str, Action, dict[Status, int]]]:
    steps = run(plan.progress(store=store))
    assert all(sum(step.counts.values()) == step.changes for step in steps)
    return [(step.kind, step.action, dict(step.counts)) for step in steps]


def test_worker_elsewhere_continues(tmp_path: Path, store: Stores) -> None:
    people = [attrs.evolve(ADA, id=f"p{number}") for number in range(1, 9)]
    seats = [attrs.evolve(SEAT, person_id=one.id) for one in people]
    target = FakeTarget(faults=Faults(killed=frozenset({3, 6}), lost=frozenset({8})))
    made = run(make(tmp_path / "a.plan", target, people=people, enrollments=seats))
    assert {status for *_, counts in progress_of(made, store) for status in counts} == {
        Status.SKIPPED
    }
    for host in ("first", "second"):
        with pytest.raises(Killed):
            run(made.apply(target, journal=tmp_path / host, store=store))
        counts = Counter(status for _, status, _ in outcomes_of(made, target, store))
        assert counts["done"] > 0
        assert counts["unknown"] > 0
        assert counts["skipped"] > 0
    snapshots = target.snapshots
    report = run(made.apply(target, journal=tmp_path / "third", store=store))
    # The state is not checked again: the plan itself has changed it.
    assert target.snapshots == snapshots
    assert report.is_done
    assert report.earlier > 0
    assert set(target.made.values()) == {1}
    assert {status for _, status, _ in outcomes_of(made, target, store)} == {"done"}
    assert {status for *_, counts in progress_of(made, store) for status in counts} == {Status.DONE}
    assert {file.name for file in (tmp_path / "third").iterdir()} == {"outcomes.db"}


def test_outcomes_are_those_of_the_report(tmp_path: Path, store: Stores) -> None:
    target = school(Faults(rejected=frozenset({"p2"})))
    made = write(tmp_path / "a.plan", changes=CHANGES)
    report = run(made.apply(target, journal=tmp_path / "a", store=store, check_state=False))
    found = outcomes_of(made, target, store)
    assert [one for one in found if one[1] != "done"] == [
        (kind, status.value, code) for kind, status, code in not_done(report)
    ]
    assert progress_of(made, store) == [
        ("people", Action.CREATE, {Status.DONE: 1, Status.REJECTED: 1}),
        ("relationships", Action.LINK, {Status.DONE: 1, Status.SKIPPED: 1}),
        ("sections", Action.CREATE, {Status.DONE: 1}),
        ("enrollments", Action.LINK, {Status.DONE: 1, Status.SKIPPED: 1}),
    ]


def test_steps_that_have_not_begun_are_skipped(tmp_path: Path, store: Stores) -> None:
    target = school()
    made = write(tmp_path / "a.plan", changes=CHANGES)

    def stop_at_sections(bulk: Any) -> None:
        if bulk.operation == "create sections":
            bulk.stop()

    given: dict[str, Any] = {"store": store, "check_state": False}
    report = run(made.apply(target, journal=tmp_path / "a", on_bulk=stop_at_sections, **given))
    assert isinstance(report.stop_reason, BulkStopped)
    found = outcomes_of(made, target, store)
    assert [status for _, status, _ in found] == ["done"] * 4 + ["skipped"] * 3
    assert [code for *_, code in found[4:]] == ["not_sent"] * 3
    report = run(made.apply(target, journal=tmp_path / "b", **given))
    assert report.is_done


def test_state_is_checked_until_a_change_may_have_been_made(tmp_path: Path, store: Stores) -> None:
    target = school()
    made = write(tmp_path / "a.plan", fingerprint="0")
    for host in ("first", "second"):
        with pytest.raises(PlanRefused, match="have changed"):
            run(made.apply(target, journal=tmp_path / host, store=store))
    assert target.requests == 0


def test_worker_that_checks_the_state_while_another_begins_continues(
    tmp_path: Path, store: Stores
) -> None:
    made = write(tmp_path / "a.plan", changes=CHANGES)
    target = _Overtaken([Entry(kind="people", key="p1", vendor_id="1", org="N")])

    async def overtake() -> None:
        assert (await made.apply(target, journal=tmp_path / "first", store=store)).is_done

    target.overtake = overtake
    report = run(made.apply(target, journal=tmp_path / "second", store=store))
    assert report.is_done
    assert report.earlier == len(CHANGES)
    assert set(target.made.values()) == {1}


def test_plans_in_one_store_do_not_meet(tmp_path: Path, store: Stores) -> None:
    target = school()
    first = write(tmp_path / "a.plan", changes=CHANGES[:1])
    assert run(first.apply(target, journal=tmp_path / "a", store=store)).is_done
    other = write(tmp_path / "b.plan", changes=CHANGES[1:2])
    assert outcomes_of(other, target, store) == [("people", "skipped", "not_sent")]
    report = run(other.apply(target, journal=tmp_path / "b", store=store, check_state=False))
    assert (report.is_done, report.earlier) == (True, 0)
    with pytest.raises(PlanUnusable, match="another plan"):
        run(attrs.evolve(other, id=first.meta.id).progress(store=store))
    stranger = FakeTarget()
    stranger.account = "school 2"
    with pytest.raises(PlanRefused, match="school 2"):
        outcomes_of(other, stranger, store)


def test_account_that_is_refused_can_be_corrected_elsewhere(tmp_path: Path, store: Stores) -> None:
    target = school(Faults(refused=Unauthorized(401)))
    made = write(tmp_path / "a.plan", changes=CHANGES)
    report = run(made.apply(target, journal=tmp_path / "a", store=store, check_state=False))
    assert isinstance(report.stop_reason, Unauthorized)
    assert {status for _, status, _ in outcomes_of(made, target, store)} == {"skipped"}
    target.faults = Faults()
    assert run(made.apply(target, journal=tmp_path / "b", store=store)).is_done


async def test_plan_is_watched_while_a_worker_applies_it(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    def store(name: str) -> PostgresStore:
        return PostgresStore(postgres.url, name, key=bytes(32))

    target = _Gated()
    seats = [
        Change(kind="enrollments", action=Action.LINK, key=join("k1", f"p{number}"))
        for number in range(1, 10)
    ]
    people = [
        Change(kind="people", action=Action.CREATE, key=f"p{number}") for number in range(1, 10)
    ]
    section = Change(kind="sections", action=Action.CREATE, key="k1")
    made = await asyncio.to_thread(write, tmp_path / "a.plan", changes=[*people, section, *seats])
    target.gate_at = 6
    running = asyncio.create_task(
        made.apply(target, journal=tmp_path / "a", store=store, check_state=False)
    )
    arrived = asyncio.create_task(target.arrived.wait())
    await asyncio.wait([arrived, running], return_when=asyncio.FIRST_COMPLETED)
    assert not running.done()
    steps = await made.progress(store=store)
    assert [step.counts.get(Status.DONE, 0) for step in steps][:2] == [9, 1]
    assert steps[2].counts[Status.UNKNOWN] > 0
    found = [one async for one in made.outcomes(target, store=store)]
    counts = Counter(one.status for one in found)
    assert counts[Status.DONE] == sum(step.counts.get(Status.DONE, 0) for step in steps)
    assert counts[Status.UNKNOWN] > 0
    with pytest.raises(JournalUnusable, match="in use"):  # a second worker
        await made.apply(target, journal=tmp_path / "b", store=store)
    target.gate.set()
    assert (await running).is_done
    assert set(target.made.values()) == {1}


class _Overtaken(FakeTarget):
    """A vendor at which something happens before the first snapshot is read."""

    overtake: Callable[[], Awaitable[None]] | None = None

    async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        overtake, self.overtake = self.overtake, None
        if overtake is not None:
            await overtake()
        async for entry in super().snapshot(as_of):
            yield entry


class _Gated(FakeTarget):
    """A vendor that does not respond to a request until the test allows it."""

    gate_at = 0

    def __init__(self) -> None:
        super().__init__()
        self.fetched = 0
        self.gate, self.arrived = asyncio.Event(), asyncio.Event()

    async def fetch(self, call: Any, *, watch: Any = None) -> tuple[Any, int]:
        self.fetched += 1
        if self.fetched == self.gate_at:
            await watch.before_send()
            self.arrived.set()
            await self.gate.wait()
        return await super().fetch(call, watch=watch)
