"""What a window learns from simulated servers, on the virtual clock."""

from __future__ import annotations

import asyncio
import random
from typing import Literal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.events import Event, Learned
from lms_async.limits.learning import LearnedLimit, Learning
from lms_async.limits.window import Window
from lms_async.sandbox.limits import ArrivalLimit, busiest
from tests.limits.simulation import saturate
from tests.virtual import run

Kind = Literal["sliding", "fixed"]
KINDS: list[Kind] = ["sliding", "fixed"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_wrong_limit_is_corrected_and_stays_corrected(kind: Kind, seed: int) -> None:
    """The vendor allows 13 per 5 s, ten times faster here, and does not say so. The given limit is
    50."""
    phase = random.Random(seed).uniform(0, 0.5)
    window = Window(50, per=0.5, learn=True)
    found = saturate(
        window,
        ArrivalLimit(13, 0.5, kind, phase=phase),
        coming=(0.002, 0.01),
        going=(0.006, 0.014),
        seconds=60.0,
        seed=seed,
    )
    assert found.limits[19] == 13
    assert found.refused(since=20 * 0.5) <= 100 / 20
    assert "13 per 0.5 s (learned, of at most 50" in repr(window)


def test_learned_limit_can_be_saved_and_restored() -> None:
    known = LearnedLimit(**attrs.asdict(LearnedLimit(13, refused=14)))
    window = Window(50, per=0.5, learn=known)
    found = saturate(
        window,
        ArrivalLimit(13, 0.5),
        coming=(0.002, 0.01),
        going=(0.006, 0.014),
        seconds=12.0,
    )
    assert found.refused() == 0
    assert window.learned_limit is not None
    assert (window.learned_limit.limit, window.learned_limit.refused) == (13, 14)


def test_higher_vendor_limit_is_followed_slowly() -> None:
    window = Window(50, per=0.5, learn=LearnedLimit(10, refused=11))
    found = saturate(
        window,
        ArrivalLimit(20, 0.5),
        coming=(0.002, 0.01),
        going=(0.006, 0.014),
        seconds=60.0,
    )
    assert found.limits[40] == 10
    assert found.limits[-1] == 20
    assert found.refused() <= 4


def test_lower_vendor_limit_is_followed_at_once() -> None:
    window = Window(50, per=0.5, learn=LearnedLimit(40, refused=41))
    found = saturate(
        window,
        ArrivalLimit(20, 0.5),
        coming=(0.002, 0.01),
        going=(0.006, 0.014),
        seconds=20.0,
    )
    assert found.limits[20] == 20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [15, 50])
def test_nearly_all_of_the_limit_is_used_with_few_429s(limit: int, kind: Kind) -> None:
    """Latency 160 ± 80 ms: 60 ± 40 until the server counts the request, 100 ± 40 until the
    response."""
    used, requests, refused = [], 0, 0
    for seed in range(3):
        window = Window(limit, per=1.0, learn=True)
        found = saturate(
            window,
            ArrivalLimit(limit, 1.0, kind, phase=0.4),
            coming=(0.02, 0.1),
            going=(0.06, 0.14),
            seconds=60.0,
            seed=seed,
        )
        arrivals = found.admitted()
        cycles = [b - a for a, b in zip(arrivals, arrivals[limit:], strict=False)]
        used.append(len(cycles) / sum(cycles))
        requests += len(found.arrivals)
        refused += found.refused()
        assert busiest(arrivals, 1.0) <= limit or kind == "fixed"
    assert sum(used) / len(used) >= 0.935
    assert refused <= requests / 1000


def test_guard_shows_in_events_and_is_dropped_at_the_first_429() -> None:
    events: list[Event] = []
    window = Window(10, per=1.0, learn=True, events=[events.append])

    async def main() -> None:
        loop = asyncio.get_running_loop()

        async def caller() -> None:
            while loop.time() < 10:
                slot = await window.acquire()
                await asyncio.sleep(0.1)
                slot.answered()

        await asyncio.gather(*(caller() for _ in range(20)))
        guards = [event.guard for event in events if isinstance(event, Learned)]
        assert guards == pytest.approx([0.1, 0.06, 0.036, 0.03])
        assert "guard 0.030 s" in repr(window)
        window.pause(1)
        assert events[-1] == Learned(10, 1.0, None)
        assert "guard" not in repr(window)
        assert window.learned_limit == LearnedLimit(10, refused_guard=pytest.approx(0.03))

    run(main())


