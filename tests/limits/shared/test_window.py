from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import pytest

from lms_async.errors import ClientUnusable, InvalidInput, RateLimited
from lms_async.events import Event
from lms_async.limits.limiter import Limiter
from lms_async.limits.shared.connection import usable_at
from lms_async.limits.shared.fallback import RedisForgot
from lms_async.limits.shared.window import RedisWindow
from tests.limits.shared.conftest import BOTH_FORMS, PER, TIMEOUT

Share = Callable[..., RedisWindow]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the condition sets no event
            await asyncio.sleep(0.01)


async def take(window: RedisWindow, log: list[Any], entry: Any = None) -> None:
    slot = await window.acquire()
    log.append(time.monotonic() if entry is None else entry)
    slot.answered()


async def entries(redis: Any, kind: str) -> int:
    """Return how many bookings of this kind all windows have."""
    return sum([await redis.zcard(key) for key in await redis.keys(f"lms:limit:*:{kind}")])


async def test_server_never_counts_more_than_the_limit(share: Share) -> None:
    """Three windows of one scope, with random arrivals, latencies, lost responses, cancellations
    and a pause. A server may count a request at any moment between sending and response, and must
    never see more than N in M seconds. In the end every slot is free again."""
    limit, chance = 5, random.Random(3)
    windows = [share(limit) for _ in range(3)]
    counted: list[float] = []
    paused: list[tuple[float, float]] = []
    departures: list[float] = []

    async def request(window: RedisWindow) -> None:
        await asyncio.sleep(chance.uniform(0, 1.5))
        slot = await window.acquire()
        left = time.monotonic()
        departures.append(left)
        try:
            await asyncio.sleep(chance.choice([0, 0.01, 0.1, 0.15]))
        finally:
            counted.append(left + chance.choice([0, 0.5, 1]) * (time.monotonic() - left))
            slot.answered()
            slot.answered()

    async def pause() -> None:
        await asyncio.sleep(0.8)
        asked = time.monotonic()
        windows[0].pause(0.5)
        # The other windows learn of the pause as fast as Redis delivers it.
        while time.monotonic() < asked + 0.5 and not all(one.pause_left() for one in windows):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        paused.append((time.monotonic(), asked + 0.5))

    tasks = [asyncio.create_task(request(windows[number % 3])) for number in range(90)]
    for task in tasks[::4]:
        asyncio.get_running_loop().call_later(chance.uniform(0, 3), task.cancel)
    await asyncio.gather(pause(), *tasks, return_exceptions=True)

    arrivals = sorted(counted)
    assert len(arrivals) >= 60
    for first, beyond in zip(arrivals, arrivals[limit:], strict=False):
        assert beyond - first >= PER - 1e-4
    assert not any(known < left < end for left in departures for known, end in paused)

    await asyncio.sleep(PER)
    taken = await asyncio.gather(*(windows[0].acquire() for _ in range(limit)))
    assert (
        max(usable_at(slot.booking) for slot in taken)
        - min(usable_at(slot.booking) for slot in taken)
        < PER * 1e6
    )


@BOTH_FORMS
async def test_order_is_first_come_first_served_across_processes(share: Share) -> None:
    one, other = (share(1, per=0.05, timeout=5, redis_is_new=True) for _ in range(2))
    order: list[int] = []
    tasks = []
    held = await one.acquire()
    for number in range(12):
        window = one if number // 3 % 2 == 0 else other
        tasks.append(asyncio.create_task(take(window, order, number)))
        await until(lambda: one._session.tickets + other._session.tickets == len(tasks))
    held.answered()
    await asyncio.gather(*tasks)
    assert order == list(range(12))


@BOTH_FORMS
async def test_slot_is_busy_until_one_period_after_its_response(share: Share) -> None:
    one, other = share(1, timeout=0.4), share(1, timeout=0.4)
    slot = await one.acquire()
    waiting = asyncio.create_task(other.acquire())
    await asyncio.sleep(0.4)
    assert not waiting.done()
    answered = time.time()
    slot.answered()
    following = await waiting
    assert time.time() >= answered + PER
    assert usable_at(following.booking) / 1e6 >= answered + PER
    following.answered()


