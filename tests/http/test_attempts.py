"""Which attempts a call makes, how it ends, and which redirects it follows. Responses are scripted;
nothing is sent."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Any

import attrs
import orjson
import pytest

from lms_async.errors import (
    BadRequest,
    ConnectionFailed,
    CrossHostRedirect,
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
from lms_async.events import Event, Retrying
from lms_async.http.call import Call, follow
from lms_async.http.responses import Response
from lms_async.http.retry import RetryPolicy
from lms_async.http.transport import Transport
from lms_async.http.vendor import Page, Vendor
from lms_async.limits.window import Window
from lms_async.records.converter import make_converter
from tests.virtual import run

GET = Call("GET", "users", repeatable=True)
POST = Call("POST", "users", body={"n": 1})
PUT = Call("PUT", "users", body={"n": 1}, repeatable=True)

OK = Response(200, {}, b'{"ok": true}')


def refused(status: int, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, b"{}")


def redirect(location: str, status: int = 303) -> Response:
    return refused(status, location=location)


class ToyVendor(Vendor):
    name, scope, converter = "Toy", "toy", make_converter()
    base_url = "https://toy.example/v1/"

    def default_limiter(self) -> Window:
        return Window(1000, per=0.01)

    def auth_headers(self, method: str, url: str) -> Any:
        return nullcontext({})

    def page(self, call: Call[Any], payload: Any) -> Page:
        return Page([])

    def check(self, call: Call[Any], answer: Response) -> Any:
        if answer.body == b"stale":
            raise StaleSignature(401)
        return super().check(call, answer)


@attrs.define
class ScriptedWire:
    """Returns or raises the next of ``answers``."""

    answers: list[Response | LmsError]
    asked: list[tuple[str, str, Any]] = attrs.field(factory=list)
    at: list[float] = attrs.field(factory=list)

    async def exchange(self, call: Call[Any], url: str, body: Any, **_: Any) -> Response:
        self.asked.append((call.method, url, body))
        self.at.append(asyncio.get_running_loop().time())
        answer = self.answers.pop(0)
        if isinstance(answer, LmsError):
            raise answer
        return answer


@attrs.define
class NotingObserver:
    """Notes one letter per notification: ``d`` sent, ``l`` lost, ``r`` will be retried."""

    notes: str = ""

    async def before_send(self) -> None:
        self.notes += "d"

    def lost(self) -> None:
        self.notes += "l"

    def will_retry(self) -> None:
        self.notes += "r"


@attrs.define
class Result:
    payload: Any
    error: LmsError | None
    attempts: int
    notes: str
    wire: ScriptedWire
    transport: Transport
    events: list[Event]


def send(call: Call[Any], *answers: Response | LmsError, **policy: Any) -> Result:
    wire, told, events = ScriptedWire(list(answers)), NotingObserver(), []  # type: ignore[var-annotated]
    transport: Transport

    async def main() -> tuple[Any, LmsError | None, int]:
        nonlocal transport
        transport = Transport(
            ToyVendor(),
            wire,  # type: ignore[arg-type]
            limiter=Window(1000, per=0.01),
            retry=RetryPolicy(**{"base": 0.001, "cap": 0.001, **policy}),
            events=[events.append],
        )
        try:
            payload, attempts = await transport.fetch(call, watch=told)
        except LmsError as error:
            return None, error, error.attempts
        return payload, None, attempts

    payload, error, attempts = run(main())
    assert wire.answers == []
    assert len(wire.asked) == attempts == told.notes.count("d")
    return Result(payload, error, attempts, told.notes, wire, transport, events)


CUT, LATE, NO = ResponseLost("cut"), TimedOut("late"), ConnectionFailed("no")
STALE = Response(401, {}, b"stale")
BUSY = refused(429, retry_after="2")


@pytest.mark.parametrize(
    ("call", "answers", "kind", "notes"),
    [
        # A call that may not be repeated is retried only if the vendor certainly did nothing.
        (POST, [OK], None, "d"),
        (POST, [NO, OK], None, "drd"),
        (POST, [BUSY, OK], None, "drd"),
        (POST, [STALE, OK], None, "drd"),
        (POST, [refused(423), OK], None, "drd"),
        (POST, [CUT], OutcomeUnknown, "dl"),
        (POST, [LATE], OutcomeUnknown, "dl"),
        (POST, [refused(503)], OutcomeUnknown, "dl"),
        (POST, [BUSY, CUT], OutcomeUnknown, "drdl"),
        (POST, [refused(400)], BadRequest, "d"),
        (POST, [BUSY, refused(400)], BadRequest, "drd"),
        (POST, [refused(501)], ServerError, "d"),
        # A call that may be repeated is retried until a response arrives.
        (PUT, [CUT, OK], None, "dld"),
        (PUT, [refused(500), LATE, OK], None, "dldld"),
        (PUT, [BUSY, CUT, BUSY, OK], None, "drdldd"),
        (PUT, [refused(400)], BadRequest, "d"),
        (PUT, [CUT] * 5, ResponseLost, "dl" * 5),
        (PUT, [NO] * 5, ConnectionFailed, "dr" * 4 + "d"),
        # After a lost response the outcome stays unknown, whatever the retries return.
        (PUT, [CUT, refused(401)], OutcomeUnknown, "dld"),
        (PUT, [CUT, refused(400)], OutcomeUnknown, "dld"),
        (PUT, [CUT, NO, NO, NO, NO], OutcomeUnknown, "dldddd"),
        # A read changes nothing, so its outcome is never unknown.
        (GET, [CUT, refused(401)], Unauthorized, "dlrd"),
        (GET, [CUT, OK], None, "dlrd"),
        (GET, [CUT, BUSY, OK], None, "dlrdrd"),
    ],
)
def test_attempts_and_result_of_a_call(
    call: Call[Any], answers: list[Any], kind: type[LmsError] | None, notes: str
) -> None:
    ended = send(call, *answers)
    assert ended.notes == notes
    assert ended.attempts == len(answers)
    if kind is None:
        assert ended.payload == {"ok": True}
        return
    assert type(ended.error) is kind
    if kind is OutcomeUnknown:
        assert ended.error is not None
        assert ended.error.may_have_acted
        assert "check" in ended.error.hint
        assert f"{call.method} users" in str(ended.error)


def test_outcome_unknown_names_the_lost_attempt() -> None:
    (first, later) = (send(POST, CUT).error, send(PUT, CUT, refused(401)).error)
    assert first is not None
    assert later is not None
    assert "cut" in str(first)
    assert "earlier" not in str(first)
    assert "an earlier attempt's response was lost" in str(later)
    assert "401" in str(later)
    # The last failure decides whether a bulk stops.
    assert (first.stops, later.stops) == (False, True)


def test_body_is_the_same_in_each_attempt() -> None:
    ended = send(PUT, CUT, OK)
    assert ended.wire.asked == [("PUT", "https://toy.example/v1/users", orjson.dumps({"n": 1}))] * 2


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_tries_counts_failures_but_not_429s(tries: int) -> None:
    ended = send(PUT, *[CUT] * tries, tries=tries)
    assert type(ended.error) is ResponseLost
    ended = send(PUT, *[BUSY] * 4, OK, tries=1)
    assert ended.error is None
    assert ended.wire.at == [0, 2, 4, 6, 8]


def test_attempt_without_a_slot_counts_as_a_failure() -> None:
    """The Redis of a shared limit can't be used, for example because the password is wrong."""
    asked = []

    class Unusable(Window):
        async def acquire(self, **_: Any) -> Any:
            asked.append(asyncio.get_running_loop().time())
            raise ConnectionFailed("no Redis")

    wire = ScriptedWire([])

    async def main() -> None:
        transport = Transport(
            ToyVendor(),
            wire,  # type: ignore[arg-type]
            limiter=Unusable(1000, per=0.01),
            retry=RetryPolicy(tries=3, base=0.001, cap=0.001),
        )
        await transport.send(GET)

    with pytest.raises(ConnectionFailed, match="no Redis"):
        run(main())
    assert len(asked) == 3
    assert wire.asked == []


