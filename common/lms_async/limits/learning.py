"""Learn a vendor's real limit, and how early a slot may be free again.

The code is pure: time comes in as an argument. It learns two things, from responses and refusals
(429) only.

**The limit.** A refusal while slots are freed as late as is safe means that the vendor allows less.
The limit then falls to 70 %, or to the last limit that was accepted. When the limit was used up for
two periods without a refusal, it rises halfway to the limit that was refused. So it settles just
below the smallest limit that was refused. That limit is tried again later, each time after twice as
long.

**The guard.** It is safe to free a slot one period after the *response*. The request arrived
earlier, but nobody knows when. Once the limit has settled, a request counts as arrived ``guard``
seconds after it was sent. The guard shrinks while nothing is refused. At the first refusal it is
dropped, and later it stays well above the value at which that happened.

A small guard works because requests are sent in bunches, and the delays of the first, second and
later requests vary little from one bunch to the next. So when the guard begins, slots wait for each
other once, for one period and one response at most. From then on they become free together.
"""

from __future__ import annotations

from math import inf

import attrs

#: Factor by which a refusal lowers the limit, if no smaller limit is known to hold.
_DOWN = 0.7
#: Number of periods, used up without a refusal, after which a limit counts as holding.
_HOLDS = 2
#: Number of such periods before a refused limit is tried again; it doubles each time.
_TRY_AGAIN = 50
#: Factor by which the guard shrinks after each period that was used up without a refusal.
_SHRINKS = 0.6
#: Lower bound of the guard, as a share of the mean time to a response and in seconds.
_LEAST_SHARE, _LEAST = 0.3, 0.005
#: Mean time to a response, as a share of the period, from which the guard is worth its risk.
_WORTH = 0.03
#: Factor by which the guard stays above a guard that was refused.
_KEPT_AWAY = 1.5


@attrs.frozen
class LearnedLimit:
    """What a window has learned. ``attrs.asdict`` turns it into plain numbers for a file.

    :param limit: requests in a period that the vendor accepts.
    :param refused: the smallest limit that the vendor refused, or ``None``.
    :param guard: seconds after sending at which a request counts as arrived. ``None`` means at its
        response, which is safe.
    :param refused_guard: the largest guard that was refused; 0 if none was.
    """

    limit: int
    refused: int | None = None
    guard: float | None = None
    refused_guard: float = 0.0


class Learning:
    """The learning of one limit.

    :param most: requests in a period that are never exceeded, whatever is learned.
    :param per: the period, in seconds.
    :param known: what was learned before.
    """

    def __init__(self, most: int, per: float, known: LearnedLimit | None = None) -> None:
        self._most = most
        self._per = per
        self.limit = most
        self._holds = 0  # the largest limit that held
        self._refused: int | None = None
        self._guard = inf
        self._first_guard: float | None = None
        self._refused_guard = 0.0
        if known is not None:
            self.limit = self._holds = max(1, min(most, known.limit))
            if known.refused is not None and known.refused > self.limit:
                self._refused = min(known.refused, most + 1)
            self._first_guard = known.guard
            self._refused_guard = known.refused_guard
        self._try_again = _TRY_AGAIN
        self._clean = 0  # periods in a row, used up and without a refusal
        self._since = -inf  # when the current period began
        self._full = False  # whether a call had to wait in it
        self._deaf_until = -inf
        self.latency = 0.0  # mean time to a response, in seconds
        self.gathers = False  # whether the guard has just begun

    @property
    def learned_limit(self) -> LearnedLimit:
        """What was learned so far."""
        guard = None if self._guard == inf else self._guard
        return LearnedLimit(self.limit, self._refused, guard, self._refused_guard)

    def mark_full(self) -> None:
        """Record that a call has to wait: only a limit that is used up is tested."""
        self._full = True

    def answered(self, sent_at: float, now: float) -> float:
        """Return when a request, sent at ``sent_at`` and answered ``now``, counts as arrived."""
        taken = now - sent_at
        if self.latency:  # bounded, since one very slow response says little about the others
            self.latency += (min(taken, 4 * self.latency) - self.latency) / 16
        else:
            self.latency = taken
        if now - self._since >= self._per:
            if self._full and now >= self._deaf_until:
                self._clean += 1
                self._held()
            self._since, self._full = now, False
        if self._guard == inf:
            return now
        # A response that took far longer than usual does not say where the delay was.
        return min(now, max(sent_at + self._guard, now - self.latency))

    def refused(self, now: float, until: float) -> None:
        """Record a refusal, after which nothing is sent until ``until``.

        Requests that are refused before then, or within a period, were sent before it. They count
        as the same refusal.
        """
        if now < self._deaf_until:
            return
        self._deaf_until = max(until, now + self._per)
        self._clean, self._full = 0, False
        if self._guard != inf:
            self._refused_guard = max(self._refused_guard, self._guard)
            self._guard, self._first_guard = inf, None
            return
        if self.limit <= self._holds:
            self._holds = 0  # it held before, and does not hold any longer
        refused, self.limit = self.limit, self._holds or max(1, int(self.limit * _DOWN))
        self._refused = max(refused, self.limit + 1)

    def _held(self) -> None:
        """Go on after ``_clean`` periods in which the limit was used up and nothing was refused."""
        if self._clean < _HOLDS:
            return
        self._holds = max(self._holds, self.limit)
        if self._refused is None and self.limit < self._most:
            self._raise_to(min(self._most, self.limit + max(1, self.limit // 10)))
        elif self._refused is not None and self._refused > self.limit + 1:
            self._raise_to((self.limit + self._refused) // 2)
        elif self._refused is not None and self._clean >= self._try_again:
            self._try_again *= 2
            self._refused = None
            self._raise_to(self.limit + 1)
        else:
            self._shrink_guard()

    def _raise_to(self, limit: int) -> None:
        """Test a larger limit, without the guard, so that a refusal is about the limit only."""
        self.limit = limit
        self._clean = 0
        if self._guard != inf:
            self._first_guard, self._guard = self._guard, inf

    def _shrink_guard(self) -> None:
        if self.latency < _WORTH * self._per:
            return
        began = self._first_guard or self.latency
        guard = began if self._guard == inf else self._guard * _SHRINKS
        least = max(_LEAST, _LEAST_SHARE * self.latency, _KEPT_AWAY * self._refused_guard)
        guard = max(guard, least)
        self.gathers = self._guard == inf and least < self.latency
        if least < self.latency and not 0.9 < guard / self._guard < 1.1:
            self._guard = guard
