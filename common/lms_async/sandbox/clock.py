"""The clock of a sandbox."""

from __future__ import annotations

import time


class Clock:
    """The wall clock, which tests can set forward or back, or stop."""

    def __init__(self) -> None:
        self._turned = 0.0
        self._stopped_at: float | None = None

    def time(self) -> float:
        """Seconds since the epoch."""
        if self._stopped_at is not None:
            return self._stopped_at + self._turned
        return time.time() + self._turned

    def stop(self, at: float) -> None:
        """Stop the clock at ``at`` seconds since the epoch. Only :meth:`turn` moves it then."""
        self._stopped_at, self._turned = at, 0.0

    def turn(self, seconds: float) -> None:
        """Set the clock forward by ``seconds``, or back if negative."""
        self._turned += seconds
