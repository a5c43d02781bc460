"""The slots that Redis has booked for this process, and the pauses: when requests may be sent."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from ..slot import Slot
from .connection import departure

#: How late a booking may be used, in seconds. A process that was delayed longer gives it back.
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
    """Keeps each booking until its moment, and what Redis must be told about bookings.

    :param here: converts a moment on the clock of Redis to the event loop's clock.
    :param hand: called with each slot whose moment has come.
    :param share: whether this process has a local limiter for when Redis is unavailable.
    """

    def __init__(
        self, *, here: Callable[[int], float], hand: Callable[[Slot], None], share: bool
    ) -> None:
        self._here = here
        self._hand = hand
        self._share = share
        self._timer: asyncio.TimerHandle | None = None
        self.booked: list[tuple[int, str]] = []
        #: Bookings with a response, and unused bookings, until Redis was told.
        self.answered: list[str] = []
        self.unused: list[str] = []
        #: Bookings whose requests were sent without a response, and when these can't arrive any
        #: more, on the loop's clock, until Redis was told.
        self.abandoned: list[tuple[str, float]] = []
        #: Set when there is something to tell.
        self.news = asyncio.Event()
        # When the pause ends: one asked for here and not told yet, on the loop's clock; and the one
        # that Redis knows, in microseconds on the clock of Redis.
        self.pause_asked_until = 0.0
        self.paused_until = 0
        self.closed_until = 0

    def pause_left(self) -> float:
        """Return the seconds until the pause ends, as far as this process knows; 0 without one."""
        until = max(self.pause_asked_until, self._here(self.paused_until))
        if not self._share:
            until = max(until, self._here(self.closed_until))
        left = until - asyncio.get_running_loop().time()
        return left if left > 1e-5 else 0.0  # less is a rounding error of the clocks

    def book(self, booking: str) -> None:
        """Keep ``booking`` until its moment."""
        heapq.heappush(self.booked, (departure(booking), booking))

    def record_response(self, booking: str) -> None:
        """Record that the request sent with ``booking`` has its response."""
        self.answered.append(booking)
        self.news.set()

    def is_abandoned(self, booking: str, seconds: float) -> None:
        """Record that the request sent with ``booking`` may still arrive for ``seconds``."""
        if seconds > 0:
            try:
                now = asyncio.get_running_loop().time()
            except RuntimeError:  # the event loop has ended, so the booking will expire by itself
                return
            self.abandoned.append((booking, now + seconds))
        else:
            self.answered.append(booking)
        self.news.set()

    def give_back(self, *bookings: str) -> None:
        """Return ``bookings`` to Redis, since nothing is sent with them."""
        self.unused.extend(bookings)
        self.news.set()

    def give_all_back(self) -> None:
        """Return all bookings to Redis, since nothing is sent with them."""
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
