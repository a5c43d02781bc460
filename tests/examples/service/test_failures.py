"""How a worker ends an import after an error, and what is known of a plan that is interrupted."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import attrs
import pytest
from psycopg_pool import AsyncConnectionPool

from benchmarks.postgres_server import PostgresServer
from lms_async import (
    ConnectionFailed,
    InvalidInput,
    LmsError,
    Status,
    TimedOut,
    Unauthorized,
    VendorUnavailable,
    Window,
)
from lms_async.roster import Action, StepProgress
from lms_async.roster.applying import conditions
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from service import people_csv
from service.database import Import, State, Work
from service.files import Files
from service.people_import import PeopleImport
from service.results import Line, read_file
from service.roster_import import RosterImport, _known_of
from service.sample_files import ROSTER_SETTINGS, add_school, sample_people, write_roster
from service.settings import Settings
from service.uploading import Upload
from service.worker import Worker


class Table:
    """The part of the database that a worker uses for one import."""

    def __init__(self, one: Import) -> None:
        self.state: str = one.state
        self.message = ""
        self.is_deleted = False

    async def change(self, one: Import, state: State, *, unless: Any, message: str) -> None:
        self.state, self.message = state, message

    async def find(self, school: str, number: object) -> Any:
        return None if self.is_deleted else SimpleNamespace(state=self.state)

    async def report(self, one: Import, shard: int, waits_for: str) -> bool:
        return True

    async def leave(self, one: Import, shard: int, *, is_done: bool) -> None:
        pass


class Failing:
    """A kind of import whose run fails, and whose results can be read."""

    name = "roster"
    columns = ("change",)
    needs_credentials = True

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def run(self, one: Import, shard: int, client: object) -> tuple[State, str]:
        raise self.error

    async def lines(self, one: Import, client: object) -> AsyncIterator[Line]:
        assert client is not None
        yield Line(("1",), "rejected", "", "no such school")


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def import_in(state: State) -> Import:
    now = datetime.now(UTC)
    return Import(uuid4(), "north", "ada", now, "roster.zip", "roster", None, state)


def worker_of(
    table: Table, kind: Failing | RosterImport, folder: Path, schoology: object = None
) -> Worker:
    worker = Worker(cast("Any", table), cast("Any", None), redis="")
    worker.files, worker.kinds = Files(folder), {"roster": cast("Any", kind)}
    worker.waits["north"] = cast("Any", SimpleNamespace(text=""))

    @asynccontextmanager
    async def client(school: str) -> AsyncIterator[object]:
        yield schoology or object()

    worker.accounts = cast("Any", SimpleNamespace(client=client))
    return worker


@pytest.mark.parametrize(
    "error",
    [
        VendorUnavailable("Schoology is down"),
        TimedOut("no response"),
        ConnectionFailed("the Redis that shares this limit can't be used"),
        Unauthorized(401),
        InvalidInput("SCHOOLOGY_KEY is not set"),  # of the worker, not of the upload
        OSError(28, "No space left on device"),
    ],
)
async def test_plan_that_could_not_be_made_is_not_refused(tmp_path: Path, error: Exception) -> None:
    one = import_in(State.PLANNING)
    table = Table(one)
    worker = worker_of(table, Failing(error), tmp_path)
    upload = worker.files.upload(one.id)
    upload.write_text("")
    await worker._do(Work(one, 1))
    assert table.state == State.UNPLANNED
    assert (str(error) if isinstance(error, LmsError) else "No space left") in table.message
    assert upload.exists()


async def test_results_of_a_failed_plan_are_kept(tmp_path: Path) -> None:
    one = import_in(State.STARTED)
    table = Table(one)
    worker = worker_of(table, Failing(TimedOut("no response")), tmp_path)
    await worker._do(Work(one, 1))
    assert table.state == State.FAILED
    assert '"1","rejected","","no such school"' in worker.files.results_so_far(one.id).read_text()
    worker.files.delete(one.id)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("error", [TimedOut("no response"), OSError(28, "")])
async def test_results_that_can_not_be_read_leave_the_plan_failed(
    tmp_path: Path, error: Exception
) -> None:
    class WithoutResults(Failing):
        async def lines(self, one: Import, client: object) -> AsyncIterator[Line]:
            raise error
            yield

    one = import_in(State.STARTED)
    table = Table(one)
    await worker_of(table, WithoutResults(TimedOut("down")), tmp_path)._do(Work(one, 1))
    assert (table.state, table.message) == (State.FAILED, "down")
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_results_so_far_are_not_written_after_a_resume_or_deletion(
    tmp_path: Path, *, is_deleted: bool
) -> None:
    class Endless(Failing):
        async def lines(self, one: Import, client: object) -> AsyncIterator[Line]:
            table.state = State.STARTED
            table.is_deleted = is_deleted
            yield Line(("1",), "done", "7", "")
            await asyncio.Event().wait()

    one = import_in(State.STARTED)
    table = Table(one)
    async with asyncio.timeout(30):
        await worker_of(table, Endless(TimedOut("down")), tmp_path)._do(Work(one, 1))
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("counts", "result", "reason"),
    [
        ({Status.SKIPPED: 40, Status.DONE: 0}, "not sent", ""),
        ({Status.DONE: 40}, "done", ""),
        (
            {Status.DONE: 12, Status.REJECTED: 1, Status.SKIPPED: 27},
            "not known",
            "of 40 such changes: 12 done, 1 rejected, 27 not sent",
        ),
    ],
)
def test_numbers_of_a_step_say_what_is_known_of_its_changes(
    counts: dict[Status, int], result: str, reason: str
) -> None:
    step = StepProgress(
        kind="people", action=Action.CREATE, changes=40, counts=counts, written=None
    )
    assert _known_of(step) == (result, reason)


@asynccontextmanager
async def planned_roster(
    folder: Path, postgres: PostgresServer
) -> AsyncIterator[tuple[RosterImport, Import, SchoologySandbox, Schoology]]:
    """Plan a roster, and start it. No change has been made yet."""
    folder.joinpath("north.toml").write_text(ROSTER_SETTINGS)
    settings = Settings("http://here", "", folder, bytes(32), folder)
    files = Files(folder)
    upload = Upload(uuid4(), "roster.zip")
    write_roster(files.upload(upload.id), students=6, sections=1)
    async with AsyncExitStack() as stack:
        sandbox = stack.enter_context(SchoologySandbox())
        add_school(sandbox)
        pool = AsyncConnectionPool(postgres.url, open=False)
        await stack.enter_async_context(pool)
        client = await stack.enter_async_context(
            Schoology(
                sandbox.key,
                sandbox.secret,
                base_url=sandbox.base_url,
                limiter=Window(1_000, per=1),
            )
        )
        kind = RosterImport(files, settings, settings.stores(pool))
        one, _ = await kind.checked(upload, "north", "ada")
        assert await kind.run(one, 1, client) == (State.CHECKED, "")
        yield kind, attrs.evolve(one, state=State.STARTED), sandbox, client


async def test_results_of_a_plan_that_failed_are_known_with_and_without_credentials(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with planned_roster(tmp_path, postgres) as (kind, one, sandbox, client):
        sandbox.faults.add(
            Fault.error(403, method="POST", path="enrollments/import/course", times=1_000)
        )
        worker = worker_of(table := Table(one), kind, tmp_path, client)
        await worker._do(Work(one, 1))
        assert table.state == State.FAILED
        assert "403" in table.message
        written = list(read_file(kind.files.results_so_far(one.id)))
        known = [line async for line in kind.lines(one, None)]
    for lines in (written, known):
        found = Counter((line.place[1], line.result) for line in lines)
        assert found["people", "done"] == 7
        assert found["enrollments", "not sent"] == 7
    assert all(line.schoology_id for line in written if line.place[1] == "people")
    assert [line.place for line in written] == [line.place for line in known]


async def test_a_plan_that_is_not_true_any_more_has_to_be_made_again(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with planned_roster(tmp_path, postgres) as (kind, one, sandbox, client):
        sandbox.school.add(name_first="Ada", name_last="Example", school_uid="X1")
        state, message = await kind.run(one, 1, client)
        assert state == State.REFUSED
        assert "have changed since the plan was made. To make a new plan, upload" in message


async def test_a_plan_of_which_a_part_was_sent_is_not_said_to_be_unsent(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with planned_roster(tmp_path, postgres) as (kind, one, sandbox, client):
        sandbox.faults.add(
            Fault.error(403, method="POST", path="enrollments/import/course", times=1_000)
        )
        assert (await kind.run(one, 1, client))[0] == State.FAILED
        monkeypatch.setattr(conditions, "MAX_AGE", timedelta(0))
        state, message = await kind.run(one, 1, client)
        assert state == State.FAILED
        assert "older than a day. To make a new plan, upload" in message


async def test_check_of_an_upload_leaves_the_event_loop_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    check = people_csv.check

    def waiting_check(path: Path, *, max_rows: int) -> int:
        is_free = threading.Event()
        loop.call_soon_threadsafe(is_free.set)
        assert is_free.wait(20), "the check runs on the event loop, or blocks it"
        return check(path, max_rows=max_rows)

    monkeypatch.setattr(people_csv, "check", waiting_check)
    settings = Settings("http://here", "", tmp_path, bytes(32), tmp_path)
    files = Files(tmp_path)
    upload = Upload(uuid4(), "people.csv")
    files.upload(upload.id).write_text(sample_people(3), "utf-8")
    kind = PeopleImport(files, settings, settings.stores(cast("Any", None)))
    one, shards = await kind.checked(upload, "north", "ada")
    assert (one.state, shards) == (State.CHECKED, 1)