async def test_each_permit_costs_one_redis_call(share: Share, redis: Any) -> None:
    async def calls() -> int:
        return int((await redis.info("commandstats"))["cmdstat_evalsha"]["calls"])

    windows = [share(10), share(10)]

    async def work(window: RedisWindow) -> None:
        for _ in range(10):
            await take(window, log)

    log: list[float] = []
    for window in windows:
        await take(window, log)
    before = await calls()
    await asyncio.gather(*(work(window) for window in windows for _ in range(8)))
    assert await calls() - before <= 160 + 20


async def test_pause_holds_all_waiters(share: Share) -> None:
    """Including a waiter that already has a booking, and a caller that comes later."""
    one, other = share(1, per=0.4), share(1, per=0.4)
    log: list[float] = []
    await take(one, log)
    holder = asyncio.create_task(take(other, log))
    await until(lambda: other._bookings.waiting == 1)
    asked = time.monotonic()
    one.pause(1.2)
    one.pause(0.1)
    assert one.pause_left() > 1.0
    await until(lambda: other.pause_left() > 0.5)
    later = asyncio.create_task(take(share(1, per=0.4), log))
    await asyncio.gather(holder, later)
    assert log[1] >= asked + 1.2
    await take(one, log)
    assert one.pause_left() == other.pause_left() == 0


@BOTH_FORMS
async def test_cancelled_waiter_loses_no_permit(share: Share, redis: Any) -> None:
    one, other = (share(1, timeout=20, redis_is_new=True) for _ in range(2))
    log: list[Any] = []
    slot = await one.acquire()
    waiting = [asyncio.create_task(take(one, log, "one")) for _ in range(50)]
    await until(lambda: one._session.tickets == 50)
    last = asyncio.create_task(take(other, log, "other"))
    await until(lambda: other._session.tickets == 1)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    key = one._name
    async with asyncio.timeout(15):  # before the slot expires and all places are given back
        while await redis.llen(f"{key}:queue") > 1:  # noqa: ASYNC110 - Redis sets no event
            await asyncio.sleep(0.01)
    slot.answered()
    await last
    # A waiter that is cancelled while it holds a booking for later.
    quitter = asyncio.create_task(take(one, log, "one"))
    await until(lambda: one._bookings.waiting == 1)
    quitter.cancel()
    await take(other, log, "other")
    assert log == ["other", "other"]
    await until(lambda: not other._bookings.answered)
    await other.close()
    await one.close()
    assert await redis.zcard(f"{key}:out") == 0


@BOTH_FORMS
async def test_slot_granted_to_a_cancelled_waiter_goes_to_the_next(share: Share) -> None:
    window = share(1)
    await take(window, [])
    first = asyncio.create_task(window.acquire())
    second = asyncio.create_task(window.acquire())
    await until(lambda: bool(window._bookings.booked))
    granted: list[Any] = []
    hand = window._bookings._grant

    def hand_and_cancel(slot: Any) -> None:
        hand(slot)
        if not granted:
            first.cancel()  # before it could run
        granted.append(slot)

    window._bookings._grant = hand_and_cancel
    assert await second is granted[0]
    assert first.cancelled()
    granted[0].answered()


@BOTH_FORMS
async def test_window_with_the_lower_limit_keeps_it(share: Share) -> None:
    """During a deployment, for example, one process may still have the old limit of three."""
    old, new = share(3), share(1)
    slots = [await old.acquire() for _ in range(3)]
    waiting = asyncio.create_task(new.acquire())
    await until(lambda: new._session.tickets == 1)
    await old.close()
    for slot in slots:
        await asyncio.sleep(0.05)
        new._bookings.record_response(slot.booking)
        answered = time.time()
    following = await waiting
    assert usable_at(following.booking) / 1e6 >= answered + PER
    following.answered()


async def test_stalled_process_gives_its_booking_back(share: Share) -> None:
    window = share(1)
    await take(window, [])
    waiting = asyncio.create_task(window.acquire())
    await until(lambda: bool(window._bookings.booked))
    stale = window._bookings.booked[0][1]
    time.sleep(1.5)  # noqa: ASYNC251 - the test needs a blocked loop
    slot = await waiting
    assert slot.booking != stale
    slot.answered()


