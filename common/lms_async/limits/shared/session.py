"""Keep one process in step with the Redis that holds its limit, also when connections break."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ..queue import WaitQueue
from .bookings import Bookings
from .cancellation import finish, is_cancelled
from .client import BROKEN
from .connection import Booking, Forgotten, Pause, RedisConnection, Reply
from .fallback import RedisFallback
from .shared_redis import TRY_AGAIN

#: How long a window stays subscribed after all its slots are free, in seconds.
_KEPT_OPEN = 30.0


class RedisSession:
    """Reports to Redis what happened in this process, and acts on the messages from Redis.

    All that happened since the last report goes into one call of the script.

    :param per: the period of the window, in seconds.
    :param refuse: makes all waiting calls fail, if Redis can't serve them.
    """

    def __init__(
        self,
        connection: RedisConnection,
        waiters: WaitQueue,
        bookings: Bookings,
        fallback: RedisFallback,
        *,
        per: float,
        refuse: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._waiters = waiters
        self._bookings = bookings
        self._fallback = fallback
        self._per = per
        self._refuse = refuse
        #: How many tickets are queued in Redis for the calls that wait here.
        self.tickets = 0
        self.closing = False
        self._connected_since: float | None = None
        #: The timer for a call of the script that has nothing to report.
        self._reminder: asyncio.TimerHandle | None = None
        #: The timer for looking whether the window is idle.
        self._idle_timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Connect to Redis, and connect again after failures, until idle or cancelled."""
        self._connection.join()
        idle = False
        try:
            while not idle and not is_cancelled():
                try:
                    idle = await self._run_connected()
                except Forgotten:
                    pass  # start again with a new session
                except BROKEN as error:
                    if not is_cancelled():
                        await self._handle_disconnect(error)
        finally:
            self._fallback.stop_share()
            try:
                if self._connected_since is not None and not idle:
                    with suppress(*BROKEN):
                        await self._report(last=True)
            finally:
                self._cancel_timers()
                await self._connection.leave()

    async def _run_connected(self) -> bool:
        """Serve the waiting calls. Return ``True`` when there have been none for some time."""
        loop = asyncio.get_running_loop()
        try:
            kept = self._bookings.kept()
            async with self._connection.open(self._receive, kept=kept) as (state, ended):
                self.closing = False
                self._connected_since = loop.time()
                self._fallback.ends()
                self._apply_reply(state)
                self._bookings.changed.set()
                # Not a task group: in Python 3.11 it leaves its parent marked as cancelled.
                reporting = loop.create_task(self._report_until_idle())
                try:
                    await asyncio.wait((reporting, ended), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    # Do not cancel a running call of the script: its granted slots would be lost.
                    self.closing = True
                    self._bookings.changed.set()
                    await finish(reporting)
                    # Retrieve the exception, or asyncio would log it.
                    failed = None if reporting.cancelled() else reporting.exception()
                    self._reset()
                if ended.done():
                    raise ended.result().with_traceback(None)
                if failed is not None:
                    raise failed
                return not reporting.cancelled() and reporting.result()
        finally:
            self._reset()  # bookings that came while the window unsubscribed

    def _reset(self) -> None:
        """Drop the tickets and bookings of this session. Redis drops them too."""
        bookings = self._bookings
        bookings.give_all_back()
        self.tickets = 0
        # Report the pause again, in case Redis has lost it.
        bookings.pause_asked_until = max(
            bookings.pause_asked_until, self._connection.here(bookings.paused_until)
        )
        bookings.paused_until = 0

    async def _report_until_idle(self) -> bool:
        changed = self._bookings.changed
        while True:
            await changed.wait()
            changed.clear()
            if self.closing:
                return False
            await self._report()
            if self._is_idle():
                return True

    def _is_idle(self) -> bool:
        """Whether no call waits, and all slots of this process have been free for some time.

        While a slot may be busy, the window stays subscribed. Otherwise a process that begins after
        Redis has lost the window's state would take the window for new.
        """
        bookings = self._bookings
        if self._waiters.has_waiters or self.tickets or bookings.in_use or bookings.waiting:
            return False
        loop, here = asyncio.get_running_loop(), self._connection.here
        held_until = max(here(bookings.closed_until), here(bookings.paused_until))
        quiet_since = max(bookings.ended_at + self._per, held_until, bookings.pause_asked_until)
        idle_from = quiet_since + _KEPT_OPEN
        if loop.time() >= idle_from:
            return True
        if self._idle_timer is None:
            self._idle_timer = loop.call_at(idle_from, self._check_again)
        return False

    def _check_again(self) -> None:
        self._idle_timer = None
        self._bookings.changed.set()

    def _cancel_timers(self) -> None:
        for timer in (self._reminder, self._idle_timer):
            if timer is not None:
                timer.cancel()
        self._reminder = self._idle_timer = None

    async def _report(self, *, last: bool = False) -> None:
        """Report to Redis, in one call, all that happened since the last report."""
        bookings = self._bookings
        answered, unused = tuple(bookings.answered), tuple(bookings.unused)
        abandoned = tuple(bookings.abandoned)
        pause_until = bookings.pause_asked_until
        confirm = () if last else bookings.begin_confirming(self._connection.round_trip)
        needed = 0 if last else len(self._waiters) - bookings.waiting - self.tickets
        # Calls whose bookings were returned unused have waited longest, so they go to the front.
        front = max(0, min(len(unused), needed))
        reply = await self._connection.call(
            pause=max(0.0, pause_until - asyncio.get_running_loop().time()),
            front=front,
            behind=needed - front,
            answered=answered,
            unused=unused,
            abandoned=abandoned,
            confirm=confirm,
        )
        del bookings.answered[: len(answered)]
        del bookings.unused[: len(unused)]
        del bookings.abandoned[: len(abandoned)]
        if bookings.pause_asked_until == pause_until:
            bookings.pause_asked_until = 0.0
        self.tickets += max(0, needed) - reply.taken_back
        bookings.end_confirming(reply.confirmed)
        for booking in reply.granted:
            self._add_booking(booking, is_confirmed=True)
        for booking in reply.booked:
            self._add_booking(booking, is_confirmed=False)
        self._apply_reply(reply)
        bookings.grant_due()

    def _add_booking(self, booking: str, *, is_confirmed: bool) -> None:
        self.tickets -= 1
        self._bookings.book(booking, is_confirmed=is_confirmed)

    def _apply_reply(self, reply: Reply) -> None:
        loop = asyncio.get_running_loop()
        self._apply_pause(reply.paused)
        closed_for = self._connection.here(reply.closed) - loop.time()
        if reply.closed > self._bookings.closed_until and closed_for > 0:
            self._fallback.forgot(closed_for)
        self._bookings.closed_until = reply.closed
        self._update_share()
        if self._reminder is not None:
            self._reminder.cancel()
            self._reminder = None
        if reply.ask_again_at:
            when = self._connection.here(reply.ask_again_at)
            self._reminder = loop.call_at(when, self._bookings.changed.set)

    def _apply_pause(self, until: int) -> None:
        if until > self._bookings.paused_until:
            self._bookings.paused_until = until
            left = self._bookings.pause_left()
            self._fallback.pause(left)
            self._waiters.dismiss(left)

    def _receive(self, message: Booking | Pause) -> None:
        if isinstance(message, Booking):
            self._add_booking(message.name, is_confirmed=False)
        else:
            self._apply_pause(message.until)
            if self._waiters.has_waiters:
                self._bookings.changed.set()  # to learn when to ask again
        if not self.closing:
            self._bookings.grant_due()

    async def _handle_disconnect(self, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        since, self._connected_since = self._connected_since, None
        if since is not None and now - since > TRY_AGAIN:
            return  # connect again at once; refuse calls only if that fails
        self._fallback.begins(error)
        self._refuse()
        self._update_share()
        await self._connection.wait_to_try_again()

    def _update_share(self) -> None:
        closed_until = self._connection.here(self._bookings.closed_until)
        self._fallback.update_share(closed=closed_until > asyncio.get_running_loop().time())
