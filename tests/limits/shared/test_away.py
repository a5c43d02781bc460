from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

import pytest

from benchmarks.redis_server import RedisServer
from lms_async import ClientUnusable, ConnectionFailed, Window
from lms_async.events import Event
from lms_async.limits.shared.fallback import RedisAway, RedisBack, RedisForgot
from lms_async.limits.shared.window import RedisWindow
from tests.limits.shared.conftest import PER, TIMEOUT
from tests.limits.shared.test_window import take, until

Share = Callable[..., RedisWindow]


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


async def test_who_waits_for_a_closed_window_is_told_so_also_if_redis_goes(share: Share) -> None:
    window = share(1)
    await take(window, [])
    waiting = asyncio.create_task(window.acquire())
    await until(lambda: len(window._waiters) == 1)
    window._end, window._session._connected_since = "was closed", None
    await window._session._handle_disconnect(OSError())
    with pytest.raises(ClientUnusable, match="was closed"):
        await waiting


async def test_without_redis_departures_are_refused(
    share: Share,
    young_redis: RedisServer,
    events: list[Event],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Said once; and when it is back, empty, nothing departs until all that was booked before
    would have lapsed."""
    window = share(3, url=young_redis.url)
    log: list[float] = []
    await asyncio.gather(*(take(window, log) for _ in range(3)))
    events.clear()
    waiting = asyncio.create_task(window.acquire())
    young_redis.kill()
    lost = time.monotonic()
    with pytest.raises(ConnectionFailed, match="Redis"):
        await waiting
    with pytest.raises(ConnectionFailed, match="nothing was sent"):
        await window.acquire()
    assert kinds(events) == [RedisAway]
    assert "calls are refused" in caplog.text
    assert "Redis unreachable" in repr(window)

    young_redis.start()
    await until(lambda: RedisBack in kinds(events))
    newcomer = share(3, url=young_redis.url)
    await asyncio.gather(*(take(one, log) for one in (window, newcomer) for _ in range(3)))
    assert log[3] >= lost + TIMEOUT + PER
    assert log[6] >= log[3] + PER
    assert RedisForgot in kinds(events)
    assert "may have lost its bookings" in caplog.text


async def test_who_comes_first_to_a_redis_that_has_just_started_waits(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    """Nobody is left who knows that three have just departed."""
    log: list[float] = []
    async with share(3, url=young_redis.url) as window:
        await asyncio.gather(*(take(window, log) for _ in range(3)))
    young_redis.kill()
    young_redis.start()
    await take(share(3, url=young_redis.url), log)
    assert log[3] >= log[2] + TIMEOUT + PER
    assert kinds(events) == [RedisForgot, RedisForgot]


async def test_without_redis_a_share_that_was_set_aside_is_used(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    """Until the window in Redis is open again; who waited is served by whichever comes first."""
    window = share(3, url=young_redis.url, when_away=Window(1, per=PER))
    young_redis.kill()
    log: list[float] = []
    async with asyncio.timeout(20):
        for _ in range(3):
            await take(window, log)
    assert kinds(events) == [RedisAway]
    assert isinstance(events[0], RedisAway)
    assert events[0].goes_on
    assert log[2] - log[0] >= 2 * PER

    young_redis.start()
    await until(lambda: RedisForgot in kinds(events))
    assert window.pause_left() == 0
    # More than the share could serve in a minute: the rest comes from Redis.
    await asyncio.gather(*(take(window, log) for _ in range(60)))
    assert kinds(events) == [RedisAway, RedisBack, RedisForgot]
    for first, beyond in zip(log, log[4:], strict=False):
        assert beyond - first >= PER - 1e-4
    assert not [task for task in asyncio.all_tasks() if task.get_name().endswith(".share")]
    booked = await window.acquire()
    assert hasattr(booked, "booking")
    booked.answered()


async def test_a_pause_holds_the_share_too_and_is_told_when_redis_is_back(
    share: Share, young_redis: RedisServer
) -> None:
    young_redis.kill()
    window = share(3, url=young_redis.url, when_away=Window(5, per=PER))
    log: list[float] = []
    await take(window, log)
    asked = time.monotonic()
    window.pause(3.0)
    waiting = asyncio.create_task(take(window, log))
    young_redis.start()
    await until(lambda: window._bookings.pause_asked_until == 0)
    other = share(3, url=young_redis.url, when_away=Window(1, per=PER))
    await asyncio.gather(waiting, take(other, log))
    assert log[1] >= asked + 3.0


async def test_a_connection_that_breaks_is_made_again(
    share: Share, old_redis: RedisServer, events: list[Event]
) -> None:
    """Whatever was on its way: nobody is refused, no answer is lost."""
    from redis.asyncio import Redis

    window = share(2)
    slots = [await window.acquire() for _ in range(2)]
    waiting = [asyncio.create_task(window.acquire()) for _ in range(4)]
    await until(lambda: window._session.tickets == 4)
    await asyncio.sleep(0.3)
    async with Redis.from_url(old_redis.url) as redis:
        await redis.client_kill_filter(_type="pubsub")
        await redis.client_kill_filter(_type="normal", skipme=True)
    for slot in slots:
        slot.answered()
    async with asyncio.timeout(20):
        for task in waiting:
            (await task).answered()
    assert events == []


async def test_a_redis_that_hangs_is_away_and_is_trusted_when_it_goes_on(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    window = share(1, url=young_redis.url)
    slot = await window.acquire()
    events.clear()
    young_redis.hang()
    waiting = asyncio.create_task(window.acquire())
    with pytest.raises(ConnectionFailed, match="TimeoutError"):
        await waiting
    slot.answered()
    young_redis.go_on()
    await until(lambda: RedisBack in kinds(events))
    await take(window, [])
    assert kinds(events) == [RedisAway, RedisBack]


async def test_one_that_is_closed_while_redis_goes_away_leaves_nothing_to_asyncio(
    scope: str, young_redis: RedisServer
) -> None:
    """Its call is under way, is waited for, and fails: that is asked for all the same."""

    async def close_it() -> None:
        window = RedisWindow(1, per=PER, scope=scope, url=young_redis.url, timeout=TIMEOUT)
        (await window.acquire()).answered()
        young_redis.hang()  # before it is told of that
        waiting = asyncio.create_task(window.acquire())
        await until(lambda: window.waiting == 1)
        closing = asyncio.create_task(window.close())
        await until(lambda: window._session.closing)
        young_redis.kill()
        await closing
        with pytest.raises(ClientUnusable):
            await waiting

    await close_it()
    gc.collect()  # what it left, if anything, is told now: see `nothing_is_left_to_asyncio`