def die_with_a_slot(url: str, scope: str, told: Connection) -> None:
    async def main() -> None:
        window = RedisWindow(1, per=PER, scope=scope, url=url, timeout=TIMEOUT)
        await window.acquire()
        waiting = [asyncio.create_task(window.acquire()) for _ in range(3)]
        await until(lambda: window._session.tickets == len(waiting))
        told.send(time.monotonic())
        await asyncio.sleep(60)

    asyncio.run(main())


async def test_slots_of_a_dead_process_expire(share: Share, old_redis: Any, scope: str) -> None:
    """A slot expires once its request can no longer arrive. Its queue places block nobody."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=die_with_a_slot, args=(old_redis.url, scope, theirs))
    process.start()
    try:
        await asyncio.to_thread(ours.recv)
    finally:
        process.kill()
        process.join()
    died = time.monotonic()
    log: list[float] = []
    window = share(1)
    # it would take 14 s if each of its places in the queue expired in turn
    async with asyncio.timeout(10):
        await take(window, log)
        await take(window, log)
    assert log[0] >= died + TIMEOUT + PER - 0.5  # it held its slot for a moment before it died
    ours.close()
    theirs.close()


async def test_first_start_does_not_wait(share: Share, events: list[Event]) -> None:
    windows = [share(1) for _ in range(8)]
    await asyncio.gather(*(take(window, []) for window in windows))
    assert events == []


@BOTH_FORMS
@pytest.mark.parametrize(
    "lose",
    [
        ["FLUSHALL"],
        ["DEL", "{key}"],
        ["DEL", "{key}:out"],
        ["HSET", "{key}", "run", "another server, or an older snapshot"],
        ["HSET", "{key}", "now", f"{10**16}"],  # the clock went back
    ],
    ids=lambda words: " ".join(words)[:20],
)
async def test_window_that_finds_redis_data_lost_stays_closed_for_the_lease(
    share: Share, redis: Any, events: list[Event], lose: list[str]
) -> None:
    one = share(2)
    slot = await one.acquire()
    one.pause(30)
    await until(lambda: one._bookings.pause_asked_until == 0)
    await redis.execute_command(*(word.format(key=one._name) for word in lose))
    late = share(2)
    waiting = asyncio.create_task(late.acquire())
    await until(lambda: any(isinstance(event, RedisForgot) for event in events))
    assert events[0].seconds >= TIMEOUT + 2 * PER  # type: ignore[attr-defined]
    assert late.pause_left() > TIMEOUT + PER
    assert not waiting.done()
    # The earlier window learns of the loss and sends its pause again.
    await until(lambda: late.pause_left() > 20)
    slot.answered()
    waiting.cancel()


@BOTH_FORMS
async def test_close_records_the_last_responses(share: Share, redis: Any) -> None:
    window = share(3)
    slots = [await window.acquire() for _ in range(3)]
    waiting = asyncio.create_task(window.acquire())
    await until(lambda: window._session.tickets == 1)
    for slot in slots:
        slot.answered()
    await window.close()
    key = window._name
    assert await redis.zcard(f"{key}:out") == 0
    assert await redis.zcard(f"{key}:free") == 3
    with pytest.raises(ClientUnusable, match="closed"):
        await waiting
    with pytest.raises(ClientUnusable, match="closed"):
        await window.acquire()
    await window.close()


def test_program_that_ends_without_close_records_the_last_responses(
    old_redis: Any, scope: str
) -> None:
    async def main() -> str:
        window = RedisWindow(3, per=PER, scope=scope, url=old_redis.url, timeout=TIMEOUT)
        (await window.acquire()).answered()
        return window._name

    async def look(key: str) -> tuple[int, int]:
        from redis.asyncio import Redis

        async with Redis.from_url(old_redis.url) as redis:
            return await redis.zcard(f"{key}:out"), await redis.zcard(f"{key}:free")

    assert asyncio.run(look(asyncio.run(main()))) == (0, 1)


def test_window_used_in_another_event_loop_raises(old_redis: Any, scope: str) -> None:
    window = RedisWindow(3, per=PER, scope=scope, url=old_redis.url, timeout=TIMEOUT)
    asyncio.run(window.acquire())
    for use in (window.acquire, window.close):
        with pytest.raises(ClientUnusable, match="another event loop"):
            asyncio.run(use())


async def test_window_used_after_a_fork_raises(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = share(3)
    await take(window, [])
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        with pytest.raises(ClientUnusable, match="process"):
            await window.acquire()
        with pytest.raises(ClientUnusable, match="process"):
            window.pause_left()


async def test_no_secret_is_shown(
    old_redis: Any, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    url = old_redis.url.replace("//", "//user:s3cret@")
    window = RedisWindow(3, per=PER, scope="s3cret", url=old_redis.url, timeout=TIMEOUT)
    async with window:
        await take(window, [])
        told = [repr(window), *await redis.keys(), *await redis.pubsub_channels()]
    async with RedisWindow(3, per=PER, scope="s3cret", url=url, timeout=TIMEOUT) as window:
        with pytest.raises(Exception, match="AuthenticationError|ResponseError") as refused:
            await window.acquire()
        told += [repr(window), str(refused.value), caplog.text]
    with pytest.raises(InvalidInput) as wrong:
        RedisWindow(3, per=PER, scope="s", url="redis://:s3cret/x@localhost:6379")
    told.append(str(wrong.value))
    assert wrong.value.__cause__ is wrong.value.__context__ is None
    assert "s3cret" not in " ".join(told)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"per": 0.0}, {"timeout": 0.0}])
def test_window_with_an_invalid_limit_is_rejected(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="limit"):
        RedisWindow(**{"limit": 1, "per": 1.0, "scope": "s", **wrong})


def test_redis_window_is_a_limiter() -> None:
    limiter: Limiter = RedisWindow(50, per=1, scope="s")
    assert repr(limiter).startswith("<RedisWindow 50 per 1 s, lms:limit:")


def test_redis_is_only_imported_for_shared_limits() -> None:
    program = """
