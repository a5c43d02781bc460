"""A call that holds a slot of a shared window while it waits for another limiter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from lms_async import Window
from lms_async.limits import registry
from lms_async.limits.registry import acquired
from lms_async.limits.shared import bookings
from lms_async.limits.shared import window as limit_redis
from lms_async.limits.shared.window import RedisWindow
from tests.limits.shared.conftest import BOTH_FORMS, PER
from tests.limits.shared.test_window import until

Share = Callable[..., RedisWindow]


@BOTH_FORMS
async def test_held_slot_does_not_expire(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise another process would get it after 0.6 s, and the limit would be exceeded."""
    monkeypatch.setattr(limit_redis, "LATE", 0.1)
    monkeypatch.setattr(limit_redis, "PATIENCE", 0.1)
    monkeypatch.setattr(bookings, "PATIENCE", 0)  # lost 1 s after it was confirmed last
    monkeypatch.setattr(registry, "_KEEP_EVERY", 0.1)
    school, other = (share(1, redis_is_new=True) for _ in range(2))
    address = Window(1, per=PER)
    busy = await address.acquire()
    call = asyncio.create_task(
        acquired([school, address], weight=1, priority="normal", max_pause=10)
    )
    await until(lambda: len(school._bookings.in_use) == 1)
    [held] = school._bookings.in_use
    waiting = asyncio.create_task(other.acquire())
    await asyncio.sleep(1.5)
    assert not waiting.done()
    busy.answered()
    slots = await call
    assert list(school._bookings.in_use) == [held]
    answered = time.monotonic()
    slots.answered()
    (await waiting).answered()
    assert time.monotonic() >= answered + PER


@BOTH_FORMS
async def test_slot_that_could_not_be_kept_is_not_used(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example because Redis could not be reached meanwhile."""
    monkeypatch.setattr(bookings, "PATIENCE", -0.8)  # lost 0.2 s after it was confirmed
    monkeypatch.setattr(registry, "_KEEP_EVERY", 60)
    school, address = share(1, redis_is_new=True), Window(1, per=PER)
    busy = await address.acquire()
    call = asyncio.create_task(
        acquired([school, address], weight=1, priority="normal", max_pause=10)
    )
    await until(lambda: len(school._bookings.in_use) == 1)
    [lost] = school._bookings.in_use
    await asyncio.sleep(0.5)
    busy.unused()
    slots = await call
    assert lost not in school._bookings.in_use
    assert len(school._bookings.in_use) == 1
    slots.answered()
