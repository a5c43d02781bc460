"""Receive the messages of all windows over one connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import attrs
from redis.asyncio.client import PubSub

from .cancellation import finish, is_cancelled
from .client import BROKEN, PATIENCE
from .turns import AT_ONCE, fail, in_turns, resolve

#: How long Redis may be silent before it is pinged, in seconds.
_SILENCE = 5.0

#: A channel on which nothing is published. Redis only answers a ping on a connection that has
#: subscribed to a channel.
_OWN_CHANNEL = "lms:limit:connected"


@attrs.frozen(eq=False)
class Receiver:
    """A window that receives messages.

    ``own`` is a channel that no other window subscribes to, and ``common`` is that of all windows
    of the scope. ``receive`` is called with the channel and the text of each message. ``ended``
    gets the error when the connection breaks.
    """

    own: str
    common: str
    receive: Callable[[str, str], None]
    ended: asyncio.Future[Exception]
    subscribed: asyncio.Future[None]
    unsubscribed: asyncio.Future[None]


class Subscription:
    """One connection that subscribes to the channels of all windows, as they come and go."""

    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub
        self._receivers: dict[str, list[Receiver]] = {}
        self._new: deque[Receiver] = deque()
        self._left: set[str] = set()
        #: Set when a window has come or gone.
        self._changed = asyncio.Event()
        #: Channels that Redis has not confirmed yet.
        self._unconfirmed: set[str] = set()
        self._confirmed = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []
        #: Gets the error when the connection breaks.
        self.broken: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """Connect.

        :raises RedisError, OSError: Redis can't be reached.
        """
        async with asyncio.timeout(PATIENCE):
            await self._pubsub.subscribe(_OWN_CHANNEL)
            await self._pubsub.get_message(timeout=None)
        loop = asyncio.get_running_loop()
        for work in (self._receive, self._subscribe):
            task = loop.create_task(self._until_broken(work), name="lms_async.RedisWindow")
            self._work.append(task)

    def break_(self, error: Exception) -> None:
        """Let the connection count as broken because of ``error``."""
        resolve(self.broken, error)

    async def close(self, error: Exception) -> None:
        """Close the connection, and tell all windows about ``error``."""
        self.break_(error)
        for task in self._work:
            task.cancel()
        await finish(*self._work)
        with suppress(*BROKEN):
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        known = {receiver for of_channel in self._receivers.values() for receiver in of_channel}
        await in_turns(known, partial(_end, error=error))

    async def join(self, receiver: Receiver) -> None:
        """Subscribe to the channels of ``receiver``; return when all messages reach it.

        :raises RedisError, OSError: the connection broke.
        """
        if self.broken.done():
            raise self.broken.result().with_traceback(None)
        for channel in (receiver.own, receiver.common):
            self._receivers.setdefault(channel, []).append(receiver)
        self._new.append(receiver)
        self._changed.set()
        await receiver.subscribed

    async def leave(self, receiver: Receiver) -> None:
        """Unsubscribe from the channels of ``receiver`` that no other window needs; return when all
        messages of its own channel have come."""
        others = self._receivers.get(receiver.common, [])
        if receiver in others:
            others.remove(receiver)
        if not others:
            self._receivers.pop(receiver.common, None)
            self._left.add(receiver.common)
        self._left.add(receiver.own)
        self._changed.set()
        ends = (receiver.unsubscribed, self.broken)
        await asyncio.wait(ends, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)

    async def _until_broken(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the windows raise it
            self.break_(error)

    async def _subscribe(self) -> None:
        while not is_cancelled():
            await self._changed.wait()
            self._changed.clear()
            while self._new:
                await self._add([self._new.popleft() for _ in range(min(AT_ONCE, len(self._new)))])
            left = [channel for channel in self._left if self._is_unneeded(channel)]
            self._left.clear()
            for start in range(0, len(left), 2 * AT_ONCE):
                await self._pubsub.unsubscribe(*left[start : start + 2 * AT_ONCE])

    def _is_unneeded(self, channel: str) -> bool:
        """Whether no window has joined meanwhile that has this common channel."""
        return all(receiver.own == channel for receiver in self._receivers.get(channel, ()))

    async def _add(self, receivers: list[Receiver]) -> None:
        """Subscribe to the channels of ``receivers``, and wait until Redis has confirmed it."""
        channels = [name for receiver in receivers for name in (receiver.own, receiver.common)]
        self._unconfirmed.update(channels)
        self._confirmed.clear()
        async with asyncio.timeout(PATIENCE):
            await self._pubsub.subscribe(*channels)
            await self._confirmed.wait()
        for receiver in receivers:
            resolve(receiver.subscribed, None)

    async def _receive(self) -> None:
        asked = False
        received = 0
        while not is_cancelled():
            message = await self._pubsub.get_message(timeout=_SILENCE)
            if message is None:
                if asked:
                    raise TimeoutError("Redis is silent")
                await self._pubsub.ping()
                asked = True
                continue
            asked = False
            channel = message["channel"]
            if message["type"] == "message":
                for receiver in tuple(self._receivers.get(channel, ())):
                    receiver.receive(channel, message["data"])
            elif message["type"] == "subscribe":
                self._unconfirmed.discard(channel)
                if not self._unconfirmed:
                    self._confirmed.set()
            elif message["type"] == "unsubscribe":
                self._forget(channel)
            received += 1
            if received % AT_ONCE == 0:  # reading what has already arrived does not yield
                await asyncio.sleep(0)

    def _forget(self, channel: str) -> None:
        for receiver in tuple(self._receivers.get(channel, ())):
            if receiver.own == channel:
                del self._receivers[channel]
                resolve(receiver.unsubscribed, None)


def _end(receiver: Receiver, error: Exception) -> None:
    if receiver.subscribed.done():
        resolve(receiver.ended, error)
    else:
        fail(receiver.subscribed, error)
