"""The clock of a sandbox."""

from __future__ import annotations

import time


class Clock:
    """The wall clock, which tests can set forward or back."""

    def __init__(self) -> None:
        self._turned = 0.0

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._turned

    def turn(self, seconds: float) -> None:
        """Set the clock forward by ``seconds``, or back if negative."""
        self._turned += seconds
