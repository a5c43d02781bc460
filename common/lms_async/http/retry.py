"""Whether a failed call is made again, when, and whether it still may.

The only importer of ``backoff`` (an archived package: everything else stands on
:class:`RetryPolicy`). Its jitter is off, since the default one shortens the wait that a vendor
asked for; our own jitter is in :func:`_waits`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine, Generator
from typing import Any, ParamSpec, TypeVar, cast

import attrs
import backoff
from backoff.types import Details

from ..errors import (
    ApiError,
    ConnectionFailed,
    LmsError,
    ResponseLost,
    ServerError,
    StaleSignature,
    Unauthorized,
)
from .call import Call
from .statuses import Effect, effect_of

P = ParamSpec("P")
R = TypeVar("R")


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
    :param longest_wait: how long one call may be paused in all, in seconds, by refusals (429) and
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
    return isinstance(error, ResponseLost | ServerError) and error.may_have_acted


def retry_after(error: LmsError) -> float | None:
    """The wait in seconds that the vendor asks for with ``error``; ``None`` if it asks for none."""
    return error.retry_after if isinstance(error, ApiError) else None


class RetryableError(Exception):
    """A failed attempt after which the next one may be made. ``state`` is the attempt's own."""

    def __init__(self, error: LmsError, state: object) -> None:
        super().__init__(type(error).__name__)
        self.error = error
        self.state = state


def retrying(
    policy: RetryPolicy,
    attempt: Callable[P, Coroutine[Any, Any, R]],
    on_retry: Callable[[RetryableError, float], None],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """``attempt``, made again for as long as it raises :class:`Passing`.

    :param on_retry: told the failure and the wait in seconds, before each wait.
    """

    def note(details: Details) -> None:
        on_retry(cast("RetryableError", details["exception"]), details["wait"])  # type: ignore[typeddict-item]

    return backoff.on_exception(
        _waits,
        RetryableError,
        base=policy.base,
        cap=policy.cap,
        jitter=None,
        on_backoff=note,
        logger=None,
    )(attempt)


def _waits(base: float, cap: float) -> Generator[float, Any, None]:
    """backoff's protocol: primed once, then sent each failure; yields seconds to wait."""
    passing: RetryableError = yield 0.0
    ceiling = base
    while True:
        error = passing.error
        asked = retry_after(error)
        if asked is not None:
            # The limiter pauses for as long: a wait drawn on top would waste what is allowed.
            passing = yield asked
        elif isinstance(error, Unauthorized):  # signed anew, or with a token that was renewed
            passing = yield 0.0
        else:
            passing = yield random.uniform(0, min(cap, ceiling))  # noqa: S311 - spreads load
            ceiling *= 2
