"""Shards refuse what they were not planned for, and send nothing that could not be noted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from benchmarks.postgres_server import PostgresServer
from lms_async import InvalidInput, JournalFailed, JournalUnusable, Status, Window
from lms_async.jobs import Job, Shard, Stores
from lms_async.journal.file_store import FileStore
from lms_async.journal.postgres import PostgresStore
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people
from tests.jobs.conftest import KEY
from tests.journal.stores.test_postgres import sql

Plan = Callable[..., Any]


@pytest.mark.parametrize("change", ["value", "fewer rows", "order", "no rows"])
async def test_changed_input_is_refused_and_both_hashes_are_named(
    plan: Plan,
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    stores: Stores,
    change: str,
) -> None:
    rows = people(60)
    job = await plan(rows, shards=3)
    changed = [dict(row) for row in rows]
    if change == "value":
        changed[35]["name_last"] = "Ekpo"
    elif change == "order":
        changed[35], changed[36] = changed[36], changed[35]
    else:
        del changed[0 if change == "no rows" else 35 :]
    (other,) = (await plan(changed[20:40], shards=1)).shards or (None,)
    first, second, third = job.shards
    if change in ("value", "order"):  # the other shards have their rows
        for shard in (first, third):
            await shard.run(schoology, changed, store=stores)
    schoology_sandbox.log.clear()
    with pytest.raises(InvalidInput, match="the input of the job") as refused:
        await second.run(schoology, changed, store=stores)
    assert second.hash in str(refused.value)
    assert other is None or other.hash in str(refused.value)
    assert "shard 2" in str(refused.value)
    assert "Ekpo" not in str(refused.value)
    with pytest.raises(InvalidInput, match="the input of the job"):
        _ = [one async for one in job.results(schoology, changed, store=stores)]
    assert len(schoology_sandbox.log) == 0


async def test_row_that_was_added_at_the_end_is_noticed(
    plan: Plan, schoology: Schoology, stores: Stores
) -> None:
    job = await plan(people(6), shards=2)
    first, last = job.shards
    for rows in (people(7), people(9)):
        await first.run(schoology, rows, store=stores)  # it has its rows
        with pytest.raises(InvalidInput, match="had the hash"):
            await last.run(schoology, rows, store=stores)
        with pytest.raises(InvalidInput, match="had the hash"):
            _ = [one async for one in job.results(schoology, rows, store=stores)]
    await last.run(schoology, people(6), store=stores)
    assert len([one async for one in job.results(schoology, people(6), store=stores)]) == 6


async def test_rows_with_the_same_key_are_refused(plan: Plan) -> None:
    rows = [*people(30), *people(8)]
    with pytest.raises(InvalidInput) as refused:
        await plan(rows, shards=3)
    assert "0 and 30, 1 and 31, 2 and 32, 3 and 33, 4 and 34, and 3 more" in str(refused.value)
    assert "S000" not in str(refused.value)


@pytest.mark.parametrize("rows", ["people.csv", {"school_uid": "S1"}])
async def test_input_that_is_no_list_of_rows_is_refused(plan: Plan, rows: Any) -> None:
    with pytest.raises(InvalidInput, match="not a text or one row"):
        await plan(rows)


async def test_row_that_is_not_json_is_named_and_not_shown(plan: Plan) -> None:
    rows: list[Any] = people(5)
    rows[3]["name_first"] = object()
    with pytest.raises(InvalidInput, match="row 3 .*JSON") as refused:
        await plan(rows)
    assert refused.value.__context__ is None


async def test_error_of_the_input_is_raised(plan: Plan) -> None:
    def cut_off() -> Any:
        yield from people(3)
        raise OSError("the connection to the storage was lost")

    with pytest.raises(OSError, match="storage"):
        await plan(cut_off())


async def test_new_input_can_not_use_the_journals_of_another_job(
    plan: Plan, schoology: Schoology, schoology_sandbox: SchoologySandbox, stores: Stores
) -> None:
    job = await plan(people(30), shards=1)
    await job.shards[0].run(schoology, people(30), store=stores)
    schoology_sandbox.log.clear()
    other = await plan(people(31), shards=1)  # the same name
    with pytest.raises(JournalUnusable, match="another job"):
        await other.shards[0].run(schoology, people(31), store=stores)
    with pytest.raises(JournalUnusable, match="another job"):
        await other.progress(store=stores)
    with pytest.raises(JournalUnusable, match="another job"):
        _ = [one async for one in other.results(schoology, people(31), store=stores)]
    south = await plan(people(30), shards=1, account="south")
    with pytest.raises(JournalUnusable, match="another account"):
        await south.shards[0].run(schoology, people(30), store=stores)
    with pytest.raises(JournalUnusable, match="another account"):
        await south.progress(store=stores)
    assert len(schoology_sandbox.log) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"first": -1},
        {"first": "0"},
        {"count": True},
        {"count": None},
        {"job": "../../etc"},
        {"operation": 7},
        {"options": [1]},
        {"hash": ""},
        {"account": None},
        {"more": 1},
    ],
)
async def test_json_of_something_else_is_refused(plan: Plan, change: dict[str, Any]) -> None:
    job = await plan(people(4), shards=2)
    data = json.loads(json.dumps(job.to_json()))
    with pytest.raises(InvalidInput):
        Shard.from_json({**data["shards"][0], **change})
    data["shards"][1] |= change
    with pytest.raises(InvalidInput):
        Job.from_json(data)
    for other in (None, "text", [], {}, {"version": 1}, {**data, "shards": None}):
        for kind in (Job, Shard):
            with pytest.raises(InvalidInput):
                kind.from_json(other)


async def test_missing_secret_is_refused_and_nothing_is_sent(
    plan: Plan, schoology: Schoology, schoology_sandbox: SchoologySandbox, postgres: PostgresServer
) -> None:
    job = await plan(people(4), shards=1)

    def without_key(name: str) -> PostgresStore:
        return PostgresStore(postgres.url, name, key=b"")

    with pytest.raises(InvalidInput, match="32 bytes"):
        await job.shards[0].run(schoology, people(4), store=without_key)
    with pytest.raises(InvalidInput, match="32 bytes"):
        await job.progress(store=without_key)
    assert len(schoology_sandbox.log) == 0


async def test_journal_of_another_version_is_refused(
    plan: Plan,
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    postgres: PostgresServer,
    tmp_path: Path,
) -> None:
    job = await plan(people(4), shards=1)
    (shard,) = job.shards
    schema = "later"

    def in_later_tables(name: str) -> PostgresStore:
        return PostgresStore(postgres.url, name, key=KEY, schema=schema)

    await shard.run(schoology, people(4), store=in_later_tables)
    await sql(postgres, "UPDATE later.version SET version = version + 1")
    schoology_sandbox.log.clear()
    (tmp_path / "file.db").write_bytes(b"not a journal" * 100)
    for store in (in_later_tables, lambda _: FileStore(tmp_path / "file.db")):
        with pytest.raises(JournalUnusable, match="version|not a journal"):
            await shard.run(schoology, people(4), store=store)
        with pytest.raises(JournalUnusable, match="version|not a journal"):
            await job.progress(store=store)
    assert len(schoology_sandbox.log) == 0


@pytest.mark.parametrize("loss", ["lease", "connection"])
async def test_worker_that_loses_its_journal_stops_before_its_next_request(
    plan: Plan,
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    postgres: PostgresServer,
    in_postgres: Stores,
    loss: str,
) -> None:
    rows = people(1000)
    job = await plan(rows, shards=1)
    (shard,) = job.shards
    slow = connect(limiter=Window(1, per=0.25))
    running = asyncio.create_task(shard.run(slow, rows, store=in_postgres))
    while (await job.progress(store=in_postgres)).counts[Status.DONE] < 100:
        assert not running.done()
    if loss == "lease":
        statement = "UPDATE lms_async.journal SET lease = lease + 1 WHERE name = %s"
    else:
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN lms_async.journal "
            "ON name = %s WHERE application_name = 'lms-async journal'"
        )
    await sql(postgres, statement, shard.journal)
    report = await running
    assert isinstance(report.stop_reason, JournalFailed)
    # What was sent was noted before. Nothing else was sent.
    outcomes = [one async for one in job.results(slow, rows, store=in_postgres)]
    created = schoology_sandbox.school.creates
    assert 100 <= len(created) < 1000
    for outcome in outcomes:
        was_sent = created[outcome.item["school_uid"]] == 1
        assert outcome.status is not (Status.SKIPPED if was_sent else Status.DONE)
    report = await shard.run(connect(), rows, store=in_postgres)
    assert report.counts == {Status.DONE: 1000}
    assert created == {row["school_uid"]: 1 for row in rows}


async def test_database_that_goes_away_and_comes_back(
    plan: Plan, connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    if PostgresServer.program() is None:
        pytest.skip("there is no PostgreSQL on this machine")
    rows = people(1000)
    job = await plan(rows, shards=1)
    (shard,) = job.shards
    slow = connect(limiter=Window(1, per=0.25))
    with TemporaryDirectory(prefix="pg") as folder:
        server = PostgresServer(Path(folder), durable=True)

        def store(name: str) -> PostgresStore:
            return PostgresStore(server.url, name, key=KEY)

        server.make()
        server.start()
        try:
            running = asyncio.create_task(shard.run(slow, rows, store=store))
            while (await job.progress(store=store)).counts[Status.DONE] < 100:
                assert not running.done()
            await asyncio.to_thread(server.kill)
            assert isinstance((await running).stop_reason, JournalFailed)
            sent = len(schoology_sandbox.log)
            with pytest.raises(JournalUnusable):
                await shard.run(slow, rows, store=store)
            assert len(schoology_sandbox.log) == sent
            await asyncio.to_thread(server.start)
            report = await shard.run(connect(), rows, store=store)
        finally:
            server.stop()
    assert report.counts == {Status.DONE: 1000}
    assert schoology_sandbox.school.creates == {row["school_uid"]: 1 for row in rows}
