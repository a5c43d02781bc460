"""A vendor's limit, kept exactly by many processes and hosts together, through Redis.

The rule is that of :class:`~lms_async.limit.Window`: a slot is busy from the departure until one
period after the answer. Who wants to depart leaves a ticket in Redis; the call that brings in an
answer also books the slot for whoever stands first in the queue, and tells that process the moment,
one period ahead. So a permit costs one call of the script ``redis_line.lua``, which carries all
that a process has to say at that moment, and nobody polls.

What can go wrong errs on the side of too few departures. A booking whose process died, or whose
message was lost, holds its slot until its request can't arrive any more, and then lapses. When
Redis may have forgotten bookings (a restart, a failover, an eviction), nothing departs until they
all would have lapsed.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from math import inf
from types import TracebackType
from typing import Literal, Self

from .errors import ClientUnusable, InvalidInput, LmsError, RateLimited
from .events import Listener
from .home import Home
from .limit import Limiter, Slot
from .line import Line as Waiters
from .line import Priority, Waiter
from .redis_away import Away
from .redis_line import (
    BROKEN,
    PATIENCE,
    Booking,
    Forgotten,
    Line,
    Pause,
    Reply,
    departure,
    is_cancelled,
)

log = logging.getLogger("lms_async")

#: How late a booking may be used, in seconds: a process that was held up for longer gives it back.
_LATE = 1.0
#: Seconds between attempts to reach Redis again.
_TRY_AGAIN = 0.25


class _Booked:
    """A slot that is booked in Redis."""

    __slots__ = ("_window", "booking")

    def __init__(self, window: RedisWindow, booking: str) -> None:
        self._window: RedisWindow | None = window
        self.booking = booking

    def answered(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            window._tell_answered(self.booking)


class RedisWindow:
    """At most ``limit`` arrivals at the server in any ``per`` seconds, from all processes that name
    the same ``scope`` on the same Redis; first come, first served among all of them.

    It belongs to the event loop and the process that it is first used in: each worker makes its
    own. Close it, or use it as an async context manager, so that the last answers are told.

    :param limit: requests, at least 1; the same in all processes.
    :param per: seconds, above 0; the same in all processes.
    :param scope: what the vendor counts by, e.g. an account's key or a host. Redis sees its hash.
    :param url: ``redis://``, ``rediss://`` or ``unix://``; Redis 6.2 or later, or Valkey, not a
        cluster.
    :param timeout: seconds, at least the timeout of the clients that use it: a booking that was
        never answered lapses ``timeout + per`` after its departure, and a few seconds.
    :param when_away: what to do while Redis can't be reached. ``"refuse"``: ``acquire`` raises
        ``ConnectionFailed``. A window of this process alone: go on with that share, which is set
        aside: ``limit`` and the shares of all processes together are what the vendor allows.
    :param events: told :class:`~lms_async.redis_away.RedisAway`, ``RedisBack`` and ``RedisForgot``,
        which are logged as warnings too.
    :raises ValueError: for a window without room.
    :raises InvalidInput: for a URL that can't be read.
    """

    def __init__(
        self,
        limit: int,
        *,
        per: float,
        scope: str,
        url: str = "redis://localhost:6379/0",
        timeout: float = 60.0,
        when_away: Literal["refuse"] | Limiter = "refuse",
        events: Sequence[Listener] = (),
    ) -> None:
        if limit < 1 or per <= 0 or timeout <= 0:
            raise ValueError("a window needs limit >= 1, per > 0 and timeout > 0 (seconds)")
        self._limit = limit
        self._per = per
        self._name = f"lms:limit:{{{hashlib.sha256(scope.encode()).hexdigest()[:32]}}}"
        # Late by no more than _LATE, and by what is not known of the clock of Redis.
        lease = timeout + per + _LATE + PATIENCE
        self._line = Line(url, self._name, limit=limit, per=per, lease=lease)

        self._home = Home("this limiter", "make a new RedisWindow there, of the same scope")
        #: Why it can't be used any more.
        self._end = ""
        self._in_touch_since: float | None = None
        self._keeping: asyncio.Task[None] | None = None

        # Who waits here, how many tickets stand in Redis for them, and what is booked for them.
        self._waiters = Waiters()
        self._away = Away(
            self._name,
            None if when_away == "refuse" else when_away,
            self._waiters,
            hand=self._hand_of_share,
            ended=self._ended,
            events=tuple(events),
        )
        self._tickets = 0
        self._held: list[tuple[int, str]] = []
        self._departing: asyncio.TimerHandle | None = None
        # What Redis is to be told, and when to ask it although there is nothing to tell.
        self._news = asyncio.Event()
        self._hanging_up = False
        self._answered: list[str] = []
        self._unused: list[str] = []
        self._pause_asked_until = 0.0
        self._reminder: asyncio.TimerHandle | None = None
        # Until when nobody departs, in microseconds on the clock of Redis.
        self._paused_until = 0
        self._closed_until = 0

    def __repr__(self) -> str:
        away = ", Redis away" if self._away else ""
        return (
            f"<RedisWindow {self._limit} per {self._per:g} s, {self._name}: "
            f"{self.waiting} waiting{away}>"
        )

    @property
    def waiting(self) -> int:
        """How many callers of this process stand in the queue."""
        return len(self._waiters)

    @property
    def rate(self) -> float:
        """Requests per second that it would let go for ever, to all processes together."""
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
        """Tell Redis the last answers, give back what was not used, and close the connections.

        Whoever still waits is refused. Slots that are answered later lapse by themselves.
        """
        if self._home.settled is not None:
            self._home.loop()
        self._end = self._end or "was closed"
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        self._refuse_all()

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", patience: float = inf
    ) -> Slot:
        """Wait for a slot.

        :param weight: 1; a request that uses more of a limit can't share it through Redis.
        :param priority: ``interactive`` goes before ``normal``, which keeps every fourth place,
            among the waiters of this process.
        :param patience: the longest pause, in seconds, that is waited out.
        :raises InvalidInput: at once, for any other weight.
        :raises RateLimited: at once, for a pause longer than ``patience``, also one that comes
            while the caller waits.
        :raises ConnectionFailed: Redis can't be reached, and no share was set aside for that.
        :raises ClientUnusable: closed, on another event loop than before, or after a fork.
        """
        if weight != 1:
            raise InvalidInput(f"a weight of {weight} can't be booked in Redis; 1 can")
        loop = self._home.loop()
        refusal = self._refusal()
        if refusal is not None:
            raise refusal
        if self.pause_left() > patience:
            raise RateLimited(429, retry_after=self.pause_left())
        self._start(loop)
        waiter = Waiter(loop.create_future(), weight, priority, patience)
        self._waiters.join(waiter)
        self._away.asked.set()
        self._news.set()
        turn: asyncio.Future[Slot | None] = waiter.turn
        try:
            slot = await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._hand(turn.result())
            self._news.set()
            raise
        if slot is None:
            self._news.set()  # a ticket may be too many now
            raise RateLimited(429, retry_after=waiter.asked or 0.0)
        return slot

    def pause(self, seconds: float) -> None:
        """Let nobody in any process depart for ``seconds`` from now; never shortens an earlier
        pause. While Redis can't be reached it holds in this process, and is told later."""
        loop = self._home.loop()
        self._start(loop)
        until = loop.time() + seconds
        self._pause_asked_until = max(self._pause_asked_until, until)
        self._away.pause(seconds)
        self._waiters.dismiss(self.pause_left())
        self._depart()
        self._news.set()

    def pause_left(self) -> float:
        """Seconds until the pause is over, as far as this process has heard; 0 without one."""
        now = self._home.loop().time()
        until = max(self._pause_asked_until, self._line.here(self._paused_until))
        if self._away.share is None:
            until = max(until, self._line.here(self._closed_until))
        return until - now if until - now > 1e-5 else 0.0  # less is the rounding of clocks

    # Who waits

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._keeping is None and not self._end:
            self._keeping = loop.create_task(self._keep(), name="lms_async.RedisWindow")
            self._keeping.add_done_callback(self._ended)

    def _refusal(self) -> LmsError | None:
        if self._end:
            return ClientUnusable(f"this limiter {self._end}", hint="make a new RedisWindow")
        return self._away.refusal()

    def _refuse_all(self) -> None:
        refusal = self._refusal()
        if refusal is not None:
            self._waiters.refuse(refusal)

    def _hand(self, slot: Slot | None) -> None:
        """Give ``slot`` to whoever stands first here, or else back."""
        waiter = self._waiters.first()
        if waiter is not None and slot is not None:
            self._waiters.leave(waiter, slot)
        elif isinstance(slot, _Booked):
            self._give_back(slot.booking)
        elif slot is not None:
            slot.answered()

    def _give_back(self, *bookings: str) -> None:
        self._unused.extend(bookings)
        self._news.set()

    def _tell_answered(self, booking: str) -> None:
        self._answered.append(booking)
        self._news.set()

    # What is booked

    def _got(self, booking: str) -> None:
        self._tickets -= 1
        heapq.heappush(self._held, (departure(booking), booking))

    def _depart(self) -> None:
        """Let those go whose moment has come, and set the timer for the next."""
        if self._departing is not None:
            self._departing.cancel()
            self._departing = None
        if self._held and self.pause_left():
            self._give_back(*(booking for _, booking in self._held))
            self._held.clear()
        loop = self._home.loop()
        while self._held:
            moment, booking = self._held[0]
            late = loop.time() - self._line.here(moment)
            if late < 0:
                self._departing = loop.call_at(self._line.here(moment), self._depart)
                break
            heapq.heappop(self._held)
            if late > _LATE:
                self._give_back(booking)
            else:
                self._hand(_Booked(self, booking))

    # What is said and heard

    async def _keep(self) -> None:
        """Stay in touch with Redis until closed."""
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
        loop = self._home.loop()
        async with self._line.open() as (state, heard):
            if is_cancelled():
                return
            self._hanging_up = False
            self._in_touch_since = loop.time()
            self._away.ends()
            self._learn(state)
            self._news.set()
            # Not a task group: in Python 3.11 it leaves its parent marked as cancelled.
            listening = loop.create_task(self._listen(heard))
            work = [loop.create_task(self._talk()), listening]
            try:
                await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # A call that is under way is not cut: what it was granted would be lost.
                self._hanging_up = True
                self._news.set()
                listening.cancel()
                await asyncio.wait(work)
                # Asked for here, also when this is being closed: asyncio would log them else.
                errors = [task.exception() for task in work if not task.cancelled()]
                self._let_go()
                if is_cancelled():
                    with suppress(Forgotten, *BROKEN):
                        await self._say(farewell=True)
            for error in errors:
                if error is not None:
                    raise error

    def _let_go(self) -> None:
        """What was said to this session ends with it: its tickets, and bookings to come."""
        self._unused += [booking for _, booking in self._held]
        self._held.clear()
        self._tickets = 0
        # Should Redis forget the pause, it is told again.
        self._pause_asked_until = max(self._pause_asked_until, self._line.here(self._paused_until))
        self._paused_until = 0

    async def _talk(self) -> None:
        while not is_cancelled():
            await self._news.wait()
            self._news.clear()
            if self._hanging_up:
                return
            await self._say()

    async def _say(self, *, farewell: bool = False) -> None:
        """One call: all that there is to say by now."""
        answered, unused = tuple(self._answered), tuple(self._unused)
        pause_until = self._pause_asked_until
        needed = 0 if farewell else len(self._waiters) - len(self._held) - self._tickets
        # Who had a booking that could not be used is still the first.
        front = max(0, min(len(unused), needed))
        reply = await self._line.call(
            pause=max(0.0, pause_until - self._home.loop().time()),
            front=front,
            behind=needed - front,
            answered=answered,
            unused=unused,
        )
        del self._answered[: len(answered)]
        del self._unused[: len(unused)]
        if self._pause_asked_until == pause_until:
            self._pause_asked_until = 0.0
        self._tickets += max(0, needed) - reply.taken_back
        for booking in reply.granted:
            self._got(booking)
        self._learn(reply)
        self._depart()

    def _learn(self, reply: Reply) -> None:
        loop = self._home.loop()
        self._heed_pause(reply.paused)
        closed_for = self._line.here(reply.closed) - loop.time()
        if reply.closed > self._closed_until and closed_for > 0:
            self._away.forgot(closed_for)
        self._closed_until = reply.closed
        self._mind_share()
        if self._reminder is not None:
            self._reminder.cancel()
            self._reminder = None
        if reply.again:
            self._reminder = loop.call_at(self._line.here(reply.again), self._news.set)

    def _heed_pause(self, until: int) -> None:
        if until > self._paused_until:
            self._paused_until = until
            self._away.pause(self.pause_left())
            self._waiters.dismiss(self.pause_left())

    async def _listen(self, heard: AsyncIterator[Booking | Pause]) -> None:
        async for message in heard:
            if isinstance(message, Booking):
                self._got(message.name)
            else:
                self._heed_pause(message.until)
                if self._waiters.anybody:
                    self._news.set()  # to hear when to ask again
            self._depart()

    # When Redis is away

    async def _lose_touch(self, error: Exception) -> None:
        now = self._home.loop().time()
        since, self._in_touch_since = self._in_touch_since, None
        if since is not None and now - since > _TRY_AGAIN:
            return  # a connection that broke is made again at once, before anybody is refused
        self._away.begins(error)
        self._refuse_all()
        self._mind_share()
        await asyncio.sleep(_TRY_AGAIN)

    def _mind_share(self) -> None:
        closed_until = self._line.here(self._closed_until)
        self._away.feed(closed=closed_until > self._home.loop().time())

    def _hand_of_share(self, slot: Slot) -> None:
        self._hand(slot)
        self._news.set()  # a ticket may be too many now

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nobody waits for what will not come."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._end = f"broke ({type(error).__name__})"
            log.error("the Redis that shares %s: the limiter broke", self._name, exc_info=error)
            self._refuse_all()
