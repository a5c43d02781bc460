from __future__ import annotations

import asyncio
import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.errors import ClientUnusable
from lms_async.limit import Slot, Window, shared
from tests.virtual import run

moments = st.floats(0, 20, allow_nan=False)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, float | bool | None]:
    """One request's life: when it asks, how long its answer takes, when the server may count it
    (as a share of the time between departure and answer), and whether its caller gives up."""
    return {
        "asks": draw(moments),
        "latency": draw(st.floats(0, 3, allow_nan=False)),
        "counted": draw(st.sampled_from([0.0, 1.0]) | st.floats(0, 1, allow_nan=False)),
        "gives_up": draw(st.none() | st.floats(0, 5, allow_nan=False)),
        "lost": draw(st.booleans()),
    }


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 5),
    st.floats(0.1, 5, allow_nan=False),
    st.lists(requests(), min_size=1, max_size=40),
    st.lists(st.tuples(moments, st.floats(0, 4, allow_nan=False)), max_size=3),
)
def test_no_server_ever_counts_more_than_the_limit(
    limit: int,
    per: float,
    plan: list[dict[str, float]],
    pauses: list[tuple[float, float]],
) -> None:
    """Over random arrivals, latencies, lost answers, cancellations and pauses: a server that may
    count each request at any moment between its departure and its answer never sees more than N
    in M seconds; who asked first goes first; and in the end every slot is there again."""

    async def main() -> None:
        window = Window(limit, per=per)
        loop = asyncio.get_running_loop()
        counted: list[float] = []
        asked: list[int] = []
        departures: dict[int, float] = {}

        async def request(number: int, life: dict[str, float]) -> None:
            await asyncio.sleep(life["asks"])
            asked.append(number)
            slot = await window.acquire()
            departures[number] = left = loop.time()
            try:
                await asyncio.sleep(life["latency"])
                if life["lost"]:
                    raise ConnectionError
            except ConnectionError:
                pass
            finally:
                # Counted at any moment up to the answer, or up to the failure being noticed.
                counted.append(left + life["counted"] * (loop.time() - left))
                slot.answered()
                slot.answered()

        async def give_up(task: asyncio.Task[None], life: dict[str, float]) -> None:
            await asyncio.sleep(life["asks"] + life["gives_up"])
            task.cancel()

        async def pause(at: float, seconds: float) -> None:
            await asyncio.sleep(at)
            window.pause(seconds)
            paused.append((loop.time(), loop.time() + seconds))

        paused: list[tuple[float, float]] = []
        tasks = [asyncio.create_task(request(number, life)) for number, life in enumerate(plan)]
        quitters = [
            asyncio.create_task(give_up(task, life))
            for task, life in zip(tasks, plan, strict=True)
            if life["gives_up"] is not None
        ]
        breaks = [asyncio.create_task(pause(*one)) for one in pauses]
        await asyncio.gather(*tasks, *quitters, *breaks, return_exceptions=True)

        arrivals = sorted(counted)
        for first, beyond in zip(arrivals, arrivals[limit:], strict=False):
            assert beyond - first >= per - 1e-9
        in_order = [departures[number] for number in asked if number in departures]
        assert in_order == sorted(in_order)
        for start, end in paused:
            assert not any(start < moment < end - 1e-9 for moment in departures.values())

        await asyncio.sleep(per + 1e-6 + max((seconds for _, seconds in pauses), default=0))
        before = loop.time()
        await asyncio.gather(*(window.acquire() for _ in range(limit)))
        assert loop.time() == before
        assert window.waiting == 0

    run(main())


def test_the_whole_budget_is_used_when_answers_come_at_once() -> None:
    async def main() -> float:
        window = Window(15, per=5)
        for _ in range(151):
            (await window.acquire()).answered()
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(50.0)


def test_a_slot_is_busy_until_one_period_after_its_answer() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window(1, per=5)
        grants = []
        for _ in range(3):
            slot = await window.acquire()
            grants.append(loop.time())
            await asyncio.sleep(2)
            slot.answered()
        return grants

    assert run(main()) == pytest.approx([0, 7, 14])


