from __future__ import annotations

import pytest

from lms_async.errors import (
    ApiError,
    BadRequest,
    Forbidden,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
)
from lms_async.http.call import Call
from lms_async.http.responses import Response, refusal, requested_wait

CALL = Call("POST", "users", route="users", body={"users": [{"name_last": "Okafor"}]})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, BadRequest),
        (422, BadRequest),
        (429, RateLimited),
        (500, ServerError),
        (503, ServerError),
        (599, ServerError),
    ],
)
def test_status_maps_to_error_class(status: int, kind: type[ApiError]) -> None:
    error = refusal(CALL, Response(status, {}, b""), default_retry_after=5, hint="do this")
    assert type(error) is kind
    assert error.status == status
    assert str(error).startswith(f"POST users: HTTP {status}")
    if status != 429:
        assert str(error).endswith("(do this)")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", ""),
        (b"null", ""),
        (b'"Access is denied"', "Access is denied"),
        (b"Access is denied", "Access is denied"),
        (b'{"error": "Not allowed", "status": 403}', "Not allowed …"),
        (b"<h1>Forbidden</h1>", "(a page of markup, not shown)"),
        (b"the name Okafor is taken", "the name … is taken"),
        (b"\xff\xfe", "…"),
    ],
)
def test_vendor_message_is_read_from_any_body(body: bytes, detail: str) -> None:
    error = refusal(CALL, Response(403, {}, body), default_retry_after=5)
    assert error.detail == detail


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "-3"}, 1.0),
        ({"retry-after": "inf"}, 86400.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        (
            {
                "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT",
                "date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1.0),
        ({"retry-after": "999999999"}, 86400.0),
        (
            {
                "x-ratelimit-reset": "2021-10-28 01:29:40 UTC",
                "date": "Thu, 28 Oct 2021 01:29:38 GMT",
            },
            2.0,
        ),
        ({"x-ratelimit-reset": "2021-10-28 01:29:40 UTC"}, 1.0),
        ({"x-ratelimit-reset": "1635384580"}, None),
        ({"x-ratelimit-reset": "1635384580", "x-ratelimit-period": "30"}, 30.0),
        ({"x-ratelimit-reset": "2021-10-28 01:29:40 UTC", "x-ratelimit-period": "1"}, 1.0),
        ({"retry-after": "0", "x-ratelimit-period": "30"}, 1.0),
        ({"x-ratelimit-period": "nan"}, None),
    ],
)
def test_retry_after_accepts_seconds_and_dates(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert requested_wait(headers) == seconds


def test_429_without_retry_after_uses_the_vendor_default() -> None:
    error = refusal(CALL, Response(429, {}, b"slow down"), default_retry_after=5)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 5
