"""Slots of a shared window whose requests were never sent or got no response."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from lms_async import Window
from lms_async.limits.shared.connection import usable_at
from lms_async.limits.shared.window import RedisWindow
from tests.http.test_cancelled_requests import client, slow_network
from tests.limits.shared.conftest import BOTH_FORMS, PER
from tests.limits.shared.test_window import until

Share = Callable[..., RedisWindow]


@BOTH_FORMS
async def test_abandoned_slot_is_busy_until_one_period_after_its_latest_arrival(
    share: Share,
) -> None:
    """This holds for all processes. The booking alone would have expired only after 8 s."""
    one, other = (share(1, timeout=5, redis_is_new=True) for _ in range(2))
    slot = await one.acquire()
    abandoned = time.time()
    slot.abandoned(0.5)
    slot.answered()  # has no effect after abandoned()
    following = await other.acquire()
    moment = usable_at(following.booking) / 1e6
    assert abandoned + 0.5 + PER <= moment < abandoned + 7
    following.answered()


@BOTH_FORMS
async def test_abandoned_slot_stays_busy_after_its_window_is_closed(share: Share) -> None:
    one, other = (share(1, timeout=5, redis_is_new=True) for _ in range(2))
    slot = await one.acquire()
    abandoned = time.time()
    slot.abandoned(0.5)
    await one.close()
    following = await other.acquire()
    assert usable_at(following.booking) / 1e6 >= abandoned + 0.5 + PER
    following.answered()


async def test_slot_of_a_timed_out_request_is_busy_for_one_period(share: Share) -> None:
    window = share(1, timeout=5, redis_is_new=True)
    slot = await window.acquire()
    ended = time.time()
    slot.abandoned(0)
    following = await window.acquire()
    assert ended + PER <= usable_at(following.booking) / 1e6 < ended + 7  # else after 8 s
    following.answered()


@BOTH_FORMS
async def test_unused_slot_is_free_at_once(share: Share) -> None:
    one, other = (share(1, per=20, timeout=5, redis_is_new=True) for _ in range(2))
    slot = await one.acquire()
    waiting = asyncio.create_task(other.acquire())
    await until(lambda: other._session.tickets == 1)
    slot.unused()
    async with asyncio.timeout(5):
        following = await waiting
    following.unused()


async def test_unclaimed_slot_of_the_fallback_is_free_at_once(share: Share) -> None:
    """A slot of the fallback window that no waiter takes goes back at once."""
    window, spare = share(1), Window(1, per=60)
    slot = await spare.acquire()
    window._grant(slot)
    async with asyncio.timeout(10):
        await spare.acquire()


async def test_cancelled_requests_in_flight_keep_arrivals_within_the_limit(
    share: Share,
) -> None:
    one, other = (share(2, per=1, timeout=5, redis_is_new=True) for _ in range(2))
    async with (
        slow_network() as network,
        client(network.url, one) as cancelled,
        client(network.url, other) as following,
    ):
        network.seconds = 0.4
        asking = [asyncio.create_task(cancelled.app_user_info()) for _ in range(2)]
        while network.requests < 2:  # noqa: ASYNC110 - the server sets no event
            await asyncio.sleep(0.01)
        for task in asking:
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.gather(*asking)
        network.seconds = 0.0
        await asyncio.gather(*(following.app_user_info() for _ in range(2)))
    assert network.arrivals[2] - network.arrivals[1] >= 1.0
