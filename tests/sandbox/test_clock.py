"""The clock of a sandbox."""

from __future__ import annotations

import time

from lms_async.sandbox import Clock


def test_clock_can_be_set_forward_and_back() -> None:
    clock = Clock()
    clock.turn(3600)
    assert 3590 < clock.time() - time.time() <= 3600
    clock.turn(-7200)
    assert -3610 < clock.time() - time.time() <= -3600


def test_stopped_clock_moves_only_when_it_is_turned() -> None:
    clock = Clock()
    clock.turn(50)
    clock.stop(1_000.5)
    assert clock.time() == clock.time() == 1_000.5
    clock.turn(60)
    assert clock.time() == 1_060.5
    clock.stop(7)
    assert clock.time() == 7
