"""Run the recipes in docs/fleet.md with real workers, which are killed while they import people."""

from __future__ import annotations

import sys

import attrs
import pytest

from benchmarks.postgres_server import PostgresServer
from benchmarks.queue_runs import Event, Plan, run_queue
from benchmarks.queue_vendor import Limits
from benchmarks.queue_workers import Queue
from benchmarks.redis_server import RedisServer

pytestmark = [
    pytest.mark.skipif(RedisServer.program() is None, reason="there is no redis-server here"),
    pytest.mark.skipif(PostgresServer.program() is None, reason="there is no PostgreSQL here"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc"),
]

PLAN = Plan(
    schools=3,
    rows=200,
    shards=2,
    workers=2,
    tasks=1,
    limits=Limits(address=6, school=3),
    timeout=5,
    redelivered=3,
    events=[],
)


@pytest.mark.parametrize("queue", ["celery", "taskiq"])
@pytest.mark.parametrize(
    ("event", "kills", "restarts"),
    [("kill child", 1, 0), ("kill worker", 1, 0), ("restart broker", 0, 1)],
)
def test_each_row_is_imported_once_whatever_ends(
    queue: Queue, event: Event, kills: int, restarts: int
) -> None:
    # In the middle of the first two shards.
    result = run_queue(queue, attrs.evolve(PLAN, events=[(0.1, event)]), most_seconds=90)
    assert list(result.differences) == []
    assert (result.rows_done, result.rows_left) == (600, 0)
    assert (result.kills, result.restarts) == (kills, restarts)
    assert result.seen.refusals == 0
    assert result.seen.busiest <= 6
    assert result.seen.busiest_school <= 3
