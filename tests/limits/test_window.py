from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.errors import ClientUnusable, InvalidInput, RateLimited
from lms_async.limits.limiter import Limiter
from lms_async.limits.queue import Priority, Waiter
from lms_async.limits.registry import acquired, shared
from lms_async.limits.slot import FullSlot, Slot
from lms_async.limits.window import Window
from tests.virtual import T, VirtualLoop, run

moments = st.floats(0, 20, allow_nan=False)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, float | bool | None]:
    """One request's life: when it asks, how long its answer takes, when the server may count it
    (as a share of the time between departure and answer, or between departure and timeout where no
    answer is waited for), whether its caller gives up, and whether it is sent at all."""
    return {
        "asks": draw(moments),
        "latency": draw(st.floats(0, 3, allow_nan=False)),
        "counted": draw(st.sampled_from([0.0, 1.0]) | st.floats(0, 1, allow_nan=False)),
        "gives_up": draw(st.none() | st.floats(0, 5, allow_nan=False)),
        "timeout": draw(st.floats(0, 4, allow_nan=False)),
        "lost": draw(st.booleans()),
        "unsent": draw(st.booleans()),
        "weight": draw(st.integers(1, 5)),
        "interactive": draw(st.booleans()),
    }


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 5),
    st.floats(0.1, 5, allow_nan=False),
    st.lists(requests(), min_size=1, max_size=40),
    st.lists(st.tuples(moments, st.floats(0, 4, allow_nan=False)), max_size=3),
    st.booleans(),
)
def test_no_server_ever_counts_more_than_the_limit(
    limit: int,
    per: float,
    plan: list[dict[str, float]],
    pauses: list[tuple[float, float]],
    several: bool,
) -> None:
    """Over random arrivals, latencies, weights, priorities, lost answers, timeouts, cancellations
    and pauses: a server that may count each request at any moment between its departure and its
    answer, or its timeout if no answer is waited for, never sees more than N in M seconds; of one
    priority, who asked first goes first; and in the end every slot is there again."""

    async def main() -> None:
        window = Window(limit, per=per)
        if several:
            window = Window.together(window, Window(2 * limit, per=per / 2))
        loop = asyncio.get_running_loop()
        counted: list[float] = []
        asked: dict[Priority, list[int]] = {"normal": [], "interactive": []}
        departures: dict[int, float] = {}

        async def request(number: int, life: dict[str, float]) -> None:
            await asyncio.sleep(life["asks"])
            priority: Priority = "interactive" if life["interactive"] else "normal"
            asked[priority].append(number)
            weight = min(int(life["weight"]), limit)
            slot = await window.acquire(weight=weight, priority=priority)
            departures[number] = left = loop.time()
            if life["unsent"] and life["lost"]:
                slot.unused()
                slot.answered()
                return
            try:
                async with asyncio.timeout(life["timeout"]):
                    await asyncio.sleep(life["latency"])
            except (TimeoutError, asyncio.CancelledError):
                # Nobody hears when it arrives.
                counted.extend([left + life["counted"] * life["timeout"]] * weight)
                slot.abandoned(left + life["timeout"] - loop.time())
                slot.answered()
                slot.unused()
                raise
            # Counted at any moment up to the answer, or up to the failure being noticed.
            counted.extend([left + life["counted"] * (loop.time() - left)] * weight)
            slot.answered()
            slot.abandoned(100)

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
        for row in asked.values():
            in_order = [departures[number] for number in row if number in departures]
            assert in_order == sorted(in_order)
        for start, end in paused:
            assert not any(start < moment < end - 1e-9 for moment in departures.values())

        await asyncio.sleep(per + 4 + 1e-6 + max((seconds for _, seconds in pauses), default=0))
        await asyncio.sleep(11 * per)  # nor does an interactive call hold the normal ones apart
        before = loop.time()
        await asyncio.gather(*(window.acquire() for _ in range(limit)))
        assert loop.time() == before
        assert window.waiting == 0

    run(main())


