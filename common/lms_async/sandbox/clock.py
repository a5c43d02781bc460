"""The time as the stand-in server sees it."""

from __future__ import annotations

import time


class Clock:
    """The wall clock, with hands that tests can turn."""

    def __init__(self) -> None:
        self._turned = 0.0

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._turned

    def turn(self, seconds: float) -> None:
        """Put the clock forward, or back for a negative number."""
        self._turned += seconds