def test_several_limits_hold_at_once() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window.together(Window(2, per=1), Window(3, per=10))
        grants = []
        for _ in range(6):
            (await window.acquire()).answered()
            grants.append(loop.time())
        return grants

    assert run(main()) == pytest.approx([0, 0, 1, 10, 10, 11])


def test_a_pause_holds_everybody_and_is_never_shortened() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window(100, per=1)
        window.pause(4)
        window.pause(1)
        grants = []

        async def one() -> None:
            (await window.acquire()).answered()
            grants.append(loop.time())

        waiting = [asyncio.create_task(one()) for _ in range(3)]
        await asyncio.sleep(2)
        window.pause(5)
        await asyncio.gather(*waiting)
        return grants

    assert run(main()) == pytest.approx([7, 7, 7])


def test_ten_thousand_cancellations_lose_no_slot() -> None:
    async def main() -> None:
        window = Window(10, per=1)
        for _ in range(100):
            tasks = [asyncio.create_task(window.acquire()) for _ in range(110)]
            await asyncio.sleep(0)
            granted = [task for task in tasks if task.done()]
            for task in granted:
                task.result().answered()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(1.001)
        before = asyncio.get_running_loop().time()
        for _ in range(10):
            await window.acquire()
        assert asyncio.get_running_loop().time() == before

    run(main())


def test_a_grant_that_meets_a_cancellation_goes_to_the_next_in_line() -> None:
    async def main() -> None:
        window = Window(1, per=1)
        (await window.acquire()).answered()
        first = asyncio.create_task(window.acquire())
        second = asyncio.create_task(window.acquire())
        await asyncio.sleep(0)
        # Granted by the timer, and cancelled in the same turn of the loop, before it could run.
        asyncio.get_running_loop().call_at(1.0, first.cancel)
        slot: Slot = await second
        assert asyncio.get_running_loop().time() == pytest.approx(1.0)
        assert first.cancelled()
        slot.answered()

    run(main())


def test_waiting_costs_one_timer_whoever_waits() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        window = Window(1, per=1)
        (await window.acquire()).answered()
        tasks = [asyncio.create_task(window.acquire()) for _ in range(1000)]
        await asyncio.sleep(0)
        timers = len([t for t in loop._scheduled if not t.cancelled()])  # type: ignore[attr-defined]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return timers

    assert run(main()) == 1


@pytest.mark.parametrize(("limit", "per"), [(0, 1.0), (1, 0.0), (1, -1.0)])
def test_a_window_without_room_is_refused(limit: int, per: float) -> None:
    with pytest.raises(ValueError, match="limit"):
        Window(limit, per=per)


def test_another_event_loop_is_told_apart() -> None:
    window = Window(1, per=1)
    run(window.acquire())
    with pytest.raises(ClientUnusable, match="another event loop"):
        run(window.acquire())


def test_a_fork_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        window = Window(2, per=1)
        await window.acquire()
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with pytest.raises(ClientUnusable, match="process"):
            await window.acquire()

    run(main())


def test_one_scope_has_one_limiter_on_one_loop() -> None:
    async def main() -> Window:
        made: list[Window] = []

        def make() -> Window:
            made.append(Window(1, per=1))
            return made[-1]

        one, other = shared("scope", make), shared("scope", make)
        assert one is other
        assert shared("other scope", make) is not one
        assert len(made) == 2
        return made[0]

    first, second = run(main()), run(main())
    assert first is not second


def test_it_shows_its_state() -> None:
    async def main() -> None:
        window = Window.together(Window(2, per=1), Window(3, per=10))
        await window.acquire()
        assert repr(window) == "<Window 2 per 1 s and 3 per 10 s: 1 under way, 0 waiting>"

    run(main())


def test_grants_come_in_the_order_of_asking() -> None:
    async def main() -> list[int]:
        window = Window(3, per=1)
        order: list[int] = []

        async def one(number: int) -> None:
            (await window.acquire()).answered()
            order.append(number)

        await asyncio.gather(*(one(number) for number in range(20)))
        return order

    order = run(main())
    assert all(a < b for a, b in pairwise(order))
