"""The shards of a job send each row once together, wherever and whenever they run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from lms_async import Status
from lms_async.jobs import Job, Shard, Stores
from schoology_async import Schoology
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
