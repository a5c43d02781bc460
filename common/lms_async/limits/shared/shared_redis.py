"""The two connections to Redis that any number of windows share: commands and messages."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from redis.asyncio import Redis

from ...loop_owner import LoopOwner
from .calls import ScriptCalls
from .cancellation import finish, is_cancelled
from .client import BROKEN, make_client, place_of
from .subscription import Subscription
from .turns import fail, in_turns, resolve

#: Seconds between attempts to reach Redis again.
TRY_AGAIN = 0.25


class SharedRedis:
    """Connects to Redis while any window needs it, and again after a failure, once for all windows.

    :raises InvalidInput: the URL can't be read, or the client is one for Sentinel or a cluster.
    """

    def __init__(self, url_or_client: str | Redis) -> None:
        self.owner = LoopOwner("this limiter", "make a new one there, of the same scope")
        self._redis = make_client(url_or_client)
        #: Where Redis is, for the log.
        self.place = place_of(self._redis)
        self.calls = ScriptCalls(self._redis, broke=self._break)
        #: Why the latest attempt to connect failed; ``None`` if it did not.
        self.failure: Exception | None = None
        self._users = 0
        self._connecting: asyncio.Task[None] | None = None
        self._subscription: Subscription | None = None
        # Windows that wait for the next attempt to connect, and windows that wait for Redis to be
        # reachable again.
        self._next_attempt: list[asyncio.Future[Subscription]] = []
        self._reachable: list[asyncio.Future[None]] = []

    def join(self) -> None:
        """Keep the connections open until :meth:`leave`."""
        self._users += 1

    async def leave(self) -> None:
        """Close the connections if no other window needs them, also if this is cancelled."""
        self._users -= 1
        if self._users == 0:
            connecting, self._connecting = self._connecting, None
            if connecting is not None:
                connecting.cancel()
                await finish(connecting)
        if self._users == 0:
            # A call that is still connecting would open a connection that nobody closes.
            await self.calls.fail_all(ConnectionAbortedError())
        if self._users == 0:
            closing = asyncio.create_task(self._redis.aclose())
            await finish(closing)
            with suppress(*BROKEN):
                closing.result()

    async def subscription(self) -> Subscription:
        """Return the connection that receives messages; connect if necessary.

        :raises RedisError, OSError: the next attempt to connect failed.
        """
        if self._subscription is not None:
            return self._subscription
        loop = asyncio.get_running_loop()
        if self._connecting is None or self._connecting.done():
            self._connecting = loop.create_task(
                self._keep_connected(), name="lms_async.RedisWindow.connecting"
            )
        attempt: asyncio.Future[Subscription] = loop.create_future()
        self._next_attempt.append(attempt)
        return await attempt

    async def wait_to_try_again(self) -> None:
        """Wait until Redis can be reached, or some time if it can be."""
        if self._subscription is not None:
            await asyncio.sleep(TRY_AGAIN)
        else:
            reachable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._reachable.append(reachable)
            await reachable

    def _break(self, error: Exception) -> None:
        if self._subscription is not None:
            self._subscription.break_(error)

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while not is_cancelled():
            began = loop.time()
            await self._connect()
            if loop.time() - began < TRY_AGAIN:
                await asyncio.sleep(TRY_AGAIN)

    async def _connect(self) -> None:
        """Connect, and return when the connection has broken."""
        subscription = Subscription(self._redis.pubsub())
        error: Exception = ConnectionAbortedError()
        try:
            # If one connection broke, the others did too.
            await self._redis.connection_pool.disconnect()
            await subscription.open()
            if is_cancelled():  # redis-py has swallowed it, so nobody would cancel this task again
                raise asyncio.CancelledError
            self._subscription = subscription
            self.failure = None
            waiting, self._next_attempt = self._next_attempt, []
            away, self._reachable = self._reachable, []
            await in_turns(waiting, partial(resolve, result=subscription))
            await in_turns(away, partial(resolve, result=None))
            error = await subscription.broken
        except BROKEN as refused:
            error = self.failure = refused
            waiting, self._next_attempt = self._next_attempt, []
            await in_turns(waiting, partial(fail, error=error))
        finally:
            self._subscription = None
            if not is_cancelled():
                await self.calls.fail_all(error)
            await subscription.close(error)
