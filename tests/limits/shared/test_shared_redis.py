"""The two connections to Redis that windows share."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from benchmarks.redis_server import RedisServer
from lms_async.limits.shared import session
from lms_async.limits.shared.shared_redis import SharedRedis
from lms_async.limits.shared.window import RedisWindow
from tests.limits.shared.conftest import PER, TIMEOUT
from tests.limits.shared.test_window import take, until

#: After how many cycles of the event loop something happens. What a close takes lies between.
CYCLES = [*range(1, 20), *range(20, 60, 5)]

Window = Callable[[], RedisWindow]


@pytest_asyncio.fixture
async def admin(young_redis: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(young_redis.url, decode_responses=True) as client:
        yield client


@pytest.fixture
def window(young_redis: RedisServer, scope: str) -> Window:
    """Make windows of different scopes, which the test closes."""
    numbers = itertools.count()
    return lambda: RedisWindow(
        3,
        per=PER,
        scope=f"{scope} {next(numbers)}",
        url=young_redis.url,
        timeout=TIMEOUT,
        redis_is_new=True,
    )


async def cycles(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def connections(admin: Any) -> int:
    return len(await admin.client_list()) - 1


async def all_closed(admin: Any) -> None:
    """Wait until Redis has no connection besides ``admin``, and nothing of a window runs."""
    async with asyncio.timeout(10):
        while await connections(admin):  # noqa: ASYNC110 - Redis sets no event
            await asyncio.sleep(0.01)
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in names if name.startswith("lms_async")}


async def test_call_that_still_connects_leaves_no_connection_open() -> None:
    """The last window is closed while a call that nobody waits for opens a connection."""
    open_connections = 0

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_connections
        open_connections += 1
        await reader.read()
        writer.close()
        open_connections -= 1

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        redis = SharedRedis(f"redis://127.0.0.1:{port}")
        redis.join()
        call = asyncio.create_task(redis.calls.call(["key"], []))
        await asyncio.sleep(0)
        await redis.leave()
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in names if name.startswith("lms_async")}
        with pytest.raises((RedisError, OSError)):
            await call
        await asyncio.sleep(0.05)  # a connection that is still opened arrives
        await until(lambda: open_connections == 0)


@pytest.mark.parametrize("is_idle", [False, True])
async def test_close_leaves_no_connection_open_at_any_moment(
    window: Window, admin: Redis, monkeypatch: pytest.MonkeyPatch, *, is_idle: bool
) -> None:
    """The window may just be closing its connections, because it is idle."""
    if is_idle:
        monkeypatch.setattr(session, "_KEPT_OPEN", -PER)
    for number in CYCLES:
        one = window()
        await take(one, [])
        await cycles(number)
        await one.close()
        await all_closed(admin)


async def test_close_that_is_cancelled_and_repeated_leaves_nothing_open(
    window: Window, admin: Redis
) -> None:
    """Redis also gets the last response."""
    for number in CYCLES:
        one = window()
        slot = await one.acquire()
        slot.answered()
        closing = asyncio.create_task(one.close())
        await cycles(number)
        closing.cancel()
        await one.close()
        await all_closed(admin)
        assert await admin.zcard(f"{one._name}:out") == 0


@pytest.mark.parametrize("is_noticed", [False, True])
async def test_close_while_the_connection_breaks_leaves_nothing_open(
    window: Window, admin: Redis, *, is_noticed: bool
) -> None:
    for number in CYCLES:
        one = window()
        slot = await one.acquire()
        waiting = asyncio.gather(*(one.acquire() for _ in range(3)), return_exceptions=True)
        await until(lambda one=one: one._session.tickets == 1)
        slot.answered()
        if is_noticed:
            one._session._connection._redis._break(ConnectionResetError())
        else:
            await admin.client_kill_filter(_type="pubsub")
        await cycles(number)
        await one.close()
        await waiting
        await all_closed(admin)


async def test_subscription_that_still_connects_leaves_no_connection_open(
    young_redis: RedisServer, admin: Redis
) -> None:
    for number in [*CYCLES, *CYCLES]:
        redis = SharedRedis(young_redis.url)
        redis.join()
        connecting = asyncio.create_task(redis.subscription())
        await cycles(number)
        async with asyncio.timeout(10):
            await redis.leave()
        connecting.cancel()
        await asyncio.wait({connecting})
        await all_closed(admin)


async def test_connections_that_are_no_longer_needed_are_closed_if_that_is_cancelled(
    young_redis: RedisServer, admin: Redis
) -> None:
    for number in CYCLES:
        redis = SharedRedis(young_redis.url)
        redis.join()
        await redis.subscription()
        with pytest.raises(RedisError):  # the script needs more arguments
            await redis.calls.call(["key"], [])
        assert await connections(admin) == 2
        leaving = asyncio.create_task(redis.leave())
        await cycles(number)
        leaving.cancel()
        await asyncio.wait({leaving})
        await all_closed(admin)


async def test_window_whose_slot_was_not_used_stays_subscribed(
    window: Window, admin: Redis
) -> None:
    async with window() as one:
        (await one.acquire()).unused()
        await until(lambda: not one._bookings.unused)
        await cycles(20)
        assert await connections(admin) == 2
