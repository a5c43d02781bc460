"""Keep a vendor's rate limit exactly.

A vendor counts arrivals, and a request arrives at some moment between sending and its response. So
a slot of a :class:`Window` is busy until one period after the response. The next request with that
slot is sent, and so arrives, at least one period after the last one arrived. No jitter and no kind
of counting window on the server can then lead to a refusal. The price is that at most
``per / (per + latency)`` of the limit is used.

A request whose caller was cancelled may still arrive. Its slot stays busy until one period after
the moment from which it can't arrive any more. A slot with which no request was sent is free at
once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import inf

from ..errors import InvalidInput, RateLimited
from ..events import Learned, Listener, SlotsInUse, checked_listeners, tell
from ..loop_owner import LoopOwner
from .learning import LearnedLimit, Learning
from .queue import Priority, Waiter, WaitQueue
from .slot import FullSlot
from .slots import Slots
from .usage import Usage

#: For how many periods after an interactive call normal calls are sent evenly spread.
_STAYS_SPREAD = 10


class _WindowSlot:
    __slots__ = ("_sent_at", "_weight", "_window")

    def __init__(self, window: Window, weight: int, sent_at: float) -> None:
        self._window: Window | None = window
        self._weight = weight
        self._sent_at = sent_at

    def answered(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            window._answered(self._weight, self._sent_at)

    def unused(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            window._unused(self._weight)

    def abandoned(self, seconds: float) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            window._abandoned(self._weight, seconds)


class Window:
    """At most ``limit`` arrivals at the server in any ``per`` seconds; first come, first served.

    ``Window(15, per=5)`` is one limit. :meth:`together` holds several limits at once. A window
    belongs to the event loop on which it is first used. All waiting calls share one timer, and a
    cancelled call loses no slot.

    An interactive call takes the next free slot. While such calls come, normal calls are sent
    evenly spread over the period, so that the next free slot is never a whole period away.

    :param limit: requests, at least 1.
    :param per: seconds, above 0.
    :param learn: find out from refusals how much less than ``limit`` the vendor allows and how
        early a slot may be free again. An earlier :attr:`learned_limit` can be given here. Learning
        costs a refusal now and then; without it no request is refused.
    :param events: functions that are called when something was learned, see
        :mod:`lms_async.events`.
    :param after: a window of the same limit that was used on an event loop which has ended. The
        slots that it used and its pause count here too.
    """

    def __init__(
        self,
        limit: int,
        *,
        per: float,
        learn: bool | LearnedLimit = False,
        events: Sequence[Listener] = (),
        after: Window | None = None,
    ) -> None:
        if limit < 1 or not 0 < per < inf:
            raise ValueError("a window needs limit >= 1 and per > 0 (seconds)")
        self._learning: Learning | None = None
        if learn:
            self._learning = Learning(
                limit, per, learn if isinstance(learn, LearnedLimit) else None
            )
        self._slots: tuple[Slots, ...] = (Slots(limit, per, self._learning),)
        self._usage = Usage(self._slots)
        self._former: list[Usage] = []
        if after is not None:
            self._former += [*(one for one in after._former if not one.is_over), after._usage]
        self._most_weight = limit
        self._events = checked_listeners(events)
        self._reported = self.learned_limit
        self._queue = WaitQueue()
        self._normal_sent_at = -inf
        self._interactive_at = -inf
        self._timer: asyncio.TimerHandle | None = None
        self._owner = LoopOwner("this limiter", "make a new Window there, with after=this one")

    @classmethod
    def together(cls, *windows: Window) -> Window:
        """Return a window that keeps the limits of all ``windows``, e.g. 15 in 5 s and 1,000 in an
        hour. The given windows only describe the limits and are not used themselves.

        :raises ValueError: there are no windows, or one of them learns. A refusal does not tell
            which of several limits it is about.
        """
        if not windows or any(window._learning for window in windows):
            raise ValueError("at least one window, and none that learns")
        first, *others = (slots for window in windows for slots in window._slots)
        joined = cls(first.most, per=first.per)
        joined._slots += tuple(Slots(slots.most, slots.per) for slots in others)
        joined._usage.slots = joined._slots
        joined._most_weight = min(slots.most for slots in joined._slots)
        return joined

    def __repr__(self) -> str:
        limits = " and ".join(f"{slots.limit} per {slots.per:g} s" for slots in self._slots)
        if self._learning is not None:
            guard = self._learning.learned_limit.guard
            shown = "" if guard is None else f", guard {guard:.3f} s"
            limits += f" (learned, of at most {self._slots[0].most}{shown})"
        return f"<Window {limits}: {self._slots[0].out} in flight, {self.waiting} waiting>"

    @property
    def waiting(self) -> int:
        """How many calls wait in the queue."""
        return len(self._queue)

    @property
    def rate(self) -> float:
        """Requests per second in the long run, at most."""
        return min(slots.limit / slots.per for slots in self._slots)

    @property
    def learned_limit(self) -> LearnedLimit | None:
        """What was learned so far, for ``learn`` next time; ``None`` without learning."""
        return None if self._learning is None else self._learning.learned_limit

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", max_pause: float = inf
    ) -> FullSlot:
        """Wait for a slot.

        :param weight: how many slots the request uses, at least 1.
        :param priority: ``interactive`` passes ``normal``, which keeps every fourth place.
        :param max_pause: the longest pause, in seconds, that the caller waits out.
        :raises InvalidInput: at once, if the weight is above the limit.
        :raises RateLimited: at once, if a pause is longer than ``max_pause``, also one that begins
            during the wait.
        :raises ClientUnusable: on another event loop than before, or after a fork.
        """
        if not 1 <= weight <= self._most_weight:
            raise InvalidInput(f"a weight of {weight} does not fit {self!r}")
        loop = self._loop()
        now = loop.time()
        if self._usage.paused_until - now > max_pause:
            raise RateLimited(429, retry_after=self._usage.paused_until - now)
        if priority == "interactive":
            self._interactive_at = now
        if not self._queue.has_waiters and self._opens_at(weight, priority, now) == now:
            self._take_slots(weight, priority, now)
            return _WindowSlot(self, weight, now)
        waiter = Waiter(loop.create_future(), weight, priority, max_pause)
        self._queue.join(waiter)
        if self._queue.first() is waiter:
            self._wake()
        try:
            await waiter.turn
        except BaseException:  # cancelled, or the coroutine was closed
            if not waiter.turn.done() and not loop.is_closed():
                waiter.turn.cancel()
            if not waiter.turn.done() or waiter.turn.cancelled():
                self._wake()  # the first waiter may be gone, so set the timer for the next one
            elif waiter.refused_pause is None:
                self._unused(weight)
            raise
        if waiter.refused_pause is not None:
            raise RateLimited(429, retry_after=waiter.refused_pause)
        return _WindowSlot(self, weight, loop.time())

    def pause(self, seconds: float, *, refusal: bool = True) -> None:
        """Send nothing for ``seconds`` from now. An earlier pause is never shortened.

        :param refusal: whether the vendor refused a request for its rate limit. A window that
            learns takes that into account.
        """
        now = self._loop().time()
        self._usage.paused_until = max(self._usage.paused_until, now + seconds)
        self._queue.dismiss(self._usage.paused_until - now)
        if self._learning is not None and refusal:
            self._learning.refused(now, self._usage.paused_until)
            self._tell()
        self._wake()

    def pause_left(self) -> float:
        """Return the seconds until the pause ends; 0 without one."""
        return max(0.0, self._usage.paused_until - self._loop().time())

    def slots_in_use(self) -> tuple[SlotsInUse, ...]:
        """Return how many slots of each limit are busy now. It may be called from any thread.

        It returns nothing before the first use and after the event loop has ended.
        """
        loop = self._owner.bound_loop
        if loop is None or loop.is_closed():
            return ()
        now = loop.time()
        return tuple(SlotsInUse(one.limit, one.per, one.busy(now)) for one in self._slots)

    def continues(self, former: Sequence[Usage]) -> Usage:
        """Count what other windows of this limit have used as used here too.

        Call it again after another event loop has used the limit.

        :param former: what this method returned for each of those windows.
        :returns: the record of what this window uses from now on.
        """
        self._former = [one for one in former if one is not self._usage]
        if self._owner.bound_loop is not None:
            self._usage.take_over(self._former, self._owner.loop().time())
        return self._usage

    def _loop(self) -> asyncio.AbstractEventLoop:
        """Return the running event loop, if it is the window's own."""
        new = self._owner.bound_loop is None
        loop = self._owner.loop()
        if new:
            self._usage.begins_on(loop)
            self._usage.take_over(self._former, loop.time())
        self._usage.used(loop.time())
        return loop

    def _opens_at(self, weight: int, priority: Priority, now: float) -> float | None:
        """Return when such a request may be sent or should be checked again.

        ``now`` means that it may be sent. ``None`` means that a response must come first.
        """
        when = self._usage.paused_until
        if priority == "normal" and self._interactive_at > -inf:
            when = max(when, self._spread_until(now))
        if when > now:
            return when
        when = now
        for slots in self._slots:
            opens = slots.opens_at(weight, now)
            if opens is None:
                return None
            when = max(when, opens)
        return when

    def _spread_until(self, now: float) -> float:
        """Return when the next normal request may be sent without delaying interactive ones."""
        quickest = max(self._slots, key=lambda slots: slots.limit / slots.per)
        if now - self._interactive_at > _STAYS_SPREAD * quickest.per:
            return -inf
        return self._normal_sent_at + quickest.per / quickest.limit

    def _take_slots(self, weight: int, priority: Priority, now: float) -> None:
        for slots in self._slots:
            slots.take(weight)
        if priority == "normal":
            self._normal_sent_at = now

    def _answered(self, weight: int, sent_at: float) -> None:
        loop = self._owner.bound_loop
        assert loop is not None  # noqa: S101 - a slot exists only after acquire()
        now = loop.time()
        self._usage.used(now)
        for slots in self._slots:
            slots.answered(weight, sent_at, now)
        if self._learning is not None:
            self._tell()
        if self._queue.has_waiters:
            self._wake()

    def _unused(self, weight: int) -> None:
        """Give slots with which no request was sent to the next waiter."""
        for slots in self._slots:
            slots.unused(weight)
        self._wake()

    def _abandoned(self, weight: int, seconds: float) -> None:
        loop = self._owner.bound_loop
        assert loop is not None  # noqa: S101 - a slot exists only after acquire()
        now = loop.time()
        self._usage.used(now)
        until = now + seconds
        for slots in self._slots:
            slots.abandoned(weight, until)
        if self._queue.has_waiters:
            self._wake()

    def _wake(self) -> None:
        """Send the waiters whose turn it is, and set the timer for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = self._owner.bound_loop
        assert loop is not None  # noqa: S101 - only after acquire() or pause()
        if loop.is_closed():
            return  # an unfinished request is being garbage-collected, and no waiter can continue
        now = loop.time()
        while True:
            waiter = self._queue.first()
            if waiter is None:
                return
            when = self._opens_at(waiter.weight, waiter.priority, now)
            if when is None:
                return  # a response must come first, and will call this method again
            if when > now:
                self._timer = loop.call_at(when, self._wake)
                return
            self._take_slots(waiter.weight, waiter.priority, now)
            self._queue.leave(waiter)

    def _tell(self) -> None:
        """Report what was learned, if it is new."""
        learned_limit = self.learned_limit
        if learned_limit is None or learned_limit == self._reported:
            return
        self._reported = learned_limit
        tell(self._events, Learned(learned_limit.limit, self._slots[0].per, learned_limit.guard))
