"""The slots that Redis has booked for this process, the pauses, and what to report to Redis."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterable, Sequence

from ..slot import Slot
from .client import PATIENCE
from .connection import usable_at

#: How late a booking may be used, in seconds. A process that is later than that returns it.
LATE = 1.0

#: How long before its use a booking is confirmed: so many seconds, plus so many times the time that
#: Redis takes to respond. The report that confirms it may have to wait for the end of another one.
_CONFIRM_BEFORE = 0.05
_ROUND_TRIPS_BEFORE = 2

#: A report also confirms the bookings of the next 0.1 seconds. A busy process then rarely needs a
#: call of the script only to confirm bookings.
_CONFIRM_TOGETHER = 0.1


class Booked:
    """A slot that is booked in Redis.

    :param confirmed_at: when it was confirmed, on the loop's clock. A request may be sent until
        LATE and PATIENCE seconds later.
    """

    __slots__ = ("_bookings", "booking", "confirmed_at")

    def __init__(self, bookings: Bookings, booking: str, confirmed_at: float) -> None:
        self._bookings: Bookings | None = bookings
        self.booking = booking
        self.confirmed_at = confirmed_at

    @property
    def is_lost(self) -> bool:
        """See :class:`~lms_async.limits.slot.LeasedSlot`."""
        return asyncio.get_running_loop().time() > self.confirmed_at + LATE + PATIENCE

    def keep(self) -> None:
        """See :class:`~lms_async.limits.slot.LeasedSlot`."""
        if self._bookings is not None:
            self._bookings.record_kept(self.booking)

    def answered(self) -> None:
        """See :class:`~lms_async.limits.slot.Slot`."""
        if (bookings := self._end()) is not None:
            bookings.record_response(self.booking)

    def unused(self) -> None:
        """See :class:`~lms_async.limits.slot.FullSlot`."""
        if (bookings := self._end()) is not None:
            bookings.record_unused(self.booking)

    def abandoned(self, seconds: float) -> None:
        """See :class:`~lms_async.limits.slot.FullSlot`."""
        if (bookings := self._end()) is not None:
            bookings.record_abandoned(self.booking, seconds)

    def _end(self) -> Bookings | None:
        """Return where to record the end; ``None`` if the slot has already ended."""
        bookings, self._bookings = self._bookings, None
        if bookings is not None:
            del bookings.in_use[self.booking]
        return bookings


class Bookings:
    """Keeps each booking until it may be used, and collects what to report to Redis.

    :param here: converts a time on the clock of Redis to the event loop's clock.
    :param grant: called with each slot when it may be used.
    :param share: whether this process has a local limiter for when Redis is unavailable.
    """

    def __init__(
        self, *, here: Callable[[int], float], grant: Callable[[Slot], None], share: bool
    ) -> None:
        self._here = here
        self._grant = grant
        self._share = share
        self._timer: asyncio.TimerHandle | None = None
        self._confirm_timer: asyncio.TimerHandle | None = None
        #: Bookings that may be used, each with the time from which it may be; bookings that must be
        #: confirmed before; and bookings that the running call of the script confirms.
        self.booked: list[tuple[int, str]] = []
        self.unconfirmed: list[tuple[int, str]] = []
        self._confirming: set[str] = set()
        self._confirm_before = _CONFIRM_BEFORE
        #: Bookings of calls that wait for another limiter. They are confirmed again.
        self._kept: set[str] = set()
        self._asked_at = 0.0
        #: Bookings whose response came, and unused bookings, until they are reported to Redis.
        self.answered: list[str] = []
        self.unused: list[str] = []
        #: Bookings whose requests got no response, until they are reported to Redis, and the time
        #: on the loop's clock after which these requests can't arrive any more.
        self.abandoned: list[tuple[str, float]] = []
        #: Bookings that are granted and have not ended. When the latest slot ended, on the loop's
        #: clock: its request arrived, or can't arrive any more, or was not sent.
        self.in_use: dict[str, Booked] = {}
        self.ended_at = 0.0
        #: Set when there is something to report.
        self.changed = asyncio.Event()
        # When the pause ends: a pause from this process that is not reported yet, on the loop's
        # clock; and the pause that Redis knows, in microseconds on the clock of Redis.
        self.pause_asked_until = 0.0
        self.paused_until = 0
        self.closed_until = 0

    def pause_left(self) -> float:
        """Return the seconds until the pause ends, as far as this process knows; 0 without one."""
        until = max(self.pause_asked_until, self._here(self.paused_until))
        if not self._share:
            until = max(until, self._here(self.closed_until))
        left = until - asyncio.get_running_loop().time()
        return left if left > 1e-5 else 0.0  # a smaller number is a rounding error

    @property
    def waiting(self) -> int:
        """How many bookings wait until they may be used."""
        return len(self.booked) + len(self.unconfirmed) + len(self._confirming)

    def kept(self) -> list[str]:
        """Return the bookings that are in use, and those whose end is not reported yet."""
        abandoned = (booking for booking, _ in self.abandoned)
        return [*self.in_use, *self.answered, *abandoned]

    def book(self, booking: str, *, is_confirmed: bool) -> None:
        """Keep ``booking`` until it may be used."""
        kept = self.booked if is_confirmed else self.unconfirmed
        heapq.heappush(kept, (usable_at(booking), booking))

    def begin_confirming(self, round_trip: float) -> Sequence[str]:
        """Return the bookings to confirm now.

        :param round_trip: how long Redis takes to respond, in seconds.
        """
        self._confirm_before = _CONFIRM_BEFORE + _ROUND_TRIPS_BEFORE * round_trip
        soon = asyncio.get_running_loop().time() + self._confirm_before + _CONFIRM_TOGETHER
        due: list[str] = []
        while self.unconfirmed and self._here(self.unconfirmed[0][0]) <= soon:
            due.append(heapq.heappop(self.unconfirmed)[1])
        self._confirming.update(due)
        self._asked_at = asyncio.get_running_loop().time()
        due += self._kept.intersection(self.in_use)
        self._kept.clear()
        return due

    def end_confirming(self, confirmed: Iterable[str]) -> None:
        """Keep the ``confirmed`` bookings, unless they were returned meanwhile.

        The others have expired. They are returned, so that the calls that waited for them get the
        first places in the queue.
        """
        for booking in confirmed:
            if booking in self._confirming:
                self._confirming.remove(booking)
                self.book(booking, is_confirmed=True)
            elif booking in self.in_use:
                self.in_use[booking].confirmed_at = self._asked_at
        if self._confirming:
            self.give_back(*self._confirming)
            self._confirming.clear()

    def record_response(self, booking: str) -> None:
        """Record that the request sent with ``booking`` has its response."""
        self._record_end(0)
        self.answered.append(booking)
        self.changed.set()

    def record_kept(self, booking: str) -> None:
        """Record that ``booking`` is still held, although no request was sent with it."""
        self._kept.add(booking)
        self.changed.set()

    def record_unused(self, booking: str) -> None:
        """Record that no request was sent with ``booking``."""
        self._record_end(0)
        self.give_back(booking)

    def record_abandoned(self, booking: str, seconds: float) -> None:
        """Record that the request sent with ``booking`` may still arrive for ``seconds``."""
        until = self._record_end(seconds)
        if until is None:
            return  # the event loop has ended, so leave the booking to expire
        if seconds > 0:
            self.abandoned.append((booking, until))
        else:
            self.answered.append(booking)
        self.changed.set()

    def _record_end(self, seconds: float) -> float | None:
        """Record that a slot ends in ``seconds``; return that time, or ``None`` if the event loop
        has ended."""
        try:
            until = asyncio.get_running_loop().time() + seconds
        except RuntimeError:
            return None
        self.ended_at = max(self.ended_at, until)
        return until

    def give_back(self, *bookings: str) -> None:
        """Return ``bookings`` to Redis, since nothing is sent with them."""
        self.unused.extend(bookings)
        self.changed.set()

    def give_all_back(self) -> None:
        """Return all bookings to Redis, since nothing is sent with them."""
        waiting = [booking for _, booking in (*self.booked, *self.unconfirmed)]
        self.give_back(*waiting, *self._confirming)
        self.booked.clear()
        self.unconfirmed.clear()
        self._confirming.clear()

    def grant_due(self) -> None:
        """Grant the slots that may be used now, and set the timers for the next ones."""
        for timer in (self._timer, self._confirm_timer):
            if timer is not None:
                timer.cancel()
        self._timer = self._confirm_timer = None
        if self.waiting and self.pause_left():
            self.give_all_back()
        loop = asyncio.get_running_loop()
        if self.unconfirmed:
            when = self._here(self.unconfirmed[0][0]) - self._confirm_before
            self._confirm_timer = loop.call_at(when, self.changed.set)
        while self.booked:
            due, booking = self.booked[0]
            late = loop.time() - self._here(due)
            if late < 0:
                self._timer = loop.call_at(self._here(due), self.grant_due)
                break
            heapq.heappop(self.booked)
            if late > LATE:
                self.give_back(booking)
            else:
                slot = self.in_use[booking] = Booked(self, booking, self._here(due))
                self._grant(slot)