def test_an_abandoned_slot_is_busy_until_its_request_cannot_arrive_and_a_period() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window(4, per=1)
        heavy, light = await window.acquire(weight=3), await window.acquire()
        heavy.abandoned(10)
        light.abandoned(0)
        heavy.answered()  # whatever is said later
        moments = []
        for _ in range(2):
            slot = await window.acquire()
            moments.append(loop.time())
            slot.answered()
        await window.acquire(weight=4)
        return [*moments, loop.time()]

    assert run(main()) == [1, 2, 11]


def test_an_unused_slot_is_free_at_once_for_who_waits() -> None:
    async def main() -> float:
        window = Window.together(Window(1, per=60), Window(5, per=1))
        slot = await window.acquire()
        waiting = asyncio.create_task(window.acquire())
        await asyncio.sleep(2)
        slot.unused()
        await waiting
        return asyncio.get_running_loop().time()

    assert run(main()) == 2


def test_a_slot_that_ends_after_its_event_loop_breaks_nothing() -> None:
    """As when a request that nobody finished is collected, and somebody still waits."""
    window = Window(1, per=1)

    async def main() -> FullSlot:
        slot = await window.acquire()
        window._queue.join(Waiter(asyncio.get_running_loop().create_future(), 1, "normal", 1))
        return slot

    run(main()).abandoned(1)
    assert "0 in flight" in repr(window)


def test_a_limiter_of_several_ends_the_slots_of_all() -> None:
    async def main() -> None:
        one, other = Window(1, per=1), Window(1, per=2)

        async def slot() -> FullSlot:
            return await acquired([one, other], weight=1, priority="normal", max_pause=10)

        (await slot()).unused()
        (await slot()).abandoned(5)
        assert asyncio.get_running_loop().time() == 0
        await one.acquire()
        assert asyncio.get_running_loop().time() == 6
        await other.acquire()
        assert asyncio.get_running_loop().time() == 7

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
        assert repr(window) == "<Window 2 per 1 s and 3 per 10 s: 1 in flight, 0 waiting>"

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


def test_an_interactive_call_passes_a_running_import_within_one_permits_time() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window(10, per=1)
        waits = []

        async def import_() -> None:
            while loop.time() < 60:
                slot = await window.acquire()
                await asyncio.sleep(0.05)
                slot.answered()

        running = [asyncio.create_task(import_()) for _ in range(40)]
        await asyncio.sleep(2.01)
        for _ in range(30):
            asked = loop.time()
            slot = await window.acquire(priority="interactive")
            waits.append(loop.time() - asked)
            slot.answered()
            await asyncio.sleep(1.23)
        await asyncio.gather(*running)
        return waits

    first, *others = run(main())
    assert first <= 1.05  # the import had left as one bunch, which comes again after a period
    assert max(others) <= (1 + 0.05) / 10 + 1e-9


def test_an_import_is_not_starved_by_interactive_calls() -> None:
    async def main() -> list[str]:
        window = Window(10, per=1)
        went: list[str] = []

        async def ask(priority: Priority) -> None:
            (await window.acquire(priority=priority)).answered()
            went.append(priority)

        for _ in range(10):
            (await window.acquire()).answered()
        normal = [asyncio.create_task(ask("normal")) for _ in range(20)]
        interactive = [asyncio.create_task(ask("interactive")) for _ in range(60)]
        await asyncio.gather(*normal, *interactive)
        return went

    went = run(main())
    assert went[:8] == ["interactive"] * 3 + ["normal"] + ["interactive"] * 3 + ["normal"]
    assert went[:40].count("normal") == 10


def test_without_interactive_calls_an_import_may_leave_as_one_bunch() -> None:
    async def main() -> float:
        window = Window(10, per=1)
        for _ in range(10):
            await window.acquire()
        return asyncio.get_running_loop().time()

    assert run(main()) == 0


