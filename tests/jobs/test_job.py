"""The shards of a job send each row once together, wherever and whenever they run."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

import pytest

from lms_async import JournalUnusable, Status, Unauthorized
from lms_async.jobs import Job, Shard, Stores
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.models import UserCreate
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

Plan = Callable[..., Any]


async def counts_of(job: Job, client: Any, rows: Any, stores: Stores) -> Counter[Status]:
    """The rows by status, after checking that progress and results say the same."""
    outcomes = [one async for one in job.results(client, rows, store=stores)]
    assert [one.index for one in outcomes] == list(range(len(rows)))
    assert [one.item for one in outcomes] == rows
    counts = Counter(one.status for one in outcomes)
    progress = await job.progress(store=stores)
    assert progress.counts == counts
    assert progress.rows == len(rows)
    assert progress.left == counts[Status.SKIPPED] + counts[Status.UNKNOWN]
    return counts


async def test_shards_send_each_row_once(
    plan: Plan, schoology: Schoology, schoology_sandbox: SchoologySandbox, stores: Stores
) -> None:
    rows = people(100)
    job = await plan(rows, shards=3)
    assert [(one.number, one.first, one.count) for one in job.shards] == [
        (1, 0, 33),
        (2, 33, 33),
        (3, 66, 34),
    ]
    assert await counts_of(job, schoology, rows, stores) == {Status.SKIPPED: 100}
    third, first, second = job.shards[2], *job.shards[:2]
    for shard, done in ((third, 34), (third, 34), (first, 67), (second, 100)):
        received = Shard.from_json(json.loads(json.dumps(shard.to_json())))
        assert received == shard
        report = await received.run(schoology, iter(rows), store=stores)
        assert report.counts == {Status.DONE: shard.count}
        assert (await counts_of(job, schoology, rows, stores))[Status.DONE] == done
    assert report.earlier == {}
    assert schoology_sandbox.school.creates == {row["school_uid"]: 1 for row in rows}
    assert len([one for one in schoology_sandbox.log if one.method == "POST"]) == 3


async def test_job_is_the_same_after_json_and_holds_no_row(
    plan: Plan, schoology_sandbox: SchoologySandbox
) -> None:
    rows = people(30)
    job = await plan(rows, options={"update_existing": True})
    text = json.dumps(job.to_json())
    assert Job.from_json(json.loads(text)) == job
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301 - our own
    for secret in (schoology_sandbox.secret, "Okafor", "school.example", "S00001"):
        assert secret not in text
    assert len(schoology_sandbox.log) == 0


async def test_rows_may_be_models_mappings_or_any_kind_of_iterable(
    plan: Plan, schoology: Schoology, in_postgres: Stores
) -> None:
    rows = [{**row, "birthday_date": date(2012, 2, 29)} for row in people(40)]
    models = [UserCreate(**row) for row in rows]

    async def read() -> AsyncIterator[UserCreate]:
        for model in models:
            yield model

    job = await plan(read(), shards=2)
    assert job == await plan(iter(rows), shards=2)
    first, second = job.shards
    report = await first.run(schoology, iter(models), store=in_postgres)
    assert report.counts == {Status.DONE: 20}
    report = await second.run(
        schoology, [dict(reversed(row.items())) for row in rows], store=in_postgres
    )
    assert report.counts == {Status.DONE: 20}
    outcomes = [one async for one in job.results(schoology, read(), store=in_postgres)]
    assert [one.item for one in outcomes] == models


async def test_few_rows_make_few_shards(plan: Plan, in_postgres: Stores) -> None:
    assert [one.count for one in (await plan(people(2), shards=5)).shards] == [1, 1]
    nothing = await plan([], shards=5)
    assert nothing.shards == ()
    assert (await nothing.progress(store=in_postgres)).rows == 0


async def test_rejected_rows_are_counted_and_found_by_their_place_in_the_input(
    plan: Plan, schoology: Schoology, stores: Stores
) -> None:
    rows = people(60)
    await schoology.users.create({**rows[45], "name_last": "Ekpo"})  # the vendor rejects the row
    rows[25]["primary_email"] = "not an address"  # our own check rejects it
    job = await plan(rows, shards=3)
    assert [one.refused for one in job.shards] == [0, 1, 0]
    assert await counts_of(job, schoology, rows, stores) == {Status.SKIPPED: 59, Status.REJECTED: 1}
    for shard in job.shards:
        report = await shard.run(schoology, rows, store=stores, keep_reasons=True)
        places = [outcome.index for outcome in report.rejected]
        assert places == {1: [], 2: [25], 3: [45]}[shard.number]
    assert await counts_of(job, schoology, rows, stores) == {Status.DONE: 58, Status.REJECTED: 2}
    assert (await job.progress(store=stores)).left == 0
    outcomes = [one async for one in job.results(schoology, rows, store=stores)]
    ours, theirs = outcomes[25].error, outcomes[45].error
    assert ours is not None
    assert theirs is not None
    assert list(ours.fields) == ["primary_email"]
    assert "S00045 exists" in theirs.message  # the vendor's reason, which the journal has kept


async def test_progress_and_results_can_be_read_while_a_shard_runs(
    plan: Plan,
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    in_postgres: Stores,
) -> None:
    rows = people(400)
    job = await plan(rows, shards=2)
    schoology_sandbox.faults.add(Fault.hang(method="POST", path="users", skip=2))
    client = connect(timeout=600)
    running = asyncio.create_task(job.shards[1].run(client, rows, store=in_postgres))
    progress = await job.progress(store=in_postgres)
    while progress.counts[Status.DONE] < 150:
        assert progress.shards[0].counts == {Status.SKIPPED: 200}
        assert progress.shards[0].begun is None
        progress = await job.progress(store=in_postgres)
    now = await counts_of(job, client, rows, in_postgres)
    assert now == {Status.DONE: 150, Status.UNKNOWN: 50, Status.SKIPPED: 200}
    assert progress.shards[1].begun is not None
    assert progress.written == progress.shards[1].written is not None
    with pytest.raises(JournalUnusable, match="in use"):
        await job.shards[1].run(client, rows, store=in_postgres)
    await client.close()
    assert (await running).counts == {Status.DONE: 150, Status.UNKNOWN: 50}
    report = await job.shards[1].run(connect(), rows, store=in_postgres)
    assert report.counts == {Status.DONE: 200}


async def test_job_continues_with_a_new_token(
    managebac_sandbox: ManageBacSandbox, managebac: ManageBac, in_postgres: Stores, name: str
) -> None:
    rows = [
        {"first_name": "Ada", "last_name": "Okafor", "email": f"ada{number}@school.example"}
        for number in range(12)
    ]
    job = await Job.plan(
        rows, "parents.create_many", client=managebac, name=name, account="north", shards=1
    )
    managebac_sandbox.faults.add(Fault.error(401, method="POST", path="parents", skip=5))
    (shard,) = job.shards
    report = await shard.run(managebac, rows, store=in_postgres)
    assert isinstance(report.stop_reason, Unauthorized)
    managebac_sandbox.auth.grant("a-new-token")
    async with ManageBac("a-new-token", base_url=managebac_sandbox.base_url) as renewed:
        report = await shard.run(renewed, rows, store=in_postgres)
        assert report.counts == {Status.DONE: 12}
        assert report.earlier[Status.DONE] >= 5
