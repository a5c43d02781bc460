from __future__ import annotations

import pytest

from lms_async.errors import ApiError
from lms_async.http.call import Call
from lms_async.http.responses import Response, refusal
from lms_async.http.retry import is_retryable
from lms_async.http.statuses import EFFECTS, Effect, effect_of

ALL = range(400, 600)
PASSING = {408, 421, 423, 425, 429}
CONTENT = {400, 409, 413, 414, 422, 424, 431}
ONCE = Call("POST", "users")
REPEATABLE = Call("POST", "users", repeatable=True)


def error(status: int, **headers: str) -> ApiError:
    return refusal(ONCE, Response(status, headers, b""), default_retry_after=5.0)


@pytest.mark.parametrize("status", ALL)
def test_each_status_has_one_effect_and_a_matching_error(status: int) -> None:
    effect = effect_of(status)
    wanted = (
        Effect.PASSES
        if status in PASSING
        else Effect.CONTENT
        if status in CONTENT
        else Effect.ENDS
        if status < 500 or status in (501, 505, 510, 511)
        else Effect.UNSETTLED
    )
    assert effect is wanted
    failed = error(status)
    assert failed.may_have_acted == (effect is Effect.UNSETTLED)
    assert is_retryable(failed, ONCE) == (effect is Effect.PASSES)
    assert is_retryable(failed, REPEATABLE) == (effect in (Effect.PASSES, Effect.UNSETTLED))
    # Two cases depend on more than the status: a 404 stops a bulk unless the path names a row, and
    # a 429 stops it only when the allowed pause is used up.
    if status not in (404, 410, 429):
        assert failed.stops == (effect is Effect.ENDS)


def test_missing_id_in_the_path_does_not_stop_a_bulk() -> None:
    changed = {s for s in ALL if effect_of(s, path_names_rows=True) is not effect_of(s)}
    assert changed == {404, 410}
    assert effect_of(404, path_names_rows=True) is Effect.SHARED


def test_each_table_entry_has_a_reason() -> None:
    assert all(reason for _, reason in EFFECTS.values())


@pytest.mark.parametrize("status", sorted({503, *PASSING}))
def test_retry_after_is_read_for_retryable_statuses(status: int) -> None:
    assert error(status, **{"retry-after": "7"}).retry_after == 7
    assert error(status, **{"retry-after": "0"}).retry_after == 1
    moment = {"retry-after": "Wed, 21 Oct 2015 07:28:10 GMT"}
    assert error(status, **moment, date="Wed, 21 Oct 2015 07:28:00 GMT").retry_after == 10
    assert error(status).retry_after == (5.0 if status == 429 else None)
    # ManageBac sends x-ratelimit-period with every response, so it says nothing about a 503.
    period = {"x-ratelimit-period": "9"}
    assert error(status, **period).retry_after == (9 if status == 429 else None)


@pytest.mark.parametrize("status", [400, 404, 500, 502])
def test_retry_after_is_ignored_for_other_statuses(status: int) -> None:
    assert error(status, **{"retry-after": "7"}).retry_after is None
