"""The time of a sandbox."""

from __future__ import annotations

import time


class Clock:
    """The wall clock, which tests can put forward or back."""

    def __init__(self) -> None:
        self._turned = 0.0

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._turned

    def turn(self, seconds: float) -> None:
        """Put the clock forward by ``seconds``; back if negative."""
        self._turned += seconds
