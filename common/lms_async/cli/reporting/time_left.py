"""Estimate the time that an import still needs."""

from __future__ import annotations

import math
from collections import deque

import attrs

#: The rate is measured over this many seconds.
WINDOW = 60.0
#: A new estimate replaces two thirds of the old one in this many seconds.
_SMOOTHING = 15.0


@attrs.define
class TimeLeft:
    """Estimates when an import ends, from the rows of the last minute.

    Rows finish in bursts, because a batch has many rows and a rate limit allows many requests at
    once. So the estimate changes slowly: between two bursts, it counts down with the clock.
    """

    _seen: deque[tuple[float, int]] = attrs.field(factory=deque)
    _end: float | None = None

    def observe(self, now: float, sent: int, remaining: int) -> None:
        """Take the present state into account.

        :param now: a reading of a clock, in seconds.
        :param sent: how many rows were sent and have an outcome.
        :param remaining: how many rows have no outcome.
        """
        before = self._seen[-1][0] if self._seen else now
        self._seen.append((now, sent))
        while len(self._seen) > 1 and self._seen[1][0] <= now - WINDOW:
            self._seen.popleft()
        began, sent_before = self._seen[0]
        if now == began or sent == sent_before:
            return
        end = now + remaining * (now - began) / (sent - sent_before)
        # An estimate after two seconds of an import should not influence it for a minute.
        smoothing = min(_SMOOTHING, (now - began) / 4)
        share = 1 - math.exp((before - now) / smoothing)
        self._end = end if self._end is None else self._end + share * (end - self._end)

    def seconds(self, now: float) -> float | None:
        """Return how many seconds are left; ``None`` if this is not known yet."""
        return None if self._end is None else max(0.0, self._end - now)
