"""Bookings in replies and messages that were lost when a connection broke."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from benchmarks.redis_server import RedisServer
from lms_async.limits.shared.connection import RedisConnection
from lms_async.limits.shared.shared_redis import SharedRedis
from lms_async.limits.shared.window import RedisWindow


@pytest.mark.parametrize("is_kept", [False, True])
async def test_bookings_of_the_session_before_end_unless_they_are_in_use(
    old_redis: RedisServer, scope: str, is_kept: bool
) -> None:
    """Otherwise a slot would be busy for 60 s although no request was sent. Redis may take the
    connection of the earlier session for open: it has no places in the queue any more."""
    name = f"lms:limit:{{{scope}}}"
    connection = RedisConnection(
        SharedRedis(old_redis.url), name, limit=1, per=0.2, lease=60, new=True
    )
    messages: list[Any] = []
    connection.join()
    async with Redis.from_url(old_redis.url) as redis, redis.pubsub() as still_open:
        async with connection.open(messages.append, kept=()):
            await still_open.subscribe(f"{name}:{connection._session_name}")
            await still_open.get_message(timeout=None)
            [lost] = (await connection.call(behind=3)).granted
        async with connection.open(messages.append, kept=[lost] if is_kept else []):
            granted = (await connection.call(behind=1)).granted
            assert len(granted) == (0 if is_kept else 1)
            if is_kept:  # it was in use, and is free one period after its response
                [booked] = (await connection.call(answered=[lost])).booked
                assert booked.endswith(connection._session_name)
    await connection.leave()
    assert messages == []


@pytest.mark.parametrize("is_reported", [False, True])
async def test_slots_in_use_stay_busy_when_the_connection_broke(
    share: Callable[..., RedisWindow], old_redis: RedisServer, is_reported: bool
) -> None:
    """An abandoned request may still arrive, also if Redis was told of it before."""
    window, other = (share(3, per=0.2, timeout=60, redis_is_new=True) for _ in range(2))
    in_use, answered, abandoned = [await window.acquire() for _ in range(3)]
    session = window._session._connection._session_name
    waiting = asyncio.create_task(other.acquire())
    await asyncio.sleep(0.3)  # a connection that breaks sooner is not opened again at once
    async with Redis.from_url(old_redis.url) as redis, asyncio.timeout(10):
        if is_reported:
            abandoned.abandoned(30)
            while window._bookings.abandoned:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await redis.client_kill_filter(_type="pubsub")
        answered.answered()
        if not is_reported:
            abandoned.abandoned(30)
            assert window._bookings.kept() == [in_use.booking, answered.booking, abandoned.booking]
        while window._session._connection._session_name in {"", session}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        (await waiting).answered()
        out = {name.decode() for name in await redis.zrange(f"{window._name}:out", 0, -1)}
    assert {in_use.booking, f"{abandoned.booking}.abandoned"} <= out
    in_use.answered()
