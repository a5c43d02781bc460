from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from benchmarks.redis_server import RedisServer
from lms_async import ClientUnusable, ConnectionFailed, Window
from lms_async.events import Event
from lms_async.limits.shared import calls, shared_redis, subscription
from lms_async.limits.shared import window as limit_redis
from lms_async.limits.shared.fallback import RedisAway, RedisBack, RedisForgot
from lms_async.limits.shared.shared_redis import SharedRedis
from lms_async.limits.shared.window import RedisWindow
from tests.limits.shared.conftest import BOTH_FORMS, PER, TIMEOUT
from tests.limits.shared.test_window import take, until

Share = Callable[..., RedisWindow]


@pytest.fixture(autouse=True)
def short_wait_for_a_new_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let windows send the first request 0.6 s after a Redis start instead of after 3.4 s."""
    monkeypatch.setattr(limit_redis, "LATE", 0.1)
    monkeypatch.setattr(limit_redis, "PATIENCE", 0.1)


@pytest.fixture
def short_wait_for_a_response(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Redis take 0.5 s to respond instead of 2 s."""
    monkeypatch.setattr(calls, "PATIENCE", 0.5)
    monkeypatch.setattr(subscription, "PATIENCE", 0.5)


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


async def test_waiter_of_a_closed_window_gets_client_unusable_even_if_redis_is_lost(
    share: Share,
) -> None:
    window = share(1)
    await take(window, [])
    waiting = asyncio.create_task(window.acquire())
    await until(lambda: len(window._waiters) == 1)
    window._end, window._session._connected_since = "was closed", None
    await window._session._handle_disconnect(OSError())
    with pytest.raises(ClientUnusable, match="was closed"):
        await waiting


async def test_calls_are_rejected_while_redis_is_away(
    share: Share,
    young_redis: RedisServer,
    events: list[Event],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The event is sent once. When Redis is back and empty, no request is sent until all earlier
    bookings would have expired."""
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


async def test_first_caller_of_a_restarted_redis_waits(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    """The process that sent three requests before the restart is gone."""
    log: list[float] = []
    async with share(3, url=young_redis.url) as window:
        await asyncio.gather(*(take(window, log) for _ in range(3)))
    young_redis.kill()
    young_redis.start()
    await take(share(3, url=young_redis.url), log)
    assert log[3] >= log[2] + TIMEOUT + PER
    assert kinds(events) == [RedisForgot, RedisForgot]


async def test_fallback_window_is_used_while_redis_is_away(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    """The fallback is used until the shared window opens again. Waiters get whichever slot comes
    first."""
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
    # More than the fallback could serve in a minute, so the rest comes from Redis.
    await asyncio.gather(*(take(window, log) for _ in range(60)))
    assert kinds(events) == [RedisAway, RedisBack, RedisForgot]
    for first, beyond in zip(log, log[4:], strict=False):
        assert beyond - first >= PER - 1e-4
    assert not [task for task in asyncio.all_tasks() if task.get_name().endswith(".share")]
    booked = await window.acquire()
    assert hasattr(booked, "booking")
    booked.answered()


async def test_pause_holds_the_fallback_too_and_reaches_redis_when_it_is_back(
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


async def test_outage_counts_as_a_pause_only_if_redis_was_usable_before(
    share: Share, young_redis: RedisServer
) -> None:
    """Another window on the same connections has used it, so this one need not have."""
    shared = SharedRedis(young_redis.url)
    used, unused = (share(1, url=shared, redis_is_new=True) for _ in range(2))
    (await used.acquire()).answered()
    young_redis.kill()
    for window in (used, unused, share(1, url=young_redis.url)):
        with pytest.raises(ConnectionFailed) as refusal:
            await asyncio.gather(*(take(window, []) for _ in range(3)))
        assert refusal.value.counts_as_pause is (window in {used, unused})


async def test_password_that_changed_during_an_outage_does_not_count_as_a_pause(
    share: Share, young_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the latest reason, also if the outage began with another one."""
    monkeypatch.setattr(shared_redis, "TRY_AGAIN", 1.0)
    window = share(1, url=young_redis.url, redis_is_new=True)
    (await window.acquire()).answered()
    young_redis.kill()
    with pytest.raises(ConnectionFailed) as first:
        await asyncio.gather(*(take(window, []) for _ in range(3)))
    assert first.value.counts_as_pause
    young_redis.start()
    async with Redis.from_url(young_redis.url) as redis:
        await redis.config_set("requirepass", "changed")
    await until(lambda: not (window._refusal() or first.value).counts_as_pause)
    with pytest.raises(ConnectionFailed, match="AuthenticationError"):
        await window.acquire()


@BOTH_FORMS
async def test_broken_connection_is_reopened(
    share: Share, old_redis: RedisServer, events: list[Event]
) -> None:
    """No call fails and no response is lost."""
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


@pytest.mark.usefixtures("short_wait_for_a_response")
async def test_redis_that_hangs_counts_as_away_until_it_continues(
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
    young_redis.resume()
    await until(lambda: RedisBack in kinds(events))
    await take(window, [])
    assert kinds(events) == [RedisAway, RedisBack]


@pytest.mark.usefixtures("short_wait_for_a_response")
async def test_close_while_redis_goes_away_leaves_no_unhandled_error(
    scope: str, young_redis: RedisServer
) -> None:
    """A call to Redis is in flight when the window closes, and fails. Its error must be
    retrieved."""

    async def close_it() -> None:
        window = RedisWindow(1, per=PER, scope=scope, url=young_redis.url, timeout=TIMEOUT)
        (await window.acquire()).answered()
        young_redis.hang()  # before the window notices
        waiting = asyncio.create_task(window.acquire())
        await until(lambda: window.waiting == 1)
        closing = asyncio.create_task(window.close())
        await until(lambda: window._session.closing)
        young_redis.kill()
        await closing
        with pytest.raises(ClientUnusable):
            await waiting

    await close_it()
    gc.collect()  # an unhandled error would be logged now; see fail_on_asyncio_errors
