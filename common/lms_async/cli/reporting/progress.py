"""Track a running import: how far it is, how fast, and what it is waiting for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import attrs

from ...events import Event, Refused, RequestFailed, RequestSent, ResponseReceived, Retrying
from ...outcome import RowError, Status
from ..wording import counted
from .time_left import TimeLeft


class Change(StrEnum):
    """What a row changed at the vendor."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@attrs.define
class Progress:
    """Counts and state of a running import, kept up to date by :meth:`notice`."""

    total: int
    counts: Counter[Status] = attrs.field(factory=Counter)
    #: How many of the done rows an earlier run finished. They were not sent again.
    earlier: int = 0
    #: What the rows that are done in this run changed, as far as that is known.
    changes: Counter[Change] = attrs.field(factory=Counter)
    #: Error codes of the rows that the vendor rejected.
    codes: set[str] = attrs.field(factory=set)
    #: How many rows were rejected for which reason. Contains no personal data.
    reasons: Counter[str] = attrs.field(factory=Counter)
    requests: int = 0
    retries: int = 0
    refusals: int = 0
    stopping: bool = False
    _started: float = attrs.field(factory=time.monotonic)
    _in_flight: int = 0
    _paused_until: float = 0.0
    _retry: tuple[float, str] = (0.0, "")
    _time_left: TimeLeft = attrs.field(factory=TimeLeft)

    def __attrs_post_init__(self) -> None:
        self._time_left.observe(self._started, 0, self.total)

    def notice(self, event: Event) -> None:
        """Update the counts for one of the client's events."""
        now = time.monotonic()
        match event:
            case RequestSent():
                self.requests += 1
                self._in_flight += 1
            case ResponseReceived() | RequestFailed():
                self._in_flight -= 1
            case Refused():
                self.refusals += event.status == 429
                self._paused_until = max(self._paused_until, now + event.seconds)
            case Retrying():
                self.retries += 1
                self._retry = (now + event.seconds, event.error)

    @property
    def finished(self) -> int:
        """How many rows have an outcome."""
        return self.counts.total()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def rate(self) -> float:
        """Rows per second since the start."""
        return self.finished / max(self.seconds, 0.001)

    def observe_time(self) -> None:
        """Update the estimate of :attr:`left`. To be called at short intervals."""
        sent = self.finished - self.earlier
        self._time_left.observe(time.monotonic(), sent, self.total - self.finished)

    @property
    def left(self) -> float | None:
        """Seconds that the remaining rows will take; ``None`` if this is not known yet."""
        return self._time_left.seconds(time.monotonic())

    @property
    def waiting_for(self) -> str:
        """What the import is waiting for, as text."""
        now = time.monotonic()
        if self.finished >= self.total:
            return "done"
        if now < self._paused_until:
            return f"pausing {self._paused_until - now:.0f} s, as the vendor asked"
        if self._in_flight > 0:
            return f"waiting for {counted(self._in_flight, 'response')}"
        until, error = self._retry
        if now < until:
            return f"retrying after {error}"
        return "stopping" if self.stopping else "waiting for the rate limit"


def reasons(error: RowError, *, ours: bool) -> Iterable[str]:
    """Return why a row was rejected, so that equal reasons can be counted.

    :param ours: whether our own check rejected the row. For a vendor only fields and code are
        returned, because the vendor's text may contain personal data.
    """
    if not error.fields:
        return [error.code]
    if ours:
        return [f"{name}: {why}" for name, why in error.fields.items()]
    return [f"{name} ({error.code})" for name in error.fields]