def test_one_burst_of_429s_counts_once() -> None:
    learning = Learning(50, 1.0)
    for moment in (0.0, 0.1, 0.9):
        learning.refused(moment, until=0.5)
    assert learning.limit == 35
    learning.refused(1.0, until=1.5)
    assert learning.limit == 24


def test_each_try_of_a_rejected_limit_doubles_the_wait() -> None:
    learning = Learning(50, 1.0, LearnedLimit(13, refused=14))
    tries = []
    for second in range(1000):
        learning.mark_full()
        learning.answered(second, second + 0.01)
        if learning.limit == 14:
            tries.append(second)
            learning.refused(second + 0.02, second + 0.02)
            assert learning.limit == 13
    between = [b - a for a, b in zip([0, *tries], tries, strict=False)]
    assert between == pytest.approx([50, 100, 200, 400], abs=5)


def test_limit_that_is_not_used_up_is_not_raised() -> None:
    learning = Learning(50, 1.0, LearnedLimit(10, refused=20))
    for second in range(100):
        learning.answered(second, second + 0.1)
    assert learning.limit == 10


def test_one_late_response_does_not_change_the_latency() -> None:
    learning = Learning(50, 1.0)
    for second in range(10):
        learning.answered(second, second + 0.1)
    learning.answered(10, 70)
    assert learning.latency == pytest.approx(0.1, rel=0.2)


def test_no_guard_is_tried_where_the_gain_is_small() -> None:
    learning = Learning(50, 5.0)
    for second in range(0, 1000, 5):
        learning.mark_full()
        assert learning.answered(second, second + 0.1) == second + 0.1


def test_request_without_response_teaches_nothing_and_keeps_its_slot() -> None:
    """This also holds while other requests are assumed to arrive before their response."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        window = Window(1, per=1.0, learn=LearnedLimit(1, guard=0.05))
        while window.learned_limit is None or window.learned_limit.guard is None:
            for slot in [await window.acquire()]:
                waiting = asyncio.create_task(window.acquire())
                await asyncio.sleep(0.1)
                slot.answered()
                (await waiting).answered()
        await asyncio.sleep(5)
        before = window.learned_limit
        slot = await window.acquire()
        abandoned = loop.time()
        slot.abandoned(3)
        await window.acquire()
        assert window.learned_limit == before
        return loop.time() - abandoned

    assert run(main()) == pytest.approx(4)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["answer", "refusal", "full"]),
            st.floats(0, 3, allow_nan=False),
            st.floats(0, 2, allow_nan=False),
        ),
        max_size=200,
    ),
    st.none()
    | st.builds(
        LearnedLimit,
        st.integers(1, 40),
        st.none() | st.integers(1, 40),
        st.none() | st.floats(0.001, 5),
        st.floats(0, 5),
    ),
)
def test_learned_values_stay_within_bounds(
    steps: list[tuple[str, float, float]], known: LearnedLimit | None
) -> None:
    """The limit is between 1 and the given one. A request's assumed arrival is between its sending
    and its response."""
    learning = Learning(20, 1.0, known)
    now = 0.0
    for what, passes, took in steps:
        now += passes
        if what == "refusal":
            learning.refused(now, now + took)
        elif what == "full":
            learning.mark_full()
        else:
            departed = now
            now += took
            assert departed <= learning.answered(departed, now) <= now
        assert 1 <= learning.limit <= 20
        learned_limit = learning.learned_limit
        assert learned_limit.refused is None or learned_limit.refused > learned_limit.limit


def test_together_rejects_learning_windows() -> None:
    with pytest.raises(ValueError, match="none that learns"):
        Window.together(Window(15, per=5, learn=True), Window(1000, per=3600))


def test_request_heavier_than_the_learned_limit_is_sent_alone() -> None:
    async def main() -> float:
        window = Window(10, per=1, learn=LearnedLimit(3, refused=4))
        (await window.acquire()).answered()
        (await window.acquire(weight=5)).answered()
        (await window.acquire()).answered()
        return asyncio.get_running_loop().time()

    assert run(main()) == 2.0


def test_slots_are_freed_together_once_the_guard_works() -> None:
    window = Window(20, per=1.0, learn=True)
    departures: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        dice = random.Random(3)

        async def caller() -> None:
            while loop.time() < 20:
                slot = await window.acquire()
                departures.append(loop.time())
                await asyncio.sleep(dice.uniform(0.16, 0.24))
                slot.answered()

        await asyncio.gather(*(caller() for _ in range(40)))

    run(main())
    last = departures[-20:]
    assert last[-1] - last[0] < 1e-6
