"""A wrong system clock that is corrected while the program runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from lms_async import LmsError, RetryPolicy, StaleSignature, Unauthorized
from schoology_async import Schoology, signing
from schoology_async.sandbox import SchoologySandbox
from schoology_async.signing import Stamps

HOUR = 3600


class Clock:
    """The system clock, as the client reads it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    Stamps._of_key.clear()  # timestamps of an earlier test's client
    monkeypatch.setattr(signing, "time", made)
    monkeypatch.setattr("schoology_async.vendor.time", made)
    return made


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 30 * 24 * HOUR])
@pytest.mark.parametrize("tries", [1, 5])
async def test_corrected_clock_is_used_at_once(
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


async def test_concurrent_calls_do_not_keep_a_wrong_time(
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


async def test_timestamp_that_never_arrived_costs_at_most_one_attempt(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    clock: Clock,
) -> None:
    """The vendor was unreachable while the clock was wrong."""
    clock.ahead = HOUR
    client = connect(retry=RetryPolicy(tries=3, base=0.001))
    await schoology_sandbox.close()
    with pytest.raises(LmsError):
        await client.app_user_info()
    await schoology_sandbox.start()
    clock.ahead = 0
    await client.app_user_info()  # the old timestamp is rejected, and a new one is sent at once


async def test_timestamps_never_go_below_an_accepted_one(
    connect: Callable[..., Schoology], clock: Clock
) -> None:
    """The accepted time is within the vendor's tolerance, so timestamps go on from there."""
    client = connect(retry=RetryPolicy(tries=1))
    clock.ahead = 300
    await client.app_user_info()
    clock.ahead = 0
    for _ in range(3):
        await client.app_user_info()


async def test_unauthorized_for_another_reason_does_not_mention_the_clock(
    connect: Callable[..., Schoology],
) -> None:
    client = connect(secret="wrong")
    with pytest.raises(Unauthorized) as raised:
        await client.app_user_info()
    assert "clock" not in str(raised.value)
    assert not isinstance(raised.value, StaleSignature)


def test_timestamp_accepted_late_is_kept() -> None:
    stamps = Stamps()
    first = stamps.depart()
    stamps.refuse(first)
    stamps.accept(first + 100)
    stamps.arrived()
    assert stamps.depart() == first + 100
    stamps.refuse(first)  # an older timestamp
    stamps.arrived()
    assert stamps.depart() >= first + 100
