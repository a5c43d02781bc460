"""Which failed calls are made again, after which wait, and how many in all."""

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
def test_what_may_be_made_again(error: LmsError, once: bool, repeatable: bool, lost: bool) -> None:
    if isinstance(error, ServerError) and error.status == 501:
        error.may_have_acted = False
    assert is_retryable(error, ONCE) is once
    assert is_retryable(error, REPEATABLE) is repeatable
    assert is_lost(error) is lost


def test_the_wait_that_a_vendor_asks_for_is_read_of_its_refusals_only() -> None:
    assert retry_after(LIMITED) == 3.0
    assert retry_after(BadRequest(400)) is None
    assert retry_after(TimedOut("late")) is None


def test_a_quota_pays_retries_until_it_is_empty_and_earns_no_more_than_it_had() -> None:
    assert (Quota.cost(TimedOut("late")), Quota.cost(ServerError(500))) == (10, 5)
    assert Quota().tokens == 500
    quota = Quota(12)
    assert quota.take(10)
    assert not quota.take(5)
    assert quota.tokens == 2
    assert quota.take(2)  # the last of it
    assert not quota.take(1)
    quota.earn(5)
    assert quota.tokens == 5
    quota.earn(100)
    assert quota.tokens == quota.most == 12


def waits(errors: list[LmsError], monkeypatch: pytest.MonkeyPatch, **policy: Any) -> list[Any]:
    """The waits after each error; of what is drawn at random, the longest."""
    monkeypatch.setattr(random, "uniform", lambda least, most: most if least == 0 else None)
    attempts = Attempts(REPEATABLE, RetryPolicy(**policy, tries=99), Quota())
    return [attempts.wait_after(error) for error in errors]


def test_waits_of_our_own_double_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[LmsError] = [ServerError(500)] * 6
    assert waits(errors, monkeypatch, base=0.5, cap=6.0) == [0.5, 1, 2, 4, 6, 6]


def test_a_wait_that_the_vendor_asks_for_is_taken_as_it_is(
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
    assert waits(errors, monkeypatch, base=0.5, cap=20.0) == [0.5, 3, 0, 0, 3, 1]


def test_waits_are_random(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[float, float]] = []
    monkeypatch.setattr(random, "uniform", lambda *bounds: drawn.append(bounds) or bounds[0])
    waits = random_waits(RetryPolicy(base=0.5))
    assert [next(waits), next(waits)] == [0, 0]
    assert drawn == [(0, 0.5), (0, 1.0)]


@pytest.mark.parametrize("odd", [{"tries": 0}, {"base": 0}, {"cap": 0}, {"max_failed_chunks": 0}])
def test_a_policy_that_makes_no_sense_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(odd))):
        RetryPolicy(**odd)
