"""A clock that is wrong, and is put right while the program runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from lms_async import LmsError, RetryPolicy, StaleSignature, Unauthorized
from schoology_async import Schoology, signing
from schoology_async.sandbox import SchoologySandbox
from schoology_async.signing import Timestamps

HOUR = 3600


class Clock:
    """This machine's clock, as the client reads it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    Timestamps._of_key.clear()  # those of an earlier test's client
    monkeypatch.setattr(signing, "time", made)
    monkeypatch.setattr("schoology_async.vendor.time", made)
    return made


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 30 * 24 * HOUR])
@pytest.mark.parametrize("tries", [1, 5])
async def test_a_clock_that_is_put_right_is_believed(
    connect: Callable[..., Schoology], clock: Clock, ahead: int, tries: int
) -> None:
    clock.ahead = ahead
    client = connect(retry=RetryPolicy(tries=tries, base=0.001))
    with pytest.raises(Unauthorized) as raised:
        await client.app_user_info()
    off = f"{abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} Schoology"
    assert off in str(raised.value).replace(f"{abs(ahead) - 1} s", f"{abs(ahead)} s").replace(
        f"{abs(ahead) + 1} s", f"{abs(ahead)} s"
    )
    clock.ahead = 0
    for _ in range(3):
        await client.app_user_info()


async def test_many_calls_with_a_wrong_time_do_not_keep_it(
    connect: Callable[..., Schoology], clock: Clock
) -> None:
    clock.ahead = HOUR
    client = connect(retry=RetryPolicy(tries=1))
    ends = await asyncio.gather(
        *(client.app_user_info() for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(end, LmsError) for end in ends)
    clock.ahead = 0
    await asyncio.gather(*(client.app_user_info() for _ in range(20)))


async def test_a_timestamp_that_never_got_there_costs_one_attempt_at_most(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    clock: Clock,
) -> None:
    """The vendor could not be reached while the clock was wrong."""
    clock.ahead = HOUR
    client = connect(retry=RetryPolicy(tries=3, base=0.001))
    await schoology_sandbox.close()
    with pytest.raises(LmsError):
        await client.app_user_info()
    await schoology_sandbox.start()
    clock.ahead = 0
    await client.app_user_info()  # the old timestamp is refused, and the new one sent at once


async def test_a_time_that_was_accepted_is_not_fallen_below(
    connect: Callable[..., Schoology], clock: Clock
) -> None:
    """Within what the vendor tolerates, the sequence counts."""
    client = connect(retry=RetryPolicy(tries=1))
    clock.ahead = 300
    await client.app_user_info()
    clock.ahead = 0
    for _ in range(3):
        await client.app_user_info()


async def test_a_refusal_for_another_reason_says_nothing_of_the_clock(
    connect: Callable[..., Schoology],
) -> None:
    client = connect(secret="wrong")
    with pytest.raises(Unauthorized) as raised:
        await client.app_user_info()
    assert "clock" not in str(raised.value)
    assert not isinstance(raised.value, StaleSignature)


def test_what_is_accepted_late_is_kept() -> None:
    stamps = Timestamps()
    first = stamps.take()
    stamps.refuse(first)
    stamps.accept(first + 100)
    stamps.release()
    assert stamps.take() == first + 100
    stamps.refuse(first)  # an older one
    stamps.release()
    assert stamps.take() >= first + 100
