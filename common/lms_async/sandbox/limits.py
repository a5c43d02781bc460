"""The rate limit of a sandbox."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Literal


class ArrivalLimit:
    """At most ``count`` arrivals in ``per`` seconds. A refused arrival does not count.

    A sliding window covers the ``per`` seconds before each arrival; an arrival exactly ``per``
    seconds ago no longer counts. A fixed window begins every ``per`` seconds, at a ``phase`` that
    clients do not know.
    """

    def __init__(
        self,
        count: int,
        per: float,
        window: Literal["sliding", "fixed"] = "sliding",
        *,
        phase: float = 0.0,
    ) -> None:
        if count < 1 or not per > 0:
            raise ValueError("a limit needs a count of at least one and a period above zero")
        if window not in {"sliding", "fixed"}:
            raise ValueError(f"no such window: {window!r}")
        self.count = count
        self.per = per
        self.window = window
        self.phase = phase
        self._admitted: deque[float] = deque()
        self._period = -math.inf
        self._in_period = 0

    def admits(self, now: float) -> bool:
        """Count an arrival at ``now``, which never decreases. Return whether it is admitted."""
        return self._slides(now) if self.window == "sliding" else self._steps(now)

    def _slides(self, now: float) -> bool:
        # A sum as in `busiest`, since `now - per` could round differently.
        while self._admitted and self._admitted[0] + self.per <= now:
            self._admitted.popleft()
        if len(self._admitted) >= self.count:
            return False
        self._admitted.append(now)
        return True

    def _steps(self, now: float) -> bool:
        period = math.floor((now - self.phase) / self.per)
        if period != self._period:
            self._period, self._in_period = period, 0
        if self._in_period >= self.count:
            return False
        self._in_period += 1
        return True


def busiest(arrivals: Iterable[float], per: float) -> int:
    """Return the most arrivals in any ``per`` seconds, as a sliding window counts them."""
    most = 0
    recent: deque[float] = deque()
    for at in arrivals:
        while recent and recent[0] + per <= at:
            recent.popleft()
        recent.append(at)
        most = max(most, len(recent))
    return most
