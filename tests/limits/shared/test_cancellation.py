"""Tasks that are cancelled at the moment at which redis-py swallows a cancellation.

The other tests of this folder cancel at many moments, but that moment depends on the machine.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.exceptions import RedisError, ResponseError

from benchmarks.redis_server import RedisServer
from lms_async.events import Event
from lms_async.limits.shared.calls import ScriptCalls
from lms_async.limits.shared.shared_redis import SharedRedis
from lms_async.limits.shared.subscription import Receiver, Subscription
from lms_async.limits.shared.turns import AT_ONCE
from lms_async.limits.shared.window import RedisWindow
from tests.limits.shared.conftest import PER, TIMEOUT
from tests.limits.shared.test_shared_redis import CYCLES, cycles
from tests.limits.shared.test_window import until


class Swallowing:
    """An operation of redis-py that ends normally when it is cancelled."""

    def __init__(self) -> None:
        self.began = 0
        self.ended = 0

    async def run(self) -> None:
        self.began += 1
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await cycles(3)
        self.ended += 1


class SlowRedis:
    """Runs scripts forever."""

    def __init__(self) -> None:
        self.work = Swallowing()

    def register_script(self, text: str) -> Any:
        return self

    sha = "hash"

    async def evalsha(self, *args: Any) -> list[Any]:
        await self.work.run()
        return []

    def pipeline(self, *, transaction: bool) -> SlowPipeline:
        return SlowPipeline(self.work)


class SlowPipeline:
    def __init__(self, work: Swallowing) -> None:
        self._work = work
        self._calls = 0

    async def __aenter__(self) -> SlowPipeline:
        return self

    async def __aexit__(self, *raised: object) -> None: ...

    def evalsha(self, *args: Any) -> None:
        self._calls += 1

    async def execute(self, *, raise_on_error: bool) -> list[Any]:
        await self._work.run()
        return [[]] * self._calls


class SlowPubSub:
    """Subscribes to the first channel at once, and to others never. It gets no message."""

    def __init__(self) -> None:
        self.work = Swallowing()
        self.silence = Swallowing()
        self._is_open = False

    async def subscribe(self, *channels: str) -> None:
        if self._is_open:
            await self.work.run()
        self._is_open = True

    async def get_message(self, timeout: float | None) -> None:  # noqa: ASYNC109 - as in redis-py
        if timeout is not None:
            await self.silence.run()

    async def ping(self) -> None: ...

    async def aclose(self) -> None: ...


async def test_calls_that_wait_are_not_sent_after_the_connection_broke() -> None:
    """Nothing uses the connection any more when the calls have failed."""
    redis = SlowRedis()
    calls = ScriptCalls(redis, broke=lambda error: None)  # type: ignore[arg-type]
    made = [asyncio.create_task(calls.call(["key"], [])) for _ in range(2 * AT_ONCE)]
    await until(lambda: redis.work.began == 1)
    async with asyncio.timeout(5):
        await calls.fail_all(ConnectionResetError())
    assert redis.work.ended == 1
    results = await asyncio.gather(*made, return_exceptions=True)
    assert redis.work.began == 1
    assert sum(isinstance(one, ConnectionResetError) for one in results) == AT_ONCE


async def test_subscription_that_is_subscribing_can_be_closed() -> None:
    pubsub = SlowPubSub()
    subscription = Subscription(pubsub)  # type: ignore[arg-type]
    await subscription.open()
    loop = asyncio.get_running_loop()
    receiver = Receiver(
        own="own",
        common="common",
        receive=lambda channel, text: None,
        ended=loop.create_future(),
        subscribed=loop.create_future(),
        unsubscribed=loop.create_future(),
    )
    joining = asyncio.create_task(subscription.join(receiver))
    await until(lambda: pubsub.work.began == pubsub.silence.began == 1)
    # The confirmation comes at the moment of the cancellation.
    subscription._confirmed.set()
    subscription._unconfirmed.clear()
    async with asyncio.timeout(5):
        await subscription.close(ConnectionResetError())
    await asyncio.wait({joining})
    assert joining.exception() is None or isinstance(joining.exception(), ConnectionResetError)


async def test_connections_that_break_while_they_are_closed_stay_closed(
    young_redis: RedisServer,
) -> None:
    for number in range(1, 10):
        redis = SharedRedis(young_redis.url)
        redis.join()
        await redis.subscription()
        redis._break(ConnectionResetError())
        young_redis.kill()
        await cycles(number)
        async with asyncio.timeout(5):
            await redis.leave()
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in names if name.startswith("lms_async")}
        young_redis.start()


async def test_connections_are_closed_when_a_cancelled_leave_returns(
    young_redis: RedisServer,
) -> None:
    for number in CYCLES:
        redis = SharedRedis(young_redis.url)
        redis.join()
        await redis.subscription()
        with pytest.raises(RedisError):  # the script needs more arguments
            await redis.calls.call(["key"], [])
        before = asyncio.all_tasks()
        leaving = asyncio.create_task(redis.leave())
        await cycles(number)
        leaving.cancel()
        await asyncio.wait({leaving})
        assert asyncio.all_tasks() <= before


async def test_call_of_a_window_that_joins_while_the_last_one_leaves_does_not_fail(
    young_redis: RedisServer,
) -> None:
    redis = SharedRedis(young_redis.url)
    redis.join()
    await redis.subscription()
    leaving = asyncio.create_task(redis.leave())

    async def join() -> None:
        redis.join()
        await redis.subscription()
        await redis.calls.call(["key"], [])

    with pytest.raises(ResponseError):  # from Redis, since the script needs more arguments
        await asyncio.create_task(join())
    await leaving
    await redis.leave()


async def test_window_that_is_closed_while_its_connection_breaks_does_not_wait_for_redis(
    young_redis: RedisServer, scope: str, events: list[Event]
) -> None:
    window = RedisWindow(
        3,
        per=PER,
        scope=scope,
        url=young_redis.url,
        timeout=TIMEOUT,
        redis_is_new=True,
        events=[events.append],
    )
    (await window.acquire()).answered()
    await until(lambda: not window._bookings.answered)
    session = window._session
    session._connected_since = asyncio.get_running_loop().time()
    session._connection._redis._break(ConnectionResetError())
    young_redis.kill()
    while not session.closing:  # noqa: ASYNC110 - the session sets no event
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await window.close()
    assert events == []