import sys
import lms_async, schoology_async, manabac_async, lms_async.limits.window
assert not [name for name in sys.modules if name.partition(".")[0] == "redis"]
sys.modules["redis"] = sys.modules["redis.asyncio"] = None
try:
    import lms_async.limits.shared.window
except ModuleNotFoundError as missing:
    assert "lms-async[redis]" in str(missing), missing
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603


@BOTH_FORMS
async def test_interactive_calls_go_first_and_others_get_every_fourth_slot(share: Share) -> None:
    window = share(1, per=0.05)
    order: list[str] = []

    async def call(priority: Any) -> None:
        slot = await window.acquire(priority=priority)
        order.append(priority[0])
        slot.answered()

    held = await window.acquire()
    calls = [asyncio.create_task(call("normal")) for _ in range(4)]
    await asyncio.sleep(0.02)
    calls += [asyncio.create_task(call("interactive")) for _ in range(6)]
    await asyncio.sleep(0.02)
    held.answered()
    await asyncio.gather(*calls)
    assert "".join(order) == "iiiniiinnn"


@BOTH_FORMS
async def test_pause_above_max_pause_raises_at_once(share: Share) -> None:
    one, other = share(1), share(1)
    slot = await one.acquire()
    waiting = asyncio.create_task(other.acquire(max_pause=5))
    patient = asyncio.create_task(other.acquire(max_pause=500))
    await until(lambda: other.waiting == 2)
    one.pause(60)
    with pytest.raises(RateLimited) as told:
        await waiting
    # compares two clocks, with a round trip between them
    assert told.value.retry_after == pytest.approx(60, abs=2)
    with pytest.raises(RateLimited):
        await other.acquire(max_pause=5)
    assert not patient.done()
    patient.cancel()
    slot.answered()


async def test_weight_above_one_is_rejected(share: Share) -> None:
    with pytest.raises(InvalidInput, match="a weight of 2"):
        await share(5).acquire(weight=2)
