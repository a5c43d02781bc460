"""When requests of this process depart: the slots that Redis has booked for it, and the pauses."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from ..window import Slot
from .connection import departure

#: How late a booking may be used, in seconds: a process that was held up for longer gives it back.
LATE = 1.0


class Booked:
    """A slot that is booked in Redis."""

    __slots__ = ("_departures", "booking")

    def __init__(self, departures: Bookings, booking: str) -> None:
        self._departures: Bookings | None = departures
        self.booking = booking

    def answered(self) -> None:
        """See :class:`~lms_async.limits.slot.Slot`."""
        if self._departures is not None:
            departures, self._departures = self._departures, None
            departures.record_response(self.booking)

    def unused(self) -> None:
        """See :class:`~lms_async.limits.slot.FullSlot`."""
        if self._departures is not None:
            departures, self._departures = self._departures, None
            departures.give_back(self.booking)

    def abandoned(self, seconds: float) -> None:
        """See :class:`~lms_async.limits.slot.FullSlot`."""
        if self._departures is not None:
            departures, self._departures = self._departures, None
            departures.is_abandoned(self.booking, seconds)


class Bookings:
    """Keeps each booking until its moment, and what Redis is to be told of them.

    :param here: a moment on the clock of Redis, on the loop's.
    :param hand: takes each slot whose moment has come.
    :param share: whether there is a share for when Redis can't serve.
    """

    def __init__(
        self, *, here: Callable[[int], float], hand: Callable[[Slot], None], share: bool
    ) -> None:
        self._here = here
        self._hand = hand
        self._share = share
        self._timer: asyncio.TimerHandle | None = None
        self.booked: list[tuple[int, str]] = []
        #: Bookings whose answers are in, and such as were not used, until Redis was told.
        self.answered: list[str] = []
        self.unused: list[str] = []
        #: Bookings whose requests were sent and have no response, and when these can't arrive any
        #: more, on the loop's clock; until Redis was told.
        self.abandoned: list[tuple[str, float]] = []
        #: Set when there is something to tell.
        self.news = asyncio.Event()
        # Until when nobody departs: as asked for here and not told yet, on the loop's clock; and as
        # Redis has it, in microseconds on its own.
        self.pause_asked_until = 0.0
        self.paused_until = 0
        self.closed_until = 0

    def pause_left(self) -> float:
        """Seconds until the pause is over, as far as this process has heard; 0 without one."""
        until = max(self.pause_asked_until, self._here(self.paused_until))
        if not self._share:
            until = max(until, self._here(self.closed_until))
        left = until - asyncio.get_running_loop().time()
        return left if left > 1e-5 else 0.0  # less is the rounding of clocks

    def book(self, booking: str) -> None:
        """One more, for later."""
        heapq.heappush(self.booked, (departure(booking), booking))

    def record_response(self, booking: str) -> None:
        """The request that left with it has its answer."""
        self.answered.append(booking)
        self.news.set()

    def is_abandoned(self, booking: str, seconds: float) -> None:
        """The request that left with it may arrive for ``seconds``, and nobody waits for it."""
        if seconds > 0:
            try:
                now = asyncio.get_running_loop().time()
            except RuntimeError:  # the event loop has ended: the booking lapses by itself
                return
            self.abandoned.append((booking, now + seconds))
        else:
            self.answered.append(booking)
        self.news.set()

    def give_back(self, *bookings: str) -> None:
        """Nobody leaves with them."""
        self.unused.extend(bookings)
        self.news.set()

    def give_all_back(self) -> None:
        """Nobody leaves with what is booked."""
        self.give_back(*(booking for _, booking in self.booked))
        self.booked.clear()

    def depart(self) -> None:
        """Hand over the slots whose moment has come, and set the timer for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.booked and self.pause_left():
            self.give_all_back()
        loop = asyncio.get_running_loop()
        while self.booked:
            moment, booking = self.booked[0]
            late = loop.time() - self._here(moment)
            if late < 0:
                self._timer = loop.call_at(self._here(moment), self.depart)
                break
            heapq.heappop(self.booked)
            if late > LATE:
                self.give_back(booking)
            else:
                self._hand(Booked(self, booking))
