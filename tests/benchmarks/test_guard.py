"""The hot paths have not changed in kind: see benchmarks/guard.py."""

from __future__ import annotations

import pytest

from benchmarks import guard


def test_no_hot_path_takes_far_more_instructions_than_it_did() -> None:
    stored = guard.stored()
    if stored is None:
        pytest.skip(f"no figures are stored for Python {guard.version()}")
    counted = guard.counted()
    assert counted.keys() == stored.keys()
    beyond = {
        name: (count, stored[name])
        for name, count in counted.items()
        if count > guard.MOST * stored[name]
    }
    assert not beyond, "python -m benchmarks guard --store, if that is meant"


def test_instructions_are_counted_in_all_frames_and_do_not_vary() -> None:
    def inner(count: int) -> None:
        for number in range(count):
            abs(number)

    guard.instructions(lambda: inner(1))  # Python 3.13.0 passes over the first frame of a function
    counts = [guard.instructions(lambda: inner(10)), guard.instructions(lambda: inner(110))]
    assert counts == [guard.instructions(lambda: inner(10)), guard.instructions(lambda: inner(110))]
    assert 300 < counts[1] - counts[0] < 1500
