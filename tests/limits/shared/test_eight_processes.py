"""Eight processes, a real Redis, one limit of 50 per second, and a strict vendor.

`make bench-full` measures the same for 30 s.
"""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.redis_server import RedisServer
from benchmarks.redis_window import LIMIT, run_processes

SECONDS = 6.0

pytestmark = pytest.mark.skipif(
    RedisServer.program() is None, reason="there is no redis-server on this machine"
)


async def test_limit_is_kept_used_and_shared_fairly() -> None:
    saw = await asyncio.to_thread(run_processes, SECONDS)
    assert saw.busiest <= LIMIT
    assert saw.refused == 0
    assert saw.used >= 0.95 * saw.bound_of_late
    assert saw.spread_of_waits <= 1.5
    assert saw.without_redis == 0


async def test_limit_is_kept_across_a_redis_restart() -> None:
    saw = await asyncio.to_thread(run_processes, 10.0, stop_at=1.5, away=0.5)
    assert saw.busiest <= LIMIT
    assert saw.refused == 0
    assert saw.without_redis > 0
    # No request is sent for a long time, then work goes on.
    before, after = saw.around_longest_gap
    assert before >= LIMIT
    assert after >= LIMIT
