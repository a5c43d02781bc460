"""The state that the deliveries of one bulk share: sender, journal, and whether to stop."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from ..errors import BulkStopped, LmsError
from ..events import Listener, RowsFinished, log, tell
from ..http.call import AttemptObserver, Call
from ..journal.journal import OpenJournal
from ..outcome import Outcome, Report
from .breaker import Breaker
from .endpoint import BulkEndpoint
from .one_record import OneRecordEach

R = TypeVar("R")


class Sender(Protocol):
    """The part of the transport that a bulk needs."""

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        """Send ``call``, with retries.

        :param watch: notified of each attempt.
        :returns: the checked payload of the response, and the number of attempts.
        """

    @property
    def width(self) -> int:
        """How many requests should be under way at once, given the latencies so far."""

    @property
    def events(self) -> Sequence[Listener]:
        """The functions to call with each event."""

    @property
    def account(self) -> Hashable:
        """What identifies the account."""

    @property
    def max_failed_chunks(self) -> int:
        """How many chunks may fail in a row, see :class:`~lms_async.RetryPolicy`."""


class Cancellable(Protocol):
    """A delivery, see :class:`~lms_async.bulk.delivery.Delivery`."""

    is_sent: bool

    def cancel(self) -> None:
        """Cancel the delivery."""


class BulkRun(Generic[R]):
    """The state that the deliveries of one bulk share."""

    def __init__(self, sender: Sender, endpoint: BulkEndpoint[R]) -> None:
        self.sender = sender
        self.endpoint = endpoint
        #: Open while the bulk runs, if the caller gave a journal.
        self.journal: OpenJournal | None = None
        self.records = OneRecordEach() if endpoint.one_record_each else None
        self.breaker = Breaker(sender.max_failed_chunks)
        self.report: Report[R] = Report()
        #: The deliveries that have not ended.
        self.under_way: set[Cancellable] = set()

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more may be sent."""
        return self.report.stop_reason is not None

    def notify(self, outcomes: Sequence[Outcome[R]]) -> None:
        """Tell the listeners how many of ``outcomes`` this run finished, by status."""
        if not self.sender.events and not log.isEnabledFor(logging.DEBUG):
            return
        operation = self.endpoint.operation.partition(" ")[0]
        counts = Counter(one.status for one in outcomes if one.earlier is None)
        for status, rows in counts.items():
            tell(self.sender.events, RowsFinished(operation, status.value, rows))

    def stop(self, reason: LmsError, *, wait: bool = True) -> None:
        """Send nothing more.

        :param reason: why the bulk stops. The first reason is reported, but an error replaces a
            stop by the program.
        :param wait: whether to wait for responses to chunks that were sent.
        """
        by_program = isinstance(reason, BulkStopped)
        earlier = self.report.stop_reason
        if earlier is None or (isinstance(earlier, BulkStopped) and not by_program):
            self.report.stop_reason = reason
        for delivery in self.under_way:
            if not (wait and delivery.is_sent):
                delivery.cancel()
