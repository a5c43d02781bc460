"""Bookings that a process must confirm before it sends a request with them."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import pytest
from redis.asyncio import Redis

from benchmarks.redis_server import RedisServer
from lms_async.errors import ConnectionFailed
from lms_async.limits.shared import bookings
from lms_async.limits.shared.bookings import Bookings
from lms_async.limits.shared.connection import usable_at
from lms_async.limits.shared.window import RedisWindow
from lms_async.sandbox.limits import busiest
from tests.limits.shared.conftest import BOTH_FORMS
from tests.limits.shared.test_window import take, until

Share = Callable[..., RedisWindow]

#: As in production, a killed process would hold its slots for much longer than a test may take.
LONG = 60.0


def hold_bookings(url: str, scope: str, told: Connection) -> None:
    """Get three responses, and book the slots again."""

    async def main() -> None:
        window = RedisWindow(3, per=2, scope=scope, url=url, timeout=LONG, redis_is_new=True)
        slots = [await window.acquire() for _ in range(3)]
        waiting = [asyncio.create_task(window.acquire()) for _ in range(3)]
        await until(lambda: window._session.tickets == 3)
        told.recv()
        for slot in slots:
            slot.answered()
        await until(lambda: len(window._bookings.unconfirmed) == len(waiting))
        told.send("booked")
        await asyncio.sleep(60)

    asyncio.run(main())


@pytest.mark.parametrize("waits_before", [False, True])
async def test_unconfirmed_bookings_of_a_killed_process_expire_soon(
    share: Share, old_redis: RedisServer, scope: str, waits_before: bool
) -> None:
    """A process that only waits notices it, although nobody else uses the window, also if the
    bookings were made after its own last call of the script."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=hold_bookings, args=(old_redis.url, scope, theirs))
    process.start()
    log: list[float] = []
    window = share(3, per=2, timeout=LONG, redis_is_new=True)
    try:
        async with Redis.from_url(old_redis.url) as redis:
            await until_listed(redis, f"{window._name}:out", 3)
            await until_queued(redis, f"{window._name}:queue", 3)

        async def wait() -> list[asyncio.Task[None]]:
            waiting = [asyncio.create_task(take(window, log)) for _ in range(3)]
            await until(lambda: window._session.tickets == 3)
            return waiting

        waiting = await wait() if waits_before else []
        answered = time.monotonic()
        ours.send("answer")
        await asyncio.to_thread(ours.recv)
        waiting = waiting or await wait()
    finally:
        process.kill()
        process.join()
    async with asyncio.timeout(20):
        await asyncio.gather(*waiting)
    assert log[0] >= answered + 2
    ours.close()
    theirs.close()


async def until_listed(redis: Any, key: str, count: int) -> None:
    async with asyncio.timeout(20):
        while await redis.zcard(key) != count:  # noqa: ASYNC110 - Redis sets no event
            await asyncio.sleep(0.01)


async def until_queued(redis: Any, key: str, count: int) -> None:
    async with asyncio.timeout(20):
        while await redis.llen(key) != count:  # noqa: ASYNC110 - Redis sets no event
            await asyncio.sleep(0.01)