def test_max_pause_limits_the_total_of_429_waits() -> None:
    wait = refused(429, retry_after="5")
    ended = send(PUT, wait, wait, OK, max_pause=10)
    assert ended.error is None
    ended = send(PUT, wait, wait, wait, max_pause=10)
    assert type(ended.error) is RateLimited
    assert ended.wire.at == [0, 5, 10]  # the last 429 is raised at once
    ended = send(PUT, wait, max_pause=4.9)
    assert type(ended.error) is RateLimited
    short = refused(429, retry_after="0.5")
    assert send(PUT, short, short, OK, max_pause=1).error is None
    # A 503 with Retry-After counts as a 429. A 503 without it is a failure.
    full = refused(503, retry_after="5")
    ended = send(PUT, full, full, OK, max_pause=10, tries=1)
    assert ended.error is None
    assert ended.wire.at == [0, 5, 10]


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([OK], 10),  # never more than at the start
        ([CUT, OK], 10),  # a success after a retry earns the retry's cost back
        ([refused(500), OK], 10),
        ([NO, NO, OK], 10),
        ([refused(500)] * 3, 0),
        ([CUT] * 2, 0),
        ([BUSY, OK], 10),
    ],
)
def test_retries_are_paid_from_the_quota(answers: list[Any], left: int) -> None:
    assert send(PUT, *answers, quota=10).transport._quota.tokens == left


