"""The rate limit of a sandbox, for any arrivals."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms_async.sandbox import ArrivalLimit, busiest

counts = st.integers(1, 20)
periods = st.floats(0.01, 10)
arrivals = st.lists(st.floats(0, 100), max_size=200).map(sorted)


@given(counts, periods, arrivals)
@example(2, 1.0, [0.0, 0.5, 1.0])  # the start of the window is not part of it
def test_sliding_window_admits_exactly_what_fits(
    count: int, per: float, arrivals: list[float]
) -> None:
    limit = ArrivalLimit(count, per)
    admitted: list[float] = []
    for at in arrivals:
        fits = sum(earlier + per > at for earlier in admitted) < count
        assert limit.admits(at) is fits
        if fits:
            admitted.append(at)
    assert busiest(admitted, per) <= count


@given(counts, periods, arrivals, st.floats(0, 10))
def test_fixed_window_admits_the_count_in_each_period(
    count: int, per: float, arrivals: list[float], phase: float
) -> None:
    limit = ArrivalLimit(count, per, "fixed", phase=phase)
    in_period: dict[int, int] = {}
    for at in arrivals:
        period = math.floor((at - phase) / per)
        in_period[period] = in_period.get(period, 0) + 1
        assert limit.admits(at) is (in_period[period] <= count)


def test_fixed_window_admits_twice_the_count_around_its_edge() -> None:
    limit = ArrivalLimit(3, 1.0, "fixed", phase=0.25)
    times = [1.2, 1.2, 1.2, 1.2, 1.3, 1.3, 1.3, 1.3]
    admitted = [at for at in times if limit.admits(at)]
    assert admitted == [1.2, 1.2, 1.2, 1.3, 1.3, 1.3]
    assert busiest(admitted, 1.0) == 6


def test_sliding_window_never_admits_twice_the_count() -> None:
    limit = ArrivalLimit(3, 1.0)
    admitted = [at for at in [1.2, 1.2, 1.2, 1.2, 1.3, 1.3, 2.2, 2.3] if limit.admits(at)]
    assert admitted == [1.2, 1.2, 1.2, 2.2, 2.3]


def test_rejected_arrivals_do_not_count() -> None:
    limit = ArrivalLimit(1, 1.0)
    assert [limit.admits(at) for at in (0.0, 0.5, 0.9, 1.0)] == [True, False, False, True]


@given(periods, st.lists(st.floats(0, 100), max_size=40).map(sorted))
def test_busiest_is_the_fullest_window(per: float, arrivals: list[float]) -> None:
    windows = [sum(first <= at < first + per for at in arrivals) for first in arrivals]
    assert busiest(arrivals, per) == max(windows, default=0)


@pytest.mark.parametrize(
    ("count", "per", "window"), [(0, 1.0, "sliding"), (1, 0.0, "sliding"), (1, 1.0, "leaky")]
)
def test_invalid_limit_raises(count: int, per: float, window: str) -> None:
    with pytest.raises(ValueError):
        ArrivalLimit(count, per, window)  # type: ignore[arg-type]
