"""The hot paths run about as many instructions as stored; see benchmarks/guard.py."""

from __future__ import annotations

import pytest

from benchmarks import guard


def test_hot_paths_take_few_more_instructions_than_stored() -> None:
    stored = guard.stored()
    if stored is None:
        pytest.skip(f"no figures are stored for Python {guard.python_version()}")
    counted = guard.counted()
    assert counted.keys() == stored.keys()
    beyond = {
        name: (count, stored[name])
        for name, count in counted.items()
        if count > guard.MOST * stored[name]
    }
    assert not beyond, "python -m benchmarks guard --store, if that is meant"


def test_instruction_count_covers_all_frames_and_is_stable() -> None:
    def inner(count: int) -> None:
        for number in range(count):
            abs(number)

    # warm up: Python 3.13.0 skips the first frame of a function
    guard.instructions(lambda: inner(1))
    counts = [guard.instructions(lambda: inner(10)), guard.instructions(lambda: inner(110))]
    assert counts == [guard.instructions(lambda: inner(10)), guard.instructions(lambda: inner(110))]
    assert 300 < counts[1] - counts[0] < 1500