@BOTH_FORMS
async def test_suspended_process_holds_a_slot_that_it_was_given_for_half_a_second(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended, other = (share(1, per=0.5, timeout=LONG, redis_is_new=True) for _ in range(2))
    slot = await other.acquire()
    first = asyncio.create_task(suspended.acquire())
    await until(lambda: suspended._session.tickets == 1)
    second = asyncio.create_task(other.acquire())
    await until(lambda: other._session.tickets == 1)
    with monkeypatch.context() as patched:
        patched.setattr(suspended._bookings, "book", lambda *_, **__: None)
        slot.unused()
        async with asyncio.timeout(10):
            (await second).answered()
    first.cancel()


@BOTH_FORMS
async def test_booking_that_is_confirmed_too_late_is_not_used(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call that waited for it gets the next slot."""
    monkeypatch.setattr(bookings, "_CONFIRM_BEFORE", -0.8)
    window = share(1, per=0.5, timeout=LONG, redis_is_new=True)
    (await window.acquire()).answered()
    first = asyncio.create_task(window.acquire())
    await until(lambda: bool(window._bookings.unconfirmed))
    expired = window._bookings.unconfirmed[0][1]
    second = asyncio.create_task(window.acquire())
    async with asyncio.timeout(10):
        slot = await first
    assert slot.booking != expired
    assert usable_at(slot.booking) > usable_at(expired)
    assert not second.done()
    slot.answered()
    (await second).answered()


@BOTH_FORMS
async def test_confirmed_booking_is_busy_until_its_request_cannot_arrive(
    share: Share, redis: Any
) -> None:
    """Otherwise it would expire half a second after it may be used."""
    one, other = (share(1, per=0.5, timeout=LONG, redis_is_new=True) for _ in range(2))
    (await one.acquire()).answered()
    slot = await one.acquire()
    waiting = asyncio.create_task(other.acquire())
    [(_, expires)] = await redis.zrange(f"{one._name}:out", 0, -1, withscores=True)
    assert expires >= usable_at(slot.booking) + (LONG + 0.5) * 1e6
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 1)
    slot.answered()
    (await waiting).answered()


async def test_booking_returned_while_it_is_confirmed_is_not_used() -> None:
    """A pause began meanwhile."""
    granted: list[Any] = []
    kept = Bookings(here=lambda then: then / 1e6, grant=granted.append, share=False)
    soon = round(asyncio.get_running_loop().time() * 1e6)
    asked = [f"{soon}.{number}.abc" for number in range(2)]
    for booking in asked:
        kept.book(booking, is_confirmed=False)
    assert list(kept.begin_confirming(0.0)) == asked
    kept.give_all_back()
    kept.end_confirming(asked)
    kept.grant_due()
    assert sorted(kept.unused) == asked
    assert granted == []
    assert kept.waiting == 0


async def test_bookings_are_confirmed_earlier_if_redis_responds_slowly() -> None:
    kept = Bookings(here=lambda then: then / 1e6, grant=lambda _: None, share=False)
    now = asyncio.get_running_loop().time()
    asked = [f"{round((now + seconds) * 1e6)}.1.abc" for seconds in (0.1, 1.1, 1.3)]
    for booking in asked:
        kept.book(booking, is_confirmed=False)
    assert list(kept.begin_confirming(0.01)) == asked[:1]
    assert list(kept.begin_confirming(0.5)) == asked[1:2]
    kept.grant_due()
    await until(kept.changed.is_set)  # when the last one must be confirmed
    assert asyncio.get_running_loop().time() >= now + 0.2
    assert list(kept.begin_confirming(0.5)) == asked[2:]


async def test_each_slot_costs_at_most_two_redis_calls(share: Share, redis: Any) -> None:
    """One reports a response and books the slot again; one confirms bookings."""

    async def calls() -> int:
        return int((await redis.info("commandstats"))["cmdstat_evalsha"]["calls"])

    window = share(5, per=0.6, timeout=LONG, redis_is_new=True)
    log: list[float] = []
    await asyncio.gather(*(take(window, log) for _ in range(5)))
    before = await calls()
    await asyncio.gather(*(take(window, log) for _ in range(20)))
    # and one for the calls that begin to wait
    assert await calls() - before <= 2 * 20 + 1


@BOTH_FORMS
async def test_limit_is_kept_while_connections_break(share: Share, old_redis: RedisServer) -> None:
    """Calls of the script are lost, and bookings are returned, at any moment."""
    windows = [share(4, per=0.6, timeout=1, redis_is_new=True) for _ in range(3)]
    log: list[float] = []

    async def take_one(window: RedisWindow) -> None:
        while True:
            with suppress(ConnectionFailed):
                return await take(window, log)
            await asyncio.sleep(0.1)

    async def break_connections() -> None:
        async with Redis.from_url(old_redis.url) as redis:
            while True:
                await asyncio.sleep(0.5)
                await redis.client_kill_filter(_type="pubsub")
                await redis.client_kill_filter(_type="normal", skipme=True)

    breaking = asyncio.create_task(break_connections())
    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*(take_one(windows[number % 3]) for number in range(24)))
    finally:
        breaking.cancel()
    assert busiest(sorted(log), 0.6 - 1e-3) <= 4
