"""What the deliveries of one bulk share: how to send, the journal, and whether to stop."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Generic, Protocol, TypeVar

from ..errors import BulkStopped, LmsError
from ..http.call import AttemptObserver, Call
from ..journal.journal import OpenJournal
from ..outcome import Report
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

        :param watch: told of each attempt.
        :returns: the checked payload of the response, and the number of attempts.
        """

    @property
    def width(self) -> int:
        """How many requests should be under way at once, as far as is known now."""

    @property
    def account(self) -> Hashable:
        """Distinguishes the account that is used from others."""

    @property
    def max_failed_chunks(self) -> int:
        """How many chunks may fail in a row, see :class:`~lms_async.RetryPolicy`."""


class Recallable(Protocol):
    """A delivery, see :class:`~lms_async.bulk.delivery.Delivery`."""

    is_sent: bool

    def recall(self) -> None:
        """Cancel it."""


class BulkRun(Generic[R]):
    """What the deliveries of one bulk share."""

    def __init__(self, sender: Sender, endpoint: BulkEndpoint[R]) -> None:
        self.sender = sender
        self.endpoint = endpoint
        #: Open while the bulk runs, if the caller gave a journal.
        self.journal: OpenJournal | None = None
        self.records = OneRecordEach() if endpoint.one_record_each else None
        self.breaker = Breaker(sender.max_failed_chunks)
        self.report: Report[R] = Report()
        #: The deliveries that have not ended.
        self.under_way: set[Recallable] = set()

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more may be sent."""
        return self.report.stop_reason is not None

    def stop(self, reason: LmsError, *, wait: bool = True) -> None:
        """Send nothing more.

        :param reason: the first one is reported; but an error, if one comes after the program has
            stopped the bulk.
        :param wait: whether chunks that were sent are waited for.
        """
        by_program = isinstance(reason, BulkStopped)
        earlier = self.report.stop_reason
        if earlier is None or (isinstance(earlier, BulkStopped) and not by_program):
            self.report.stop_reason = reason
        for delivery in self.under_way:
            if not (wait and delivery.is_sent):
                delivery.recall()
