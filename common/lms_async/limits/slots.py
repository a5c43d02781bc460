"""The slots of one limit: how many are in use, and when used ones are free again.

The code is pure: time comes in as an argument, in seconds of any clock that never goes back.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from math import inf

from .learning import Learning


class Slots:
    """At most ``most`` slots, each of them busy until ``per`` seconds after its response."""

    def __init__(self, most: int, per: float, learning: Learning | None = None) -> None:
        self.most = most
        self.per = per
        self.learning = learning
        self.out = 0
        self._free_at: list[float] = []  # in order
        self._taken_over: list[float] = []  # the same, of windows on other event loops
        self._gathering_until = -inf

    @property
    def limit(self) -> int:
        """How many slots there are: the given or the learned number."""
        return self.most if self.learning is None else self.learning.limit

    def opens_at(self, weight: int, now: float) -> float | None:
        """Return when there is room; ``None`` if a response must come first."""
        if now < self._gathering_until:
            return self._gathering_until
        free_at, limit = self._free_at, self.limit
        if free_at and free_at[0] <= now:
            del free_at[: bisect_right(free_at, now)]
        if self._taken_over:
            del self._taken_over[: bisect_right(self._taken_over, now)]
            free_at = sorted(free_at + self._taken_over)
        used = self.out + len(free_at)
        # A request heavier than the learned limit is sent alone, or it would never be sent.
        if used + weight <= limit or not used:
            return now
        if self.learning is not None:
            self.learning.mark_full()
        missing = used + min(weight, limit) - limit
        return free_at[missing - 1] if missing <= len(free_at) else None

    def busy_until(self, now: float) -> list[float]:
        """Return when the slots used here are free again.

        A request without a response counts as arrived ``now``, since its event loop has ended.
        """
        return [until for until in self._free_at if until > now] + [now + self.per] * self.out

    def busy(self, now: float) -> int:
        """Return how many slots are busy. It may be called from any thread, and changes nothing."""
        held = [*self._free_at, *self._taken_over]
        return self.out + sum(until > now for until in held)

    def take_over(self, busy_until: Iterable[float]) -> None:
        """Count slots that were used on other event loops, instead of those taken over before."""
        self._taken_over = sorted(busy_until)

    def take(self, weight: int) -> None:
        """Take slots for a request that is sent."""
        self.out += weight

    def unused(self, weight: int) -> None:
        """Return slots with which no request was sent."""
        self.out -= weight

    def abandoned(self, weight: int, until: float) -> None:
        """Start the period at ``until``, when a request without a response can't arrive any more.

        Nothing is learned from it.
        """
        self.out -= weight
        for _ in range(weight):
            insort(self._free_at, until + self.per)

    def answered(self, weight: int, sent_at: float, now: float) -> None:
        """Start the period after which the slots of an answered request are free again."""
        self.out -= weight
        counted = now if self.learning is None else self.learning.answered(sent_at, now)
        for _ in range(weight):
            insort(self._free_at, counted + self.per)
        if self.learning is not None and self.learning.gathers:
            self.learning.gathers = False
            self._gathering_until = now + self.learning.latency + self.per
