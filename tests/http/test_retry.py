"""Which failed calls are retried, after how long, and how often."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lms_async.errors import (
    BadRequest,
    ClientUnusable,
    ConnectionFailed,
    DeadlineExceeded,
    InvalidResponse,
    LmsError,
    OutcomeUnknown,
    RateLimited,
    ResponseLost,
    ServerError,
    StaleSignature,
    TimedOut,
    Unauthorized,
    UnexpectedResponse,
)
from lms_async.http.attempts import Attempts
from lms_async.http.call import Call
from lms_async.http.retry import (
    Quota,
    RetryPolicy,
    is_lost,
    is_retryable,
    random_waits,
    retry_after,
)

ONCE = Call("POST", "users")
REPEATABLE = Call("POST", "users", repeatable=True)
LIMITED = RateLimited(429, retry_after=3.0)


@pytest.mark.parametrize(
    ("error", "once", "repeatable", "lost"),
    [
        (ConnectionFailed("no"), True, True, False),
        (StaleSignature(401), True, True, False),
        (LIMITED, True, True, False),
        (BadRequest(423), True, True, False),
        (ResponseLost("cut"), False, True, True),
        (TimedOut("late"), False, True, True),
        (InvalidResponse("half"), False, True, True),
        (ServerError(503), False, True, True),
        (DeadlineExceeded("not sent"), False, False, False),
        (ServerError(501), False, False, False),
        (BadRequest(400), False, False, False),
        (Unauthorized(401), False, False, False),
        (ClientUnusable("closed"), False, False, False),
        (OutcomeUnknown("lost"), False, False, False),
        (UnexpectedResponse("odd"), False, False, False),
    ],
)
def test_is_retryable_and_is_lost_per_error(
    error: LmsError, once: bool, repeatable: bool, lost: bool
) -> None:
    if isinstance(error, ServerError) and error.status == 501:
        error.may_have_acted = False
    assert is_retryable(error, ONCE) is once
    assert is_retryable(error, REPEATABLE) is repeatable
    assert is_lost(error) is lost


def test_retry_after_is_read_from_rate_limit_errors_only() -> None:
    assert retry_after(LIMITED) == 3.0
    assert retry_after(BadRequest(400)) is None
    assert retry_after(TimedOut("late")) is None


def test_quota_pays_for_retries_and_never_exceeds_its_start() -> None:
    assert (Quota.cost(TimedOut("late")), Quota.cost(ServerError(500))) == (10, 5)
    assert Quota().tokens == 500
    quota = Quota(12)
    assert quota.take(10)
    assert not quota.take(5)
    assert quota.tokens == 2
    assert quota.take(2)  # takes the last tokens
    assert not quota.take(1)
    quota.earn(5)
    assert quota.tokens == 5
    quota.earn(100)
    assert quota.tokens == quota.most == 12


def waits_after(
    errors: list[LmsError], monkeypatch: pytest.MonkeyPatch, **policy: Any
) -> list[Any]:
    """Return the wait after each error. A random wait is replaced by its longest value."""
    monkeypatch.setattr(random, "uniform", lambda least, most: most if least == 0 else None)
    attempts = Attempts(REPEATABLE, RetryPolicy(**policy, tries=99), Quota())
    return [attempts.wait_after(error) for error in errors]


def test_backoff_doubles_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[LmsError] = [ServerError(500)] * 6
    assert waits_after(errors, monkeypatch, base=0.5, cap=6.0) == [0.5, 1, 2, 4, 6, 6]


def test_retry_after_of_the_vendor_is_used_unchanged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors: list[LmsError] = [
        ServerError(500),
        LIMITED,
        StaleSignature(401),
        StaleSignature(401),
        LIMITED,
        ServerError(500),
    ]
    assert waits_after(errors, monkeypatch, base=0.5, cap=20.0) == [0.5, 3, 0, 0, 3, 1]


def test_backoff_is_random(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[float, float]] = []
    monkeypatch.setattr(random, "uniform", lambda *bounds: drawn.append(bounds) or bounds[0])
    waits_after = random_waits(RetryPolicy(base=0.5))
    assert [next(waits_after), next(waits_after)] == [0, 0]
    assert drawn == [(0, 0.5), (0, 1.0)]


@pytest.mark.parametrize("odd", [{"tries": 0}, {"base": 0}, {"cap": 0}, {"max_failed_chunks": 0}])
def test_invalid_retry_policy_is_rejected(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(odd))):
        RetryPolicy(**odd)
