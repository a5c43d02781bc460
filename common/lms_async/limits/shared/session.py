"""The exchange of one process with the Redis that keeps its limit, also when connections break."""

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
    """Tells Redis what happened here, in as few calls as possible, and acts on its messages.

    :param refuse: refuses all waiting calls, if Redis can't serve them.
    """

    def __init__(
        self,
        line: RedisConnection,
        waiters: WaitQueue,
        departures: Bookings,
        away: RedisFallback,
        *,
        refuse: Callable[[], None],
    ) -> None:
        self._line = line
        self._waiters = waiters
        self._departures = departures
        self._away = away
        self._refuse = refuse
        #: How many tickets are queued in Redis for the calls that wait here.
        self.tickets = 0
        self.hanging_up = False
        self._in_touch_since: float | None = None
        #: The timer for a call of the script that has nothing to report.
        self._reminder: asyncio.TimerHandle | None = None

    async def keep(self) -> None:
        """Stay in touch with Redis until cancelled."""
        try:
            while not is_cancelled():
                try:
                    await self._be_in_touch()
                except Forgotten:
                    pass  # begin anew
                except BROKEN as error:
                    await self._lose_touch(error)
        finally:
            self._away.stop_feeding()
            await self._line.close()

    async def _be_in_touch(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._line.open() as (state, heard):
            if is_cancelled():
                return
            self.hanging_up = False
            self._in_touch_since = loop.time()
            self._away.ends()
            self._learn(state)
            self._departures.news.set()
            # Not a task group: in Python 3.11 it leaves its parent marked as cancelled.
            listening = loop.create_task(self._listen(heard))
            work = [loop.create_task(self._talk()), listening]
            try:
                await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # A running call is not cancelled: the slots that it was granted would be lost.
                self.hanging_up = True
                self._departures.news.set()
                listening.cancel()
                await asyncio.wait(work)
                # The exceptions are read here, also on closing. Otherwise asyncio would log them.
                errors = [task.exception() for task in work if not task.cancelled()]
                self._let_go()
                if is_cancelled():
                    with suppress(Forgotten, *BROKEN):
                        await self._say(farewell=True)
            for error in errors:
                if error is not None:
                    raise error

    def _let_go(self) -> None:
        """Drop the tickets and bookings of this session, which Redis forgets with it."""
        departures = self._departures
        departures.give_all_back()
        self.tickets = 0
        # Redis is told the pause again, in case it has lost it.
        departures.pause_asked_until = max(
            departures.pause_asked_until, self._line.here(departures.paused_until)
        )
        departures.paused_until = 0

    async def _talk(self) -> None:
        news = self._departures.news
        while not is_cancelled():
            await news.wait()
            news.clear()
            if self.hanging_up:
                return
            await self._say()

    async def _say(self, *, farewell: bool = False) -> None:
        """Tell Redis in one call all that happened since the last one."""
        departures = self._departures
        answered, unused = tuple(departures.answered), tuple(departures.unused)
        abandoned = tuple(departures.abandoned)
        pause_until = departures.pause_asked_until
        needed = 0 if farewell else len(self._waiters) - len(departures.booked) - self.tickets
        # A call whose booking could not be used is still first in the queue.
        front = max(0, min(len(unused), needed))
        reply = await self._line.call(
            pause=max(0.0, pause_until - asyncio.get_running_loop().time()),
            front=front,
            behind=needed - front,
            answered=answered,
            unused=unused,
            abandoned=abandoned,
        )
        del departures.answered[: len(answered)]
        del departures.unused[: len(unused)]
        del departures.abandoned[: len(abandoned)]
        if departures.pause_asked_until == pause_until:
            departures.pause_asked_until = 0.0
        self.tickets += max(0, needed) - reply.taken_back
        for booking in reply.granted:
            self._got(booking)
        self._learn(reply)
        departures.depart()

    def _got(self, booking: str) -> None:
        self.tickets -= 1
        self._departures.book(booking)

    def _learn(self, reply: Reply) -> None:
        loop = asyncio.get_running_loop()
        self._heed_pause(reply.paused)
        closed_for = self._line.here(reply.closed) - loop.time()
        if reply.closed > self._departures.closed_until and closed_for > 0:
            self._away.forgot(closed_for)
        self._departures.closed_until = reply.closed
        self._mind_share()
        if self._reminder is not None:
            self._reminder.cancel()
            self._reminder = None
        if reply.again:
            self._reminder = loop.call_at(self._line.here(reply.again), self._departures.news.set)

    def _heed_pause(self, until: int) -> None:
        if until > self._departures.paused_until:
            self._departures.paused_until = until
            left = self._departures.pause_left()
            self._away.pause(left)
            self._waiters.dismiss(left)

    async def _listen(self, heard: AsyncIterator[Booking | Pause | None]) -> None:
        async for message in heard:
            if isinstance(message, Booking):
                self._got(message.name)
            elif isinstance(message, Pause):
                self._heed_pause(message.until)
                if self._waiters.anybody:
                    self._departures.news.set()  # to learn when to ask again
            self._departures.depart()

    async def _lose_touch(self, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        since, self._in_touch_since = self._in_touch_since, None
        if since is not None and now - since > _TRY_AGAIN:
            return  # a broken connection is made again at once, before calls are refused
        self._away.begins(error)
        self._refuse()
        self._mind_share()
        await asyncio.sleep(_TRY_AGAIN)

    def _mind_share(self) -> None:
        closed_until = self._line.here(self._departures.closed_until)
        self._away.feed(closed=closed_until > asyncio.get_running_loop().time())
