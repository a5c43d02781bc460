"""Latency, a rate limit and faults of the benchmarks' vendor.

They are part of the base URL, so that one process serves every benchmark, and each run has its own
window.
"""

from __future__ import annotations

import random
import re
from collections import deque
from itertools import count
from typing import ClassVar

import attrs

_runs = count()


@attrs.frozen
class Terms:
    """The latency, limit and faults of a run.

    ``latency`` is the mean in seconds: half passes before the request is counted and half after,
    each ± 50 %. ``limit`` arrivals per ``per`` seconds are accepted, counted strictly; 0 means no
    limit. ``faults`` is the share of faulty responses: half are a 503, half are done and then cut
    off.
    """

    latency: float
    limit: int = 0
    per: float = 1.0
    faults: float = 0.0

    def base_url(self, vendor: str, path: str = "v1/") -> str:
        """Return the base URL for these terms at ``vendor``, with its own window."""
        host = vendor.removesuffix("v1/")
        terms = f"{self.latency!r},{self.limit},{self.per!r},{self.faults!r},{next(_runs)}"
        return f"{host}strict/{terms}/{path}"


class RunState:
    """The terms of one run, and what has been counted in it."""

    _of_run: ClassVar[dict[bytes, RunState]] = {}
    _PREFIX = re.compile(rb"^[A-Z]+ /strict/([^/]+)/")

    def __init__(self, terms: Terms, seed: bytes) -> None:
        self._terms = terms
        self.per = terms.per
        self._arrivals: deque[float] = deque()
        self._draw = random.Random(seed)
        self._seen = 0

    @classmethod
    def of(cls, head: bytes) -> RunState | None:
        """Return the state for a request that names its terms, else ``None``."""
        found = cls._PREFIX.match(head)
        if found is None:
            return None
        if (known := cls._of_run.get(found[1])) is None:
            latency, limit, per, faults, _ = found[1].split(b",")
            terms = Terms(float(latency), int(limit), float(per), float(faults))
            known = cls._of_run[found[1]] = cls(terms, found[1])
        return known

    def half_way(self) -> float:
        """Return the time of one way, in seconds."""
        return self._terms.latency / 2 * self._draw.uniform(0.5, 1.5)

    def accepts(self, now: float) -> bool:
        """Return whether a request that arrives ``now`` is within the limit. If so, count it."""
        if not self._terms.limit:
            return True
        while self._arrivals and self._arrivals[0] <= now - self._terms.per:
            self._arrivals.popleft()
        if len(self._arrivals) >= self._terms.limit:
            return False
        self._arrivals.append(now)
        return True

    def fault(self) -> int:
        """Return 503, 0 (done and cut off) or 200. Faults are evenly spread, so that each run has
        as many."""
        if not self._terms.faults:
            return 200
        self._seen += 1
        every = round(1 / self._terms.faults)
        if self._seen % every:
            return 200
        return 503 if self._seen // every % 2 else 0
