"""What a deadline bounds, and what the call raises when it passes; no wire, virtual time."""

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
from tests.http.test_attempts import BUSY, CUT, GET, OK, POST, PUT, Toy, redirect, refused
from tests.virtual import run


@attrs.define
class SlowWire:
    """Takes ``seconds`` for each response; the request has a connection after ``connects``."""

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
        Toy(),
        SlowWire(list(answers), **wire),  # type: ignore[arg-type]
        limiter=limiter or Window(1000, per=0.01),
        retry=RetryPolicy(base=0.001, cap=0.001),
    ).with_options(deadline=5)


def ended(work: Callable[[], Awaitable[Any]]) -> tuple[LmsError | None, float]:
    """The error that ``work`` ends with, and when."""

    async def main() -> tuple[LmsError | None, float]:
        error = None
        try:
            await work()
        except LmsError as raised:
            error = raised
        return error, asyncio.get_running_loop().time()

    return run(main())


def of_a_call(call: Call[Any], *answers: Response | LmsError, **wire: Any) -> tuple[Any, float]:
    return ended(lambda: transport(*answers, **wire).send(call))


def test_a_call_that_is_quick_enough_is_not_touched() -> None:
    assert of_a_call(GET, BUSY, OK, seconds=1.4) == (None, pytest.approx(4.8))


def test_the_queue_for_the_limit_is_bounded_and_left() -> None:
    limiter = Window(1, per=60)

    async def work() -> None:
        sender = transport(OK, limiter=limiter)
        await sender.send(GET)
        await sender.send(POST)

    error, at = ended(work)
    assert type(error) is DeadlineExceeded
    assert at == 5
    assert (error.may_have_acted, error.attempts, error.stops) == (False, 0, False)
    assert "waiting to be sent" in str(error)
    assert "POST users" in str(error)
    assert limiter.waiting == 0


@pytest.mark.parametrize("call", [GET, POST, PUT])
def test_a_pause_beyond_the_deadline_is_not_waited_for(call: Call[Any]) -> None:
    error, at = of_a_call(call, refused(429, retry_after="10"))
    assert type(error) is DeadlineExceeded
    assert "429" in str(error)
    assert (at, error.may_have_acted, error.attempts) == (0, False, 1)

    async def behind_a_paused_limiter() -> None:
        limiter = Window(10, per=1)
        sender = transport(limiter=limiter)
        await limiter.acquire()
        limiter.pause(10)
        await sender.send(call)

    error, at = ended(behind_a_paused_limiter)
    assert type(error) is DeadlineExceeded
    assert (at, error.may_have_acted, error.attempts) == (0, False, 0)


def test_pauses_and_retries_count_together() -> None:
    error, at = of_a_call(PUT, BUSY, BUSY, BUSY)
    assert type(error) is DeadlineExceeded
    assert (at, error.attempts) == (4, 3)
    error, at = of_a_call(GET, *[refused(503)] * 5, seconds=2)
    assert type(error) is DeadlineExceeded
    assert (at, error.attempts) == (5, 3)


def test_the_time_runs_on_through_redirects() -> None:
    error, at = of_a_call(GET, redirect("users/1"), redirect("users/2"), OK, seconds=2)
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
def test_what_was_sent_may_have_been_done(
    call: Call[Any], connects: float, kind: type[LmsError], acted: bool
) -> None:
    error, at = of_a_call(call, OK, seconds=20, connects=connects)
    assert type(error) is kind
    assert at == 5
    assert (error.may_have_acted, error.attempts) == (acted, 1)


def test_an_earlier_attempt_that_may_have_been_done_is_told() -> None:
    error, _ = of_a_call(PUT, CUT, refused(429, retry_after="10"))
    assert type(error) is OutcomeUnknown
    assert "an earlier attempt" in str(error)
    assert error.attempts == 2
    # A refusal, and then the queue: nothing was done.
    error, _ = of_a_call(PUT, BUSY, refused(429, retry_after="10"))
    assert type(error) is DeadlineExceeded
    assert not error.may_have_acted


def test_each_call_has_its_own_deadline_and_views_of_views_keep_it() -> None:
    async def work() -> None:
        sender = transport(OK, OK, OK, seconds=4)
        for _ in range(2):
            await sender.send(GET)
        await sender.with_options(timeout=1).send(GET)

    assert ended(work) == (None, 12)


def test_the_callers_own_timeout_is_no_deadline() -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(transport(OK, seconds=4).send(GET), 1)

    assert ended(work) == (None, 1)


def test_an_observer_is_told_of_what_was_sent() -> None:
    notes: list[str] = []

    class Observer:
        async def before_send(self) -> None:
            notes.append("sent")

        def lost(self) -> None:
            notes.append("lost")

        def will_retry(self) -> None:
            notes.append("again")

    sent, waiting = (transport(OK, seconds=20, connects=connects) for connects in (1, 9))
    ended(lambda: sent.fetch(PUT, watch=Observer()))
    ended(lambda: waiting.fetch(PUT, watch=Observer()))
    assert notes == ["sent", "lost", "sent"]


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf")])
def test_a_deadline_that_makes_no_sense_is_refused(deadline: float) -> None:
    with pytest.raises(InvalidInput, match="deadline"):
        transport().with_options(deadline=deadline)