@pytest.mark.parametrize(
    ("answers", "tokens", "earned"),
    [([OK], 0, 1), ([BUSY, OK], 0, 1), ([CUT, OK], 10, 10), ([refused(500), OK], 5, 5)],
)
def test_success_earns_one_token_or_the_cost_of_its_retries(
    answers: list[Any], tokens: int, earned: int
) -> None:
    async def main() -> int:
        transport = Transport(
            ToyVendor(),
            ScriptedWire(list(answers)),  # type: ignore[arg-type]
            limiter=Window(1000, per=0.01),
            retry=RetryPolicy(base=0.001, cap=0.001),
        )
        transport._quota.tokens = tokens
        await transport.fetch(PUT)
        return transport._quota.tokens

    assert run(main()) == earned


def test_each_retry_event_has_its_reason_and_wait() -> None:
    ended = send(PUT, BUSY, STALE, OK)
    retries = [event for event in ended.events if isinstance(event, Retrying)]
    assert [(r.attempt, r.error, r.seconds) for r in retries] == [
        (1, "RateLimited", 2.0),
        (2, "StaleSignature", 0.0),
    ]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_get_redirect_is_followed_and_counts_as_attempts(status: int) -> None:
    ended = send(GET, CUT, redirect("users/7?a=b", status), BUSY, OK)
    assert ended.payload == {"ok": True}
    assert ended.attempts == 4
    assert [url for _, url, _ in ended.wire.asked] == [
        *["https://toy.example/v1/users"] * 2,
        *["https://toy.example/v1/users/7?a=b"] * 2,
    ]


@pytest.mark.parametrize(
    "answer", [refused(304), refused(300), redirect("users/7", 400), redirect("users/7", 404)]
)
def test_status_without_a_redirect_is_not_followed(answer: Response) -> None:
    ended = send(GET, answer)
    assert ended.error is not None
    assert getattr(ended.error, "status", None) == answer.status


def test_success_with_a_location_header_is_not_redirected() -> None:
    assert send(GET, Response(201, {"location": "users/7"}, b'{"ok": true}')).payload == {
        "ok": True
    }


def test_four_redirects_are_followed_and_a_fifth_raises() -> None:
    hops = [redirect(f"users/{n}") for n in range(5)]
    assert send(GET, *hops[:4], OK).attempts == 5
    ended = send(GET, *hops)
    assert type(ended.error) is UnexpectedResponse
    assert "redirects" in str(ended.error)
    # The error names the last call that was made.
    assert "GET users" in str(ended.error)


@pytest.mark.parametrize("call", [POST, PUT, Call("DELETE", "users"), Call("PATCH", "users")])
def test_redirected_write_raises(call: Call[Any]) -> None:
    ended = send(call, redirect("users/7", 307))
    assert type(ended.error) is UnexpectedResponse
    assert "redirected a write" in str(ended.error)
    assert f"{call.method} users" in str(ended.error)
    assert ended.error.may_have_acted


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("https://elsewhere.example/v1/users", "another host"),
        ("https://toy.example:444/v1/users", "another host"),
        ("https://toy.example/v2/users", "base path"),
        ("https://toy.example/v1/..%2fadmin", "base path"),
        ("https://toy.example/v1/%2e%2e/admin", "base path"),
        ("https://toy.example/v1/%2e/admin", "base path"),
        ("users\udc80", "not text"),
    ],
)
def test_redirect_outside_the_base_url_raises(location: str, why: str) -> None:
    ended = send(GET, CUT, redirect(location))
    assert type(ended.error) is CrossHostRedirect
    assert why in str(ended.error)
    assert "GET users" in str(ended.error)
    assert ended.attempts == 2
    assert not ended.error.may_have_acted


@pytest.mark.parametrize(
    ("base_url", "link", "same"),
    [
        ("https://toy.example/v1/", "http://toy.example/v1/x", True),
        ("https://toy.example/v1/", "http://toy.example:80/v1/x", True),
        ("https://toy.example/v1/", "https://toy.example:443/v1/x", True),
        ("https://toy.example/v1/", "http://toy.example:443/v1/x", False),
        ("https://toy.example/v1/", "https://toy.example:80/v1/x", False),
        ("https://toy.example:8443/v1/", "https://toy.example:8443/v1/x", True),
        ("https://toy.example:8443/v1/", "http://toy.example:8443/v1/x", True),
        ("https://toy.example:8443/v1/", "https://toy.example/v1/x", False),
        ("http://127.0.0.1:80/v1/", "http://127.0.0.1/v1/x", True),
        ("https://toy.example/v1/", "https://TOY.example/v1/x", True),
    ],
)
def test_same_host_ignores_scheme_and_default_port(base_url: str, link: str, same: bool) -> None:
    call = Call("GET", "users", query=(("a", "b"),))
    if same:
        followed = follow(call, link, base_url=base_url)
        assert (followed.path, followed.query) == ("x", ())
        return
    with pytest.raises(ValueError, match="another host"):
        follow(call, link, base_url=base_url)
