from __future__ import annotations

import asyncio
import random
from math import inf
from statistics import mean

import pytest

from lms_async.http.concurrency import Width
from lms_async.limits.window import Window
from tests.virtual import run


@pytest.mark.parametrize("rate", [1.0, 1000.0, inf])
def test_width_is_the_minimum_before_the_first_response(rate: float) -> None:
    assert Width(least=2, most=30).at(rate) == 2


@pytest.mark.parametrize(
    ("rate", "latency", "width"),
    [
        (50, 0.16, 16),  # twice Little's law
        (2.6, 0.2, 4),  # never below the minimum
        (1000, 2.0, 64),  # never above the maximum
        (inf, 0.2, 64),  # no rate limit
    ],
)
def test_width_follows_rate_and_latency(rate: float, latency: float, width: int) -> None:
    wide = Width()
    wide.answered(latency)
    assert wide.at(rate) == width


def test_width_follows_slower_responses_but_not_one_outlier() -> None:
    wide = Width()
    for _ in range(100):
        wide.answered(0.1)
    wide.answered(1.0)
    assert wide.at(50) <= 16
    for _ in range(100):
        wide.answered(0.5)
    assert wide.at(50) == 50


@pytest.mark.parametrize(
    ("limit", "per", "fastest", "slowest"),
    [(13, 5.0, 0.08, 0.24), (50, 1.0, 0.08, 0.24), (50, 1.0, 0.2, 2.0), (15, 0.5, 0.01, 0.03)],
)
def test_width_is_enough_to_use_the_whole_limit(
    limit: int, per: float, fastest: float, slowest: float
) -> None:
    window, wide = Window(limit, per=per), Width()
    wide.answered((fastest + slowest) / 2)
    dice = random.Random(1)
    departures: list[float] = []
    latencies: list[float] = []

    async def caller() -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < 60 * per:
            slot = await window.acquire()
            departures.append(loop.time())
            latencies.append(dice.uniform(fastest, slowest))
            await asyncio.sleep(latencies[-1])
            slot.answered()

    async def main() -> None:
        await asyncio.gather(*(caller() for _ in range(wide.at(window.rate))))

    run(main())
    cycle = mean(b - a for a, b in zip(departures, departures[limit:], strict=False))
    assert cycle <= (per + mean(latencies)) / 0.99
