"""Whether a failed call is made again, after which wait, and how many retries a client may make.

This module alone imports ``backoff``, an archived package. Everything else depends on
:class:`RetryPolicy` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import backoff

from ..errors import (
    ApiError,
    ConnectionFailed,
    DeadlineExceeded,
    LmsError,
    ResponseLost,
    ServerError,
    StaleSignature,
)
from .call import Call
from .statuses import Effect, effect_of


class Quota:
    """How many retries may still be made, as botocore keeps it.

    Every retry costs, every success earns a little, and a success after a retry earns its cost
    back. When a vendor is dead the quota runs dry, and further calls fail at their first attempt
    instead of storming it.
    """

    def __init__(self, tokens: int = 500) -> None:
        self.most = tokens
        self.tokens = tokens

    @staticmethod
    def cost(error: LmsError) -> int:
        """What a retry after ``error`` costs: a lost answer has held a place the longest."""
        return 10 if isinstance(error, ResponseLost) else 5

    def take(self, cost: int) -> bool:
        """Pay for a retry, if that can be paid."""
        if cost > self.tokens:
            return False
        self.tokens -= cost
        return True

    def earn(self, amount: int) -> None:
        """Give back what a success earned."""
        self.tokens = min(self.most, self.tokens + amount)


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When to try again.

    :param tries: attempts in all, at least 1 (1: never again); refusals (429) are not counted.
    :param base: the longest first wait, in seconds; it doubles each time, and is drawn at random.
    :param cap: the longest wait of our own choosing, in seconds.
    :param max_pause: how long one call may be paused in all, in seconds, by refusals (429) and
        by a 503 that names a wait; when the vendor asks for more, the call fails at once.
    :param quota: tokens for retries, shared by all calls of a client.
    :param max_failed_chunks: how many chunks of a bulk may end in a row without any usable
        response, before the bulk stops and skips the rest; a chunk whose rows could at least be
        looked up counts half.
    """

    tries: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    base: float = attrs.field(default=0.5, validator=attrs.validators.gt(0))
    cap: float = attrs.field(default=20.0, validator=attrs.validators.gt(0))
    max_pause: float = 300.0
    quota: int = 500
    max_failed_chunks: int = attrs.field(default=5, validator=attrs.validators.ge(1))


def is_retryable(error: LmsError, call: Call[Any]) -> bool:
    """Whether ``call``, failed with ``error``, may be made again without harm.

    Never sent, or refused for now before anything was done: always. Sent and the answer lost, or
    5xx: only if the vendor ends in the same state when the call is made twice.
    """
    if isinstance(error, ConnectionFailed | StaleSignature):
        return True
    if isinstance(error, ApiError) and effect_of(error.status) is Effect.PASSES:
        return True
    return call.repeatable and is_lost(error)


def is_lost(error: LmsError) -> bool:
    """Whether the request was sent, and what came back does not tell whether it was acted on."""
    return isinstance(error, ResponseLost | ServerError | DeadlineExceeded) and error.may_have_acted


def retry_after(error: LmsError) -> float | None:
    """The wait in seconds that the vendor asks for with ``error``; ``None`` if it asks for none."""
    return error.retry_after if isinstance(error, ApiError) else None


def random_waits(policy: RetryPolicy) -> Iterator[float]:
    """Yield the waits before retries, in seconds: random, up to a bound that doubles each time."""
    bounds = backoff.expo(factor=policy.base, max_value=policy.cap)
    next(bounds)  # backoff's generators yield their first value at the second step
    while True:
        yield backoff.full_jitter(next(bounds))
