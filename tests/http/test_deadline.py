"""What a deadline limits, and what a call raises when it passes. No network, virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import pytest

from lms_async.errors import DeadlineExceeded, InvalidInput, LmsError, OutcomeUnknown
from lms_async.http.call import Call
from lms_async.http.in_flight import Progress
from lms_async.http.responses import Response
from lms_async.http.retry import RetryPolicy
from lms_async.http.transport import Transport
from lms_async.limits.window import Window
from tests.http.test_attempts import BUSY, CUT, GET, OK, POST, PUT, ToyVendor, redirect, refused
from tests.virtual import run


@attrs.define
class SlowWire:
    """Fake wire: takes ``seconds`` per response. Each request has a connection after
    ``connects``."""

    answers: list[Response | LmsError]
    seconds: float = 0.0
    connects: float = 0.0

    async def exchange(self, *_: Any, progress: Progress, **__: Any) -> Response:
        await asyncio.sleep(self.connects)
        progress.sent = True
        await asyncio.sleep(self.seconds - self.connects)
        progress.slot.answered()
        answer = self.answers.pop(0)
        if isinstance(answer, LmsError):
            raise answer
        return answer


def transport(*answers: Response | LmsError, limiter: Window | None = None, **wire: Any) -> Any:
    return Transport(
        ToyVendor(),
        SlowWire(list(answers), **wire),  # type: ignore[arg-type]
        limiter=limiter or Window(1000, per=0.01),
        retry=RetryPolicy(base=0.001, cap=0.001),
    ).with_options(deadline=5)


def run_until_error(work: Callable[[], Awaitable[Any]]) -> tuple[LmsError | None, float]:
    """Return the error that ``work`` raises, if any, and the time at which it ended."""

    async def main() -> tuple[LmsError | None, float]:
        error = None
        try:
            await work()
        except LmsError as raised:
            error = raised
        return error, asyncio.get_running_loop().time()

    return run(main())


def send_call(call: Call[Any], *answers: Response | LmsError, **wire: Any) -> tuple[Any, float]:
    return run_until_error(lambda: transport(*answers, **wire).send(call))


def test_fast_call_is_unaffected() -> None:
    assert send_call(GET, BUSY, OK, seconds=1.4) == (None, pytest.approx(4.8))


def test_deadline_ends_the_wait_for_the_rate_limit() -> None:
    limiter = Window(1, per=60)

    async def work() -> None:
        sender = transport(OK, limiter=limiter)
        await sender.send(GET)
        await sender.send(POST)

    error, at = run_until_error(work)
    assert type(error) is DeadlineExceeded
    assert at == 5
    assert (error.may_have_acted, error.attempts, error.stops) == (False, 0, False)
    assert "waiting to be sent" in str(error)
    assert "POST users" in str(error)
    assert limiter.waiting == 0


@pytest.mark.parametrize("call", [GET, POST, PUT])
def test_pause_longer_than_the_deadline_raises_at_once(call: Call[Any]) -> None:
    error, at = send_call(call, refused(429, retry_after="10"))
    assert type(error) is DeadlineExceeded
    assert "429" in str(error)
    assert (at, error.may_have_acted, error.attempts) == (0, False, 1)

    async def behind_a_paused_limiter() -> None:
        limiter = Window(10, per=1)
        sender = transport(limiter=limiter)
        await limiter.acquire()
        limiter.pause(10)
        await sender.send(call)

    error, at = run_until_error(behind_a_paused_limiter)
    assert type(error) is DeadlineExceeded
    assert (at, error.may_have_acted, error.attempts) == (0, False, 0)


def test_deadline_covers_pauses_and_retries_together() -> None:
    error, at = send_call(PUT, BUSY, BUSY, BUSY)
    assert type(error) is DeadlineExceeded
    assert (at, error.attempts) == (4, 3)
    error, at = send_call(GET, *[refused(503)] * 5, seconds=2)
    assert type(error) is DeadlineExceeded
    assert (at, error.attempts) == (5, 3)


def test_deadline_includes_redirects() -> None:
    error, at = send_call(GET, redirect("users/1"), redirect("users/2"), OK, seconds=2)
    assert type(error) is DeadlineExceeded
    assert at == 5


@pytest.mark.parametrize(
    ("call", "connects", "kind", "acted"),
    [
        (GET, 9, DeadlineExceeded, False),
        (POST, 9, DeadlineExceeded, False),
        (PUT, 9, DeadlineExceeded, False),
        (GET, 1, DeadlineExceeded, True),
        (PUT, 1, DeadlineExceeded, True),
        (POST, 1, OutcomeUnknown, True),
    ],
)
def test_may_have_acted_depends_on_whether_the_request_was_sent(
    call: Call[Any], connects: float, kind: type[LmsError], acted: bool
) -> None:
    error, at = send_call(call, OK, seconds=20, connects=connects)
    assert type(error) is kind
    assert at == 5
    assert (error.may_have_acted, error.attempts) == (acted, 1)


def test_earlier_lost_attempt_raises_outcome_unknown() -> None:
    error, _ = send_call(PUT, CUT, refused(429, retry_after="10"))
    assert type(error) is OutcomeUnknown
    assert "an earlier attempt" in str(error)
    assert error.attempts == 2
    # After a 429 and a wait in the queue, the vendor has done nothing.
    error, _ = send_call(PUT, BUSY, refused(429, retry_after="10"))
    assert type(error) is DeadlineExceeded
    assert not error.may_have_acted


def test_each_call_gets_the_full_deadline_also_in_nested_views() -> None:
    async def work() -> None:
        sender = transport(OK, OK, OK, seconds=4)
        for _ in range(2):
            await sender.send(GET)
        await sender.with_options(timeout=1).send(GET)

    assert run_until_error(work) == (None, 12)


def test_asyncio_timeout_of_the_caller_still_raises_timeout_error() -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(transport(OK, seconds=4).send(GET), 1)

    assert run_until_error(work) == (None, 1)


def test_observer_sees_lost_only_for_sent_requests() -> None:
    notes: list[str] = []

    class Observer:
        async def before_send(self) -> None:
            notes.append("sent")

        def lost(self) -> None:
            notes.append("lost")

        def will_retry(self) -> None:
            notes.append("again")

    sent, waiting = (transport(OK, seconds=20, connects=connects) for connects in (1, 9))
    run_until_error(lambda: sent.fetch(PUT, watch=Observer()))
    run_until_error(lambda: waiting.fetch(PUT, watch=Observer()))
    assert notes == ["sent", "lost", "sent"]


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf")])
def test_invalid_deadline_is_rejected(deadline: float) -> None:
    with pytest.raises(InvalidInput, match="deadline"):
        transport().with_options(deadline=deadline)
