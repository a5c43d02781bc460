"""One process runs several event loops in turn. Each counts what the earlier ones have sent."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lms_async import RateLimited, RetryPolicy, Window
from lms_async.limits import registry
from lms_async.sandbox import Fault
from schoology_async import Schoology, vendor
from schoology_async.sandbox import School, SchoologySandbox

ONCE = RetryPolicy(tries=1, max_pause=0)
LIMIT, PER = 6, 0.5


@pytest.fixture
def sandbox() -> Iterator[SchoologySandbox]:
    """Runs in its own thread, so that it serves one event loop after the other."""
    with SchoologySandbox(school=School.seeded(10), limit=(LIMIT, PER)) as sandbox:
        yield sandbox


def statuses(sandbox: SchoologySandbox) -> list[int | None]:
    return [seen.status for seen in sandbox.log]


@pytest.fixture
def fast_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's default limit, ten times faster."""
    monkeypatch.setattr(vendor, "LIMIT", LIMIT)
    monkeypatch.setattr(vendor, "PERIOD", PER)


async def ask(sandbox: SchoologySandbox, times: int) -> None:
    async with Schoology(
        sandbox.key, sandbox.secret, base_url=sandbox.base_url, retry=ONCE
    ) as schoology:
        await asyncio.gather(*(schoology.app_user_info() for _ in range(times)))


@pytest.mark.usefixtures("fast_limit")
def test_repeated_asyncio_run_is_never_rate_limited(sandbox: SchoologySandbox) -> None:
    began = time.monotonic()
    for _ in range(8):
        asyncio.run(ask(sandbox, 5))
    assert statuses(sandbox) == [200] * 40
    assert time.monotonic() - began < 40 / LIMIT * PER + 3  # hardly slower than a single event loop


@pytest.mark.usefixtures("fast_limit")
def test_pause_holds_on_the_next_event_loop(sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.refuse(times=1, retry_after=0.4))
    with pytest.raises(RateLimited):
        asyncio.run(ask(sandbox, 1))
    asked = time.monotonic()
    with pytest.raises(RateLimited):
        asyncio.run(ask(sandbox, 1))  # does not wait for the pause
    assert len(sandbox.log) == 1
    time.sleep(max(0.0, asked + 0.5 - time.monotonic()))
    asyncio.run(ask(sandbox, 1))
    assert statuses(sandbox) == [429, 200]


@pytest.mark.usefixtures("fast_limit")
def test_requests_in_flight_when_a_loop_ends_are_counted(sandbox: SchoologySandbox) -> None:
    """They were cut off, and may arrive until their timeout has passed."""
    sandbox.faults.add(Fault.hang(times=2))

    async def cut() -> None:
        async with Schoology(
            sandbox.key, sandbox.secret, base_url=sandbox.base_url, retry=ONCE, timeout=1.0
        ) as schoology:
            asking = asyncio.gather(*(schoology.app_user_info() for _ in range(2)))
            while len(sandbox.log) < 2:  # noqa: ASYNC110 - another thread's
                await asyncio.sleep(0.01)
            asking.cancel()
            await asking

    began = time.monotonic()
    with suppress(asyncio.CancelledError):
        asyncio.run(cut())
    asyncio.run(ask(sandbox, 3 * (LIMIT - 2) + 1))  # three periods of the free slots, and one more
    assert time.monotonic() - began >= 1.0 + PER


def test_callers_window_can_be_continued(sandbox: SchoologySandbox) -> None:
    async def use(window: Window) -> None:
        async with Schoology(
            sandbox.key, sandbox.secret, base_url=sandbox.base_url, retry=ONCE, limiter=window
        ) as schoology:
            await asyncio.gather(*(schoology.app_user_info() for _ in range(4)))

    window = Window(LIMIT, per=PER)
    asyncio.run(use(window))
    for _ in range(3):
        window = Window(LIMIT, per=PER, after=window)
        asyncio.run(use(window))
    assert statuses(sandbox) == [200] * 16


def test_expired_usage_is_forgotten() -> None:
    async def use(scope: str) -> None:
        limiter = registry.shared(scope, lambda: Window(1, per=0.01))
        if scope != "unused":
            (await limiter.acquire()).answered()

    for scope in ("a", "b", "unused"):
        asyncio.run(use(scope))
    time.sleep(0.02)
    gc.collect()
    asyncio.run(use("c"))
    assert not {"a", "b", "unused"} & set(registry._used)
    assert "c" in registry._used


@pytest.mark.usefixtures("fast_limit")
def test_alternating_event_loops_are_never_rate_limited(sandbox: SchoologySandbox) -> None:
    """Like a synchronous wrapper with its own loop, beside other code that calls asyncio.run."""
    began = time.monotonic()
    with asyncio.Runner() as one, asyncio.Runner() as other:
        for _ in range(2):
            one.run(ask(sandbox, LIMIT))
            other.run(ask(sandbox, LIMIT))
            asyncio.run(ask(sandbox, LIMIT))
    assert statuses(sandbox) == [200] * 6 * LIMIT
    assert time.monotonic() - began < 6 * PER + 3
