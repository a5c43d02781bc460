"""The estimate of the time left, with a simulated clock."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lms_async.cli.reporting.time_left import TimeLeft


def test_estimate_is_steady_although_rows_finish_in_bursts() -> None:
    """15 requests of 50 rows per 5 seconds: the last one of 40 bursts ends at 195 s."""
    time_left, total = TimeLeft(), 40 * 750
    time_left.observe(0, 0, total)
    ends = []
    for tick in range(1, 975):
        now = tick / 5
        sent = 750 * (1 + int(now // 5))
        time_left.observe(now, sent, total - sent)
        seconds = time_left.seconds(now)
        if now > 30:
            assert seconds is not None
            ends.append(now + seconds)
    assert all(165 <= end <= 225 for end in ends)
    jumps = [abs(later - earlier) for earlier, later in pairwise(ends)]
    assert max(jumps) < 1


def test_estimate_follows_a_change_of_the_rate() -> None:
    time_left, sent, total = TimeLeft(), 0, 14_000
    for now in range(300):
        time_left.observe(now, sent, total - sent)
        sent += 100 if now < 100 else 10
    assert time_left.seconds(300) == pytest.approx(200, rel=0.05)


def test_nothing_is_known_before_the_first_row() -> None:
    time_left = TimeLeft()
    time_left.observe(0, 0, 10)
    time_left.observe(5, 0, 10)
    assert time_left.seconds(5) is None


def test_time_left_is_never_negative() -> None:
    time_left = TimeLeft()
    time_left.observe(0, 0, 10)
    time_left.observe(1, 5, 5)
    assert time_left.seconds(100) == 0
