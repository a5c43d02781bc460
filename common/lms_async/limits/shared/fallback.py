"""Refuse calls or use a local limit while Redis is unavailable or may have lost its bookings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import attrs

from ...errors import ConnectionFailed
from ...events import Event, Listener, tell
from ..limiter import Limiter
from ..queue import WaitQueue
from ..slot import Slot
from .client import MISCONFIGURED
from .connection import RedisConnection

log = logging.getLogger("lms_async")


@attrs.frozen
class RedisAway(Event):
    """Redis can't be reached, because of ``error``.

    ``name`` is the window's name in Redis. If ``goes_on`` is true, calls continue with the local
    share of the limit. Otherwise they are refused.
    """

    name: str
    error: str
    goes_on: bool


@attrs.frozen
class RedisBack(Event):
    """Redis can be reached again, after ``seconds``."""

    name: str
    seconds: float


@attrs.frozen
class RedisForgot(Event):
    """Redis may have lost its bookings, so it grants no slots for ``seconds``."""

    name: str
    seconds: float


class RedisFallback:
    """Remembers whether Redis is unavailable, and serves the waiting calls meanwhile.

    It is true while Redis is unavailable.

    :param name: the window's name in Redis.
    :param place: where Redis is, for the log.
    :param share: the local limiter of this process. Without it, waiting calls are refused.
    :param waiters: the waiting calls.
    :param connection: tells why the latest attempt to connect failed.
    :param grant: gives a slot to the first waiter.
    :param ended: called when granting slots from the share has ended.
    """

    def __init__(
        self,
        name: str,
        place: str,
        share: Limiter | None,
        waiters: WaitQueue,
        connection: RedisConnection,
        *,
        grant: Callable[[Slot], None],
        ended: Callable[[asyncio.Task[None]], None],
        events: Sequence[Listener],
    ) -> None:
        self.share = share
        self._name = name
        self._place = place
        self._waiters = waiters
        self._connection = connection
        self._grant = grant
        self._ended = ended
        self._events = events
        self._since: float | None = None
        self._error: Exception | None = None
        self._share_task: asyncio.Task[None] | None = None
        #: Set when a call begins to wait.
        self.has_waiter = asyncio.Event()

    def __bool__(self) -> bool:
        return self._since is not None

    def refusal(self) -> ConnectionFailed | None:
        """Return the error for calls that can't be sent now, or ``None`` if they can."""
        if self._since is None or self.share is not None:
            return None
        error = self._connection.failure or self._error
        refusal = ConnectionFailed(
            f"the Redis that shares this limit can't be used: {type(error).__name__}",
            hint="nothing was sent; check that Redis runs, its URL and its password",
        )
        # If this process has used this Redis before, it is likely to be reachable again soon.
        refusal.counts_as_pause = self._connection.was_usable and not isinstance(
            error, MISCONFIGURED
        )
        return refusal

    def pause(self, seconds: float) -> None:
        """Pause the local share too, for ``seconds``."""
        if self.share is not None:
            self.share.pause(seconds)

    def begins(self, error: Exception) -> None:
        """Record that Redis can't be reached."""
        self._error = error.with_traceback(None)
        if self._since is None:
            self._since = asyncio.get_running_loop().time()
            goes_on = self.share is not None
            self._emit(
                RedisAway(self._name, type(error).__name__, goes_on),
                f"can't be used ({type(error).__name__}): "
                + ("using the local share of the limit" if goes_on else "calls are refused"),
            )

    def ends(self) -> None:
        """Record that Redis can be reached again."""
        if self._since is not None:
            seconds = asyncio.get_running_loop().time() - self._since
            self._since = self._error = None
            self._emit(RedisBack(self._name, seconds), f"can be used again after {seconds:.1f} s")

    def forgot(self, seconds: float) -> None:
        """Report that Redis may have lost bookings, so that nothing is sent for ``seconds``."""
        self._emit(
            RedisForgot(self._name, seconds),
            f"may have lost its bookings: nothing is sent for {seconds:.1f} s",
        )

    def update_share(self, *, closed: bool) -> None:
        """Grant slots from the local share while Redis is unavailable or recovering.

        :param closed: whether Redis is recovering and grants nothing.
        """
        if self.share is None:
            return
        if self._since is None and not closed:
            self.stop_share()
        elif self._share_task is None:
            self._share_task = asyncio.get_running_loop().create_task(
                self._grant_from_share(self.share), name="lms_async.RedisWindow.share"
            )
            self._share_task.add_done_callback(self._ended)

    def stop_share(self) -> None:
        """Stop granting slots from the local share."""
        if self._share_task is not None:
            self._share_task.cancel()
            self._share_task = None

    async def _grant_from_share(self, share: Limiter) -> None:
        while True:
            while self._waiters.first() is None:
                self.has_waiter.clear()
                await self.has_waiter.wait()
            self._grant(await share.acquire())

    def _emit(self, event: Event, what: str) -> None:
        log.warning("the Redis at %s that shares %s %s", self._place, self._name, what)
        tell(self._events, event)