def test_normal_calls_are_held_apart_only_while_interactive_ones_come() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window(10, per=1)
        (await window.acquire(priority="interactive")).answered()
        moments = []
        for _ in range(3):
            (await window.acquire()).answered()
            moments.append(loop.time())
        await asyncio.sleep(12)
        for _ in range(3):
            (await window.acquire()).answered()
            moments.append(loop.time() - 12)
        return moments

    assert run(main()) == pytest.approx([0, 0.1, 0.2, 0.2, 0.2, 0.2])


def test_a_cancelled_interactive_call_leaves_its_slot_to_the_import() -> None:
    async def main() -> float:
        window = Window(1, per=1)
        (await window.acquire()).answered()
        normal = asyncio.create_task(window.acquire())
        hasty = asyncio.create_task(window.acquire(priority="interactive"))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_at(1.0, hasty.cancel)
        await normal
        assert hasty.cancelled()
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(1.0)


def test_a_weight_uses_as_many_slots_and_nobody_overtakes_it() -> None:
    async def main() -> list[tuple[int, float]]:
        loop = asyncio.get_running_loop()
        window = Window(4, per=1)
        went: list[tuple[int, float]] = []

        async def ask(weight: int) -> None:
            (await window.acquire(weight=weight)).answered()
            went.append((weight, loop.time()))

        await asyncio.gather(*(ask(weight) for weight in (3, 2, 1, 2)))
        return went

    assert run(main()) == [(3, 0.0), (2, 1.0), (1, 1.0), (2, 2.0)]


@pytest.mark.parametrize("weight", [0, -1, 5])
def test_a_weight_that_never_fits_is_refused_at_once(weight: int) -> None:
    async def main() -> None:
        window = Window.together(Window(100, per=60), Window(4, per=1))
        with pytest.raises(InvalidInput, match=f"a weight of {weight} does not fit"):
            await window.acquire(weight=weight)

    run(main())


def test_a_pause_beyond_a_callers_patience_is_told_at_once() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        window = Window(1, per=1)
        held = await window.acquire()
        hasty = asyncio.create_task(window.acquire(max_pause=10))
        patient = asyncio.create_task(window.acquire(max_pause=100))
        await asyncio.sleep(0.5)
        window.pause(10)
        await asyncio.sleep(0)
        assert not hasty.done()
        window.pause(60)
        with pytest.raises(RateLimited) as queued:
            await hasty
        assert queued.value.retry_after == 60
        with pytest.raises(RateLimited) as late:
            await window.acquire(max_pause=10)
        assert late.value.retry_after == 60
        assert loop.time() == 0.5
        held.answered()
        assert window.waiting == 1
        await patient
        assert loop.time() == 60.5

    run(main())


def test_a_dismissed_caller_that_is_cancelled_gives_no_slot_back() -> None:
    async def main() -> None:
        window = Window(1, per=1)
        held = await window.acquire()
        hasty = asyncio.create_task(window.acquire(max_pause=1))
        await asyncio.sleep(0)
        window.pause(5)
        hasty.cancel()
        await asyncio.gather(hasty, return_exceptions=True)
        assert "1 in flight" in repr(window)
        held.answered()
        assert "0 in flight" in repr(window)

    run(main())


def test_it_tells_the_rate_that_it_allows() -> None:
    assert Window(15, per=5).rate == 3
    assert Window.together(Window(15, per=5), Window(1000, per=3600)).rate == 1000 / 3600


def test_a_request_may_have_to_pass_several_limiters() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        endpoint, host = Window(1, per=2), Window(2, per=1)
        limiters: list[Limiter] = [endpoint, host]
        moments = []
        for _ in range(3):
            slot = await acquired(limiters, weight=1, priority="normal", max_pause=10)
            moments.append(loop.time())
            slot.answered()
        host.pause(100)
        with pytest.raises(RateLimited):
            await acquired(limiters, weight=1, priority="normal", max_pause=10)
        assert endpoint._slots[0].out == 0
        assert host._slots[0].out == 0
        return moments

    assert run(main()) == [0, 2, 4]


