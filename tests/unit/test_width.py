from __future__ import annotations

from math import inf

import pytest

from lms_async.width import Width


def test_until_an_answer_is_in_it_is_the_most() -> None:
    assert Width(least=2, most=30).at(1.0) == 30


@pytest.mark.parametrize(
    ("rate", "latency", "width"),
    [
        (50, 0.16, 16),  # Little's law, twice
        (2.6, 0.2, 4),  # never below the least
        (1000, 2.0, 64),  # never above the most
        (inf, 0.2, 64),  # no limit at all
    ],
)
def test_it_follows_from_rate_and_latency(rate: float, latency: float, width: int) -> None:
    wide = Width()
    wide.answered(latency)
    assert wide.at(rate) == width


def test_it_follows_a_vendor_that_becomes_slow_and_one_odd_answer_does_not_move_it() -> None:
    wide = Width()
    for _ in range(100):
        wide.answered(0.1)
    wide.answered(1.0)
    assert wide.at(50) <= 16
    for _ in range(100):
        wide.answered(0.5)
    assert wide.at(50) == 50
