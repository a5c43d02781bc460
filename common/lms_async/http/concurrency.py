"""How many requests to keep under way: as many as the limit and the latency call for.

With ``rate`` requests a second and ``latency`` seconds for each, ``rate × latency`` are under way
on average (Little's law). Twice as many are kept, since latency varies and a request that is late
must not hold the rest back; more would only wait for the limit, and hold memory.

Until the first answer is in, few are under way: a vendor that is down gives none.
"""

from __future__ import annotations

from math import ceil, inf

#: The weight of one answer in the mean latency.
_SHARE = 1 / 16


class Width:
    """The number, from the latencies that it is told.

    :param least: requests, what it never falls below, and what it is until an answer is in.
    :param most: requests, what it never exceeds.
    """

    def __init__(self, *, least: int = 4, most: int = 64) -> None:
        self._least = least
        self._most = most
        self._latency: float | None = None

    def answered(self, seconds: float) -> None:
        """Take note of how long one request took, from departure to answer."""
        if self._latency is None:
            self._latency = seconds
        else:
            self._latency += (seconds - self._latency) * _SHARE

    def at(self, rate: float) -> int:
        """Requests to keep under way where ``rate`` a second may go, at most."""
        if self._latency is None:
            return self._least
        if rate == inf:
            return self._most
        return min(self._most, max(self._least, ceil(2 * rate * self._latency)))
