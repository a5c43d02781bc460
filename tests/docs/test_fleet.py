"""Run the recipes in docs/fleet.md with real workers, which are killed while they import people."""

from __future__ import annotations

import sys

import attrs
import pytest

from benchmarks.postgres_server import PostgresServer
from benchmarks.queue_runs import run_queue
from benchmarks.queue_workers import Queue
from benchmarks.redis_server import RedisServer
from tests.docs.killing_workers import QUEUES, SMALL, problems

pytestmark = [
    pytest.mark.skipif(RedisServer.program() is None, reason="there is no redis-server here"),
    pytest.mark.skipif(PostgresServer.program() is None, reason="there is no PostgreSQL here"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc"),
]


@pytest.mark.parametrize("queue", QUEUES)
def test_each_row_is_imported_once_if_workers_are_killed(queue: Queue) -> None:
    plan = attrs.evolve(SMALL, events=[(0.1, "kill child"), (0.4, "kill worker")])
    result = run_queue(queue, plan, most_seconds=90)
    assert problems(plan, result) == []
    assert result.kills == 2
