"""A rate limit that many processes and hosts keep together, exactly, through Redis.

As in :class:`~lms_async.Window`, a slot is busy until one period after the response. A waiting call
has a ticket in Redis. When a process reports a response to the script ``window.lua``, the script
books the slot for the first ticket in the queue and tells that ticket's process when the slot may
be used. That process confirms the booking shortly before, with its next report if one is due. So
each slot costs one or two calls of the script. A process that waits and has heard nothing for a
little more than a period calls the script again, because another process may have been killed.

Failures lead to fewer requests, never to more. A confirmed booking whose process died keeps its
slot busy until its request can't arrive any more, and then expires. A booking that was not
confirmed, because its process died or its message was lost, expires soon. When Redis may have lost
bookings (after a restart, a failover or an eviction), nothing is sent until all of them would have
expired.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from math import inf
from types import TracebackType
from typing import Literal, Self

from ...errors import ClientUnusable, InvalidInput, LmsError, RateLimited
from ...events import Listener, checked_listeners
from ..limiter import Limiter
from ..queue import Priority, Waiter, WaitQueue
from ..slot import FullSlot, Slot, full_slot
from .bookings import LATE, Bookings
from .client import PATIENCE
from .connection import RedisConnection
from .fallback import RedisFallback
from .session import RedisSession
from .shared_redis import SharedRedis

log = logging.getLogger("lms_async")


class RedisWindow:
    """At most ``limit`` arrivals at the server in any ``per`` seconds, from all processes that name
    the same ``scope`` on the same Redis; first come, first served among all of them.

    A window belongs to the event loop and the process in which it is first used, so each worker
    makes its own. Close it, or use it as an async context manager, so that Redis learns about the
    last responses. It uses two connections to Redis, and none when it was not used for a while. For
    many scopes in one process, use :class:`~lms_async.limits.shared.windows.RedisWindows`.

    :param limit: requests, at least 1; the same in all processes.
    :param per: seconds, above 0; the same in all processes.
    :param scope: what the vendor counts by, e.g. an account's key or a host. Redis sees a hash.
    :param url: ``redis://``, ``rediss://`` or ``unix://``; Redis 6.2 or later, or Valkey, not a
        cluster. :class:`RedisWindows` gives its connections instead.
    :param timeout: seconds, at least the timeout of the clients that use the window. The slot of a
        request whose process died is free a few seconds after ``timeout + per``.
    :param when_away: what to do while Redis can't be reached. With ``"refuse"``, ``acquire`` raises
        ``ConnectionFailed``. With a limiter, this process continues with that share of the limit.
        ``limit`` and the shares of all processes together must not exceed what the vendor allows.
    :param redis_is_new: whether an empty Redis is certainly new. The first ``acquire`` then does
        not wait until earlier bookings would have expired. For development and tests only: if Redis
        was restarted and lost its bookings, the vendor may see twice the limit.
    :param events: functions that are called with ``RedisAway``, ``RedisBack`` and ``RedisForgot``,
        which are also logged as warnings.
    :raises ValueError: a number is too small.
    :raises InvalidInput: the URL can't be read.
    """

    def __init__(
        self,
        limit: int,
        *,
        per: float,
        scope: str,
        url: str | SharedRedis = "redis://localhost:6379/0",
        timeout: float = 60.0,
        when_away: Literal["refuse"] | Limiter = "refuse",
        redis_is_new: bool = False,
        events: Sequence[Listener] = (),
    ) -> None:
        if limit < 1 or per <= 0 or timeout <= 0:
            raise ValueError("a window needs limit >= 1, per > 0 and timeout > 0 (seconds)")
        self._limit = limit
        self._per = per
        self._name = f"lms:limit:{{{hashlib.sha256(scope.encode()).hexdigest()[:32]}}}"
        # A slot may be used LATE seconds late, and the clock of Redis is known to within PATIENCE.
        lease = timeout + per + LATE + PATIENCE
        redis = SharedRedis(url) if isinstance(url, str) else url
        connection = RedisConnection(
            redis, self._name, limit=limit, per=per, lease=lease, new=redis_is_new
        )

        self._owner = redis.owner
        #: Why the window can't be used any more; blank if it can.
        self._end = ""
        self._session_task: asyncio.Task[None] | None = None
        self._waiters = WaitQueue()
        share = None if when_away == "refuse" else when_away
        self._bookings = Bookings(here=connection.here, grant=self._grant, share=share is not None)
        self._fallback = RedisFallback(
            self._name,
            redis.place,
            share,
            self._waiters,
            connection,
            grant=self._grant_from_share,
            ended=self._share_ended,
            events=checked_listeners(events),
        )
        self._session = RedisSession(
            connection,
            self._waiters,
            self._bookings,
            self._fallback,
            per=per,
            refuse=self._refuse_all,
        )

    def __repr__(self) -> str:
        unreachable = ", Redis unreachable" if self._fallback else ""
        return (
            f"<RedisWindow {self._limit} per {self._per:g} s, {self._name}: "
            f"{self.waiting} waiting{unreachable}>"
        )

    @property
    def waiting(self) -> int:
        """How many calls of this process wait in the queue."""
        return len(self._waiters)

    @property
    def rate(self) -> float:
        """Requests per second in the long run, of all processes together."""
        return self._limit / self._per

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Report the last responses to Redis, return unused bookings, and close the connections if
        no other window uses them.

        Calls that still wait are refused. Slots whose responses come later expire in Redis.
        """
        if self._owner.bound_loop is not None:
            self._owner.loop()
        self._end = self._end or "was closed"
        if self._session_task is not None:
            self._session_task.cancel()
            await asyncio.wait({self._session_task})
        self._refuse_all()

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", max_pause: float = inf
    ) -> FullSlot:
        """Wait for a slot.

        :param weight: 1; heavier requests are not supported through Redis.
        :param priority: ``interactive`` passes ``normal``, which keeps every fourth place, among
            the calls of this process.
        :param max_pause: the longest pause, in seconds, that the caller waits out.
        :raises InvalidInput: at once, for any other weight.
        :raises RateLimited: at once, if a pause is longer than ``max_pause``, also one that begins
            during the wait.
        :raises ConnectionFailed: Redis can't be reached, and there is no local share. Its
            ``counts_as_pause`` says whether Redis is likely to be reachable again soon.
        :raises ClientUnusable: the window is closed, on another event loop, or after a fork.
        """
        if weight != 1:
            raise InvalidInput(f"a weight of {weight} is not supported with Redis; use 1")
        loop = self._owner.loop()
        refusal = self._refusal()
        if refusal is not None:
            raise refusal
        if self.pause_left() > max_pause:
            raise RateLimited(429, retry_after=self.pause_left())
        self._start(loop)
        waiter = Waiter(loop.create_future(), weight, priority, max_pause)
        self._waiters.join(waiter)
        self._fallback.has_waiter.set()
        self._bookings.changed.set()
        turn: asyncio.Future[Slot | None] = waiter.turn
        try:
            slot = await turn
        except BaseException:  # cancelled, or the coroutine was closed
            if not turn.done() and not loop.is_closed():
                turn.cancel()
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._grant(turn.result())
            self._bookings.changed.set()
            raise
        if slot is None:
            self._bookings.changed.set()  # Redis may hold one ticket too many now
            raise RateLimited(429, retry_after=waiter.refused_pause or 0.0)
        return full_slot(slot)

    def pause(self, seconds: float, *, refusal: bool = True) -> None:
        """Send nothing from any process for ``seconds`` from now. An earlier pause is never
        shortened. While Redis can't be reached, the pause holds in this process, and Redis gets it
        later."""
        loop = self._owner.loop()
        self._start(loop)
        bookings = self._bookings
        bookings.pause_asked_until = max(bookings.pause_asked_until, loop.time() + seconds)
        self._fallback.pause(seconds)
        self._waiters.dismiss(bookings.pause_left())
        bookings.grant_due()
        bookings.changed.set()

    def pause_left(self) -> float:
        """Return the seconds until the pause ends, as far as this process knows; 0 without one."""
        self._owner.loop()
        return self._bookings.pause_left()

    # The waiting calls

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._session_task is None and not self._end:
            self._session_task = loop.create_task(self._session.run(), name="lms_async.RedisWindow")
            self._session_task.add_done_callback(self._session_ended)

    def _refusal(self) -> LmsError | None:
        if self._end:
            return ClientUnusable(f"this limiter {self._end}", hint="make a new RedisWindow")
        return self._fallback.refusal()

    def _refuse_all(self) -> None:
        refusal = self._refusal()
        if refusal is not None:
            self._waiters.refuse(refusal)

    def _grant(self, slot: Slot | None) -> None:
        """Give ``slot`` to the first waiter here, or return it."""
        waiter = self._waiters.first()
        if waiter is not None and slot is not None:
            self._waiters.leave(waiter, slot)
        elif slot is not None:
            full_slot(slot).unused()

    def _grant_from_share(self, slot: Slot) -> None:
        self._grant(slot)
        self._bookings.changed.set()  # Redis may hold one ticket too many now

    def _share_ended(self, task: asyncio.Task[None]) -> None:
        """Refuse all waiting calls if granting from the share has ended with an error."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._end = f"broke ({type(error).__name__})"
            log.error("the Redis that shares %s: the limiter broke", self._name, exc_info=error)
            self._refuse_all()

    def _session_ended(self, task: asyncio.Task[None]) -> None:
        """Start the session again if a call came while it ended because it was idle."""
        self._share_ended(task)
        if not task.cancelling():
            self._session_task = None
            if self._waiters.has_waiters or self._bookings.pause_left():
                self._start(task.get_loop())
