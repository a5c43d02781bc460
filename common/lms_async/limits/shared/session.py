"""Keep one process in step with the Redis that holds its limit, also when connections break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from ..queue import WaitQueue
from .bookings import Bookings
from .connection import BROKEN, Booking, Forgotten, Pause, RedisConnection, Reply, is_cancelled
from .fallback import RedisFallback

#: Seconds between attempts to reach Redis again.
_TRY_AGAIN = 0.25


class RedisSession:
    """Reports to Redis what happened in this process, and acts on the messages from Redis.

    All that happened since the last report goes into one call of the script.

    :param refuse: makes all waiting calls fail, if Redis can't serve them.
    """

    def __init__(
        self,
        connection: RedisConnection,
        waiters: WaitQueue,
        bookings: Bookings,
        fallback: RedisFallback,
        *,
        refuse: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._waiters = waiters
        self._bookings = bookings
        self._fallback = fallback
        self._refuse = refuse
        #: How many tickets are queued in Redis for the calls that wait here.
        self.tickets = 0
        self.closing = False
        self._connected_since: float | None = None
        #: The timer for a call of the script that has nothing to report.
        self._reminder: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Connect to Redis, and connect again after failures, until cancelled."""
        try:
            while not is_cancelled():
                try:
                    await self._run_connected()
                except Forgotten:
                    pass  # start again with a new session
                except BROKEN as error:
                    await self._handle_disconnect(error)
        finally:
            self._fallback.stop_share()
            await self._connection.close()

    async def _run_connected(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._connection.open() as (state, messages):
            if is_cancelled():
                return
            self.closing = False
            self._connected_since = loop.time()
            self._fallback.ends()
            self._apply_reply(state)
            self._bookings.changed.set()
            # Not a task group: in Python 3.11 it leaves its parent marked as cancelled.
            receiving = loop.create_task(self._receive(messages))
            work = [loop.create_task(self._report_when_changed()), receiving]
            try:
                await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # Do not cancel a running call of the script: its granted slots would be lost.
                self.closing = True
                self._bookings.changed.set()
                receiving.cancel()
                await asyncio.wait(work)
                # Retrieve the exceptions, or asyncio would log them.
                errors = [task.exception() for task in work if not task.cancelled()]
                self._reset()
                if is_cancelled():
                    with suppress(Forgotten, *BROKEN):
                        await self._report(last=True)
            for error in errors:
                if error is not None:
                    raise error

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

    async def _report_when_changed(self) -> None:
        changed = self._bookings.changed
        while not is_cancelled():
            await changed.wait()
            changed.clear()
            if self.closing:
                return
            await self._report()

    async def _report(self, *, last: bool = False) -> None:
        """Report to Redis, in one call, all that happened since the last report."""
        bookings = self._bookings
        answered, unused = tuple(bookings.answered), tuple(bookings.unused)
        abandoned = tuple(bookings.abandoned)
        pause_until = bookings.pause_asked_until
        needed = 0 if last else len(self._waiters) - len(bookings.booked) - self.tickets
        # Calls whose bookings were returned unused have waited longest, so they go to the front.
        front = max(0, min(len(unused), needed))
        reply = await self._connection.call(
            pause=max(0.0, pause_until - asyncio.get_running_loop().time()),
            front=front,
            behind=needed - front,
            answered=answered,
            unused=unused,
            abandoned=abandoned,
        )
        del bookings.answered[: len(answered)]
        del bookings.unused[: len(unused)]
        del bookings.abandoned[: len(abandoned)]
        if bookings.pause_asked_until == pause_until:
            bookings.pause_asked_until = 0.0
        self.tickets += max(0, needed) - reply.taken_back
        for booking in reply.granted:
            self._add_booking(booking)
        self._apply_reply(reply)
        bookings.grant_due()

    def _add_booking(self, booking: str) -> None:
        self.tickets -= 1
        self._bookings.book(booking)

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

    async def _receive(self, messages: AsyncIterator[Booking | Pause | None]) -> None:
        async for message in messages:
            if isinstance(message, Booking):
                self._add_booking(message.name)
            elif isinstance(message, Pause):
                self._apply_pause(message.until)
                if self._waiters.has_waiters:
                    self._bookings.changed.set()  # to learn when to ask again
            self._bookings.grant_due()

    async def _handle_disconnect(self, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        since, self._connected_since = self._connected_since, None
        if since is not None and now - since > _TRY_AGAIN:
            return  # connect again at once; refuse calls only if that fails
        self._fallback.begins(error)
        self._refuse()
        self._update_share()
        await asyncio.sleep(_TRY_AGAIN)

    def _update_share(self) -> None:
        closed_until = self._connection.here(self._bookings.closed_until)
        self._fallback.update_share(closed=closed_until > asyncio.get_running_loop().time())
