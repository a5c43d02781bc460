"""Decide whether a failed call is made again, how long to wait, and how many retries are allowed.

``attempts.py`` applies these rules to one call. The loop that sends the attempts is in
``transport.py``.

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
    """The retries that a client may still make, counted in tokens as in botocore.

    Every retry costs tokens. A success earns one token, and a success after retries earns back what
    they cost. When the vendor is down, the quota runs out. Further calls then fail at their first
    attempt instead of adding load.
    """

    def __init__(self, tokens: int = 500) -> None:
        self.most = tokens
        self.tokens = tokens

    @staticmethod
    def cost(error: LmsError) -> int:
        """Return the tokens that a retry after ``error`` costs."""
        return 10 if isinstance(error, ResponseLost) else 5

    def take(self, cost: int) -> bool:
        """Pay for a retry, if there are enough tokens."""
        if cost > self.tokens:
            return False
        self.tokens -= cost
        return True

    def earn(self, amount: int) -> None:
        """Return tokens after a success."""
        self.tokens = min(self.most, self.tokens + amount)


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When a failed call is made again.

    :param tries: attempts in all, at least 1 (1: no retry). Rate-limit responses (429) do not
        count. An attempt counts too if a limit that is shared through Redis can't be used.
    :param base: upper bound of the first random wait, in seconds; it doubles with each retry.
    :param cap: upper bound of every random wait, in seconds.
    :param max_pause: how long one call may be paused in all, in seconds, by rate-limit responses
        (429) and by a 503 that names a wait. If the vendor asks for more, the call fails at once.
    :param quota: tokens for retries, shared by all calls of a client.
    :param max_failed_chunks: how many chunks of a bulk may fail in a row without any usable
        response before the bulk stops and skips the rest. A chunk whose rows could be looked up
        counts half.
    """

    tries: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    base: float = attrs.field(default=0.5, validator=attrs.validators.gt(0))
    cap: float = attrs.field(default=20.0, validator=attrs.validators.gt(0))
    max_pause: float = 300.0
    quota: int = 500
    max_failed_chunks: int = attrs.field(default=5, validator=attrs.validators.ge(1))


def is_retryable(error: LmsError, call: Call[Any]) -> bool:
    """Return whether ``call``, which failed with ``error``, may be repeated without harm.

    It may if nothing was sent, or if the vendor refused it for now and did nothing. If it was sent
    and the response was lost or was a 5xx, it may only if the call is repeatable.
    """
    if isinstance(error, ConnectionFailed | StaleSignature):
        return True
    if isinstance(error, ApiError) and effect_of(error.status) is Effect.PASSES:
        return True
    return call.repeatable and is_lost(error)


def is_lost(error: LmsError) -> bool:
    """Return whether the request was sent and the vendor may or may not have acted on it."""
    return isinstance(error, ResponseLost | ServerError | DeadlineExceeded) and error.may_have_acted


def retry_after(error: LmsError) -> float | None:
    """Return the wait in seconds that the vendor asks for with ``error``, or ``None``."""
    return error.retry_after if isinstance(error, ApiError) else None


def random_waits(policy: RetryPolicy) -> Iterator[float]:
    """Yield the waits before retries, in seconds: random, up to a bound that doubles each time."""
    bounds = backoff.expo(factor=policy.base, max_value=policy.cap)
    next(bounds)  # backoff's generators yield their first value at the second step
    while True:
        yield backoff.full_jitter(next(bounds))