def on_another_loop(work: Coroutine[Any, Any, T], began: float) -> T:
    """Run ``work`` where the clock began elsewhere, as it does on other kinds of event loops."""

    def loop() -> VirtualLoop:
        made = VirtualLoop()
        made.now = began
        return made

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(work)


async def seconds_until_granted(window: Window, weight: int = 1) -> float:
    before = asyncio.get_running_loop().time()
    (await window.acquire(weight=weight)).answered()
    return asyncio.get_running_loop().time() - before


def test_a_window_goes_on_where_another_ended_whatever_their_clocks_say() -> None:
    first = Window(4, per=10)
    second = Window(4, per=10, after=first)
    third = Window(4, per=10, after=second)

    async def use() -> None:
        await first.acquire()  # never answered: taken to have arrived when the loop ended
        (await first.acquire()).answered()
        (await first.acquire()).abandoned(20)
        await asyncio.sleep(4)
        first.pause_left()  # what a clock like this one skipped is known only from a use

    async def use_more() -> list[float]:
        return [await seconds_until_granted(second) for _ in range(3)]

    on_another_loop(use(), 5000)
    # One slot was never used; the others are free 10 s after 0 s, after 4 s and after 20 s.
    assert on_another_loop(use_more(), 3) == pytest.approx([0, 6, 4], abs=0.5)
    # What the first has used counts too, and 26 s of it are left: to the third, the skipped seconds
    # of the second have not passed.
    assert on_another_loop(seconds_until_granted(third, 4), 0) == pytest.approx(26, abs=0.5)


def test_a_pause_goes_on_too() -> None:
    first = Window(4, per=1)

    async def pause() -> None:
        first.pause(30)
        await asyncio.sleep(10)
        assert first.pause_left() == 20

    async def max_pause() -> float:
        second = Window(4, per=1, after=first)
        with pytest.raises(RateLimited):
            await second.acquire(max_pause=15)
        return await seconds_until_granted(second)

    on_another_loop(pause(), 100)
    assert on_another_loop(max_pause(), 7) == pytest.approx(20, abs=0.5)


def test_several_limits_go_on_together() -> None:
    def both() -> Window:
        return Window.together(Window(2, per=1), Window(3, per=10))

    async def use(window: Window, times: int) -> list[float]:
        return [await seconds_until_granted(window) for _ in range(times)]

    first, second = both(), both()
    second.continues([first.continues([])])
    assert on_another_loop(use(first, 2), 0) == [0, 0]
    assert on_another_loop(use(second, 3), 50) == pytest.approx([1, 9, 0], abs=0.5)


def test_what_an_event_loop_has_used_that_still_runs_is_not_counted() -> None:
    """It has a limit of its own: two that run side by side can't share one."""
    window = Window(1, per=60)

    async def beside() -> float:
        return await seconds_until_granted(Window(1, per=60, after=window))

    async def main() -> float:
        (await window.acquire()).answered()
        with ThreadPoolExecutor() as pool:
            return pool.submit(run, beside()).result()

    assert asyncio.run(main()) == 0


def test_a_wait_that_is_closed_instead_of_cancelled_loses_no_slot() -> None:
    async def main() -> None:
        window = Window(1, per=1)
        held = await window.acquire()
        waiting, granted = window.acquire(), window.acquire()
        futures = [waiting.send(None), granted.send(None)]  # type: ignore[func-returns-value]
        assert window.waiting == len(futures) == 2
        waiting.close()
        assert window.waiting == 1
        held.unused()  # and so the other has its turn
        granted.close()
        async with asyncio.timeout(0.5):
            await window.acquire()

    run(main())
