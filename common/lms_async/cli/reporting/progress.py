"""The state of a running import: how far, how fast, and what it waits for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import attrs

from ...events import Event, Refused, RequestFailed, RequestSent, ResponseReceived, Retrying
from ...outcome import RowError, Status
from ..exit_codes import Exit
from ..wording import counted


@attrs.define
class Work:
    """What is known of an import while it runs; :meth:`notice` is told the client's events."""

    total: int
    counts: Counter[Status] = attrs.field(factory=Counter)
    #: Of the rows that are done, those of which nothing was sent: an earlier run did them.
    earlier: int = 0
    #: Of the rows that the vendor rejected.
    codes: set[str] = attrs.field(factory=set)
    #: How many rows were rejected for what, in words that name nobody.
    reasons: Counter[str] = attrs.field(factory=Counter)
    requests: int = 0
    retries: int = 0
    refusals: int = 0
    stopping: bool = False
    _begun: float = attrs.field(factory=time.monotonic)
    _under_way: int = 0
    _paused_until: float = 0.0
    _retry: tuple[float, str] = (0.0, "")

    def notice(self, event: Event) -> None:
        """Take note of what happened."""
        now = time.monotonic()
        match event:
            case RequestSent():
                self.requests += 1
                self._under_way += 1
            case ResponseReceived() | RequestFailed():
                self._under_way -= 1
            case Refused():
                self.refusals += event.status == 429
                self._paused_until = max(self._paused_until, now + event.seconds)
            case Retrying():
                self.retries += 1
                self._retry = (now + event.seconds, event.error)

    @property
    def finished(self) -> int:
        """Rows whose end is known."""
        return self.counts.total()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._begun

    @property
    def rate(self) -> float:
        """Rows in a second, since the beginning."""
        return self.finished / max(self.seconds, 0.001)

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take at this rate; ``None`` as long as there is none."""
        return (self.total - self.finished) / self.rate if self.finished else None

    @property
    def waiting_for(self) -> str:
        """What holds the work up at this moment."""
        now = time.monotonic()
        if self.finished >= self.total:
            return "done"
        if now < self._paused_until:
            return f"pausing {self._paused_until - now:.0f} s, as the vendor asked"
        if self._under_way > 0:
            return f"waiting for {counted(self._under_way, 'response')}"
        until, error = self._retry
        if now < until:
            return f"retrying after {error}"
        return "stopping" if self.stopping else "waiting for the rate limit"


def reasons(error: RowError, *, ours: bool) -> Iterable[str]:
    """Why a row was rejected, so that rows with the same reason can be counted: what is wrong with
    each field, as our own check (``ours``) has found it; else the code alone."""
    if ours and error.fields:
        return [f"{name}: {why}" for name, why in error.fields.items()]
    return [error.code]


@attrs.frozen(kw_only=True)
class Summary:
    """How an import ended."""

    exit_code: Exit
    counts: Counter[Status] = attrs.field(factory=Counter)
    #: Of the rows that are done, those that an earlier run has done; in a dry run, how many of
    #: those that would be sent it has settled at most: they are not, unless they were changed.
    earlier: int = 0
    #: When the first row that an earlier run has ended did so, in seconds since 1970.
    earlier_since: float | None = None
    seconds: float = 0.0
    requests: int = 0
    retries: int = 0
    refusals: int = 0
    results: Path | None = None
    #: Whether every row's end is in the results file; if not, those from a row on are not.
    results_complete: bool = True
    results_lack_from: int | None = None
    #: The command that goes on with it, as it can be typed.
    again: str = ""
    #: What the vendor's error codes mean, of those that came.
    explained: tuple[str, ...] = ()
    #: How many rows were rejected for what, and whether the vendor rejected any.
    reasons: Counter[str] = attrs.field(factory=Counter)
    refused_by_vendor: bool = False
    #: Whether the rows that count as skipped would have been sent.
    dry_run: bool = False
