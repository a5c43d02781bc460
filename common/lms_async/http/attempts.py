"""Count the attempts of one call, and decide whether another one follows and which error to raise.

The transport makes the attempts. :class:`Attempts` counts them, pays for retries from the client's
quota, and decides which error is raised when no further attempt follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from math import inf
from typing import Any

import attrs

from ..errors import DeadlineExceeded, LmsError, OutcomeUnknown, Unauthorized
from .call import AttemptObserver, Call
from .in_flight import Progress
from .retry import Quota, RetryPolicy, is_lost, is_retryable, random_waits, retry_after


@attrs.define(eq=False)
class Attempts:
    """The state of the attempts of one call."""

    call: Call[Any] = attrs.field(repr=False)
    policy: RetryPolicy
    quota: Quota
    observer: AttemptObserver | None = attrs.field(default=None, repr=False)
    #: When the call's deadline passes, in the event loop's time.
    ends_at: float = inf
    #: The request body. The observer may set it before the first attempt is sent.
    body: bytes | None = attrs.field(default=None, repr=False)
    #: Whether to return a success before its body is read.
    is_streamed: bool = False
    #: Attempts made so far, and how the last one failed.
    made: int = 0
    failure: LmsError | None = attrs.field(default=None, repr=False)
    #: The state of the current attempt; ``None`` between attempts.
    progress: Progress | None = attrs.field(default=None, repr=False)
    #: Which credentials the last attempt carried, and whether they were renewed for this call.
    generation: Any = None
    renewed: bool = False
    #: Whether the credentials could not be obtained. They are not requested again for this call.
    unprepared: bool = False
    #: Whether the vendor may have acted on an attempt of a write whose response was lost. Later
    #: attempts do not change this.
    may_have_acted: bool = False
    #: How many attempts failed, without those that the vendor or a limit only asked to wait. An
    #: attempt also fails if it gets no slot, so that nothing was sent.
    _failures: int = 0
    _paid: int = 0
    _paused: float = 0.0
    _waits: Iterator[float] | None = attrs.field(default=None, repr=False)

    def seconds_left(self) -> float:
        """Return the seconds until the deadline."""
        if self.ends_at == inf:
            return inf
        return max(0.0, self.ends_at - asyncio.get_running_loop().time())

    def succeeded(self) -> None:
        """Return to the quota what the retries of this call cost, or 1 if there were none."""
        self.quota.earn(self._paid or 1)

    def failed(self, error: LmsError) -> None:
        """Record that an attempt ended with ``error``."""
        self.failure = error
        self.may_have_acted |= error.may_have_acted and self.call.method != "GET"
        if self.observer is not None and error.may_have_acted:
            self.observer.lost()

    def will_retry(self) -> None:
        """Report that another attempt is scheduled, and that the vendor has done nothing so far."""
        if self.observer is not None and not self.may_have_acted:
            self.observer.will_retry()

    def may_renew(self) -> bool:
        """Return whether the credentials may be renewed for this call: once, if they can be."""
        first = self.generation is not None and not (self.renewed or self.unprepared)
        self.renewed |= first
        return first

    def wait_after(self, error: LmsError) -> float | None:
        """Return the seconds until the next attempt, or ``None`` if the call is not retried."""
        if self.unprepared or not is_retryable(error, self.call):
            return None
        requested = retry_after(error)
        if requested is not None:
            # A pause counts against max_pause and not against tries: all calls wait it out.
            self._paused += max(requested, 0.001)
            return requested if self._paused <= self.policy.max_pause else None
        self._failures += 1
        if self._failures >= self.policy.tries:
            return None
        cost = self.quota.cost(error)
        if not self.quota.take(cost):
            return None
        self._paid += cost
        if isinstance(error, Unauthorized):  # a stale signature: the next one is fresh
            return 0.0
        if self._waits is None:
            self._waits = random_waits(self.policy)
        return next(self._waits)

    def final(self, error: LmsError) -> LmsError:
        """Return the error to raise when ``error`` ended the last attempt.

        It is :class:`OutcomeUnknown` if the vendor may have acted on a call that must not be
        repeated, or on an earlier attempt of this call.
        """
        lost = is_lost(error) and not self.call.repeatable
        if lost or (self.may_have_acted and not error.may_have_acted):
            error = _unknown(self.call, error)
        return error.after(self.made)

    def out_of_time(self) -> LmsError:
        """Return the error to raise when the deadline ended the call."""
        sent = self.progress is not None and self.progress.sent
        if sent:
            why = "the request was sent, and no response came in time"
        elif self.failure is not None:
            why = f"the last attempt failed ({self.failure.what}), and no time is left for another"
        else:
            why = "the request was still waiting to be sent"
        error = DeadlineExceeded(
            f"no result before the deadline: {why}",
            call=self.call,
            hint="allow more time with with_options(deadline=...)",
        )
        error.may_have_acted = sent
        if sent:
            self.failed(error)
        return self.final(error)


def _unknown(call: Call[Any], error: LmsError) -> OutcomeUnknown:
    """Return the error for a write that was sent, in any attempt, and whose response was lost."""
    earlier = "" if error.may_have_acted else "an earlier attempt's response was lost, then "
    unknown = OutcomeUnknown(
        f"{earlier}{error.what}; the vendor may have acted",
        call=call,
        hint="check at the vendor before you repeat the call",
    )
    unknown.stops = error.stops
    unknown.response = error.response
    return unknown
