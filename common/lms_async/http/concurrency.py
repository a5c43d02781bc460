"""How many requests to keep in flight, given the rate limit and the latency.

With ``rate`` requests a second and ``latency`` seconds for each, ``rate × latency`` requests are in
flight on average (Little's law). Twice as many are kept, since latency varies and one late request
must not delay the others. More would only wait for the limit and use memory.

Until the first response comes, only a few requests are sent, since the vendor may be down.
"""

from __future__ import annotations

from math import ceil, inf

#: The weight of one response in the mean latency.
_SHARE = 1 / 16


class Width:
    """Computes the number of requests to keep in flight from the latencies that are recorded.

    :param least: lower bound; also the number before the first response.
    :param most: upper bound.
    """

    def __init__(self, *, least: int = 4, most: int = 64) -> None:
        self._least = least
        self._most = most
        self._latency: float | None = None

    def answered(self, seconds: float) -> None:
        """Record the seconds from sending one request to its response."""
        if self._latency is None:
            self._latency = seconds
        else:
            self._latency += (seconds - self._latency) * _SHARE

    def at(self, rate: float) -> int:
        """Return the number of requests for a limit of ``rate`` requests a second."""
        if self._latency is None:
            return self._least
        if rate == inf:
            return self._most
        return min(self._most, max(self._least, ceil(2 * rate * self._latency)))
