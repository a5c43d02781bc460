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
from lms_async.events import SlotsInUse
from lms_async.limits.limiter import Limiter
from lms_async.limits.queue import Priority, Waiter
from lms_async.limits.registry import acquired, shared
from lms_async.limits.slot import FullSlot, Slot
from lms_async.limits.window import Window
from tests.virtual import T, VirtualLoop, run

moments = st.floats(0, 20, allow_nan=False)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, float | bool | None]:
    """Draw one request. ``asks``: when it asks for a slot. ``counted``: when the server counts it,
    as a share of the time from sending to response, or to the timeout if it gets no response.
    ``gives_up``: when its caller cancels it. ``unsent`` and ``lost`` together: it is never sent."""
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
def test_server_never_counts_more_than_the_limit(
    limit: int,
    per: float,
    plan: list[dict[str, float]],
    pauses: list[tuple[float, float]],
    several: bool,
) -> None:
    """Random arrivals, latencies, weights, priorities, lost responses, timeouts, cancellations and
    pauses.

    A server may count each request at any moment between sending and response (or timeout), and
    must never see more than N in M seconds. Within a priority, the first to ask goes first. In the
    end every slot is free again.
    """

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
                # The client never learns when the request arrives.
                counted.extend([left + life["counted"] * life["timeout"]] * weight)
                slot.abandoned(left + life["timeout"] - loop.time())
                slot.answered()
                slot.unused()
                raise
            # Counted at any moment up to the response, or until the failure is noticed.
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
        # until normal calls are no longer spaced out for interactive ones
        await asyncio.sleep(11 * per)
        before = loop.time()
        await asyncio.gather(*(window.acquire() for _ in range(limit)))
        assert loop.time() == before
        assert window.waiting == 0

    run(main())


def test_abandoned_slot_is_busy_until_one_period_after_its_latest_arrival() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        window = Window(4, per=1)
        heavy, light = await window.acquire(weight=3), await window.acquire()
        heavy.abandoned(10)
        light.abandoned(0)
        heavy.answered()  # has no effect after abandoned()
        moments = []
        for _ in range(2):
            slot = await window.acquire()
            moments.append(loop.time())
            slot.answered()
        await window.acquire(weight=4)
        return [*moments, loop.time()]

    assert run(main()) == [1, 2, 11]


def test_unused_slot_goes_to_a_waiter_at_once() -> None:
    async def main() -> float:
        window = Window.together(Window(1, per=60), Window(5, per=1))
        slot = await window.acquire()
        waiting = asyncio.create_task(window.acquire())
        await asyncio.sleep(2)
        slot.unused()
        await waiting
        return asyncio.get_running_loop().time()

    assert run(main()) == 2


def test_slot_that_ends_after_its_event_loop_is_harmless() -> None:
    """This happens when an unfinished request is garbage-collected while another call waits."""
    window = Window(1, per=1)

    async def main() -> FullSlot:
        slot = await window.acquire()
        window._queue.join(Waiter(asyncio.get_running_loop().create_future(), 1, "normal", 1))
        return slot

    run(main()).abandoned(1)
    assert "0 in flight" in repr(window)


def test_slot_of_several_limiters_ends_in_all_of_them() -> None:
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


def test_whole_limit_is_used_when_responses_are_instant() -> None:
    async def main() -> float:
        window = Window(15, per=5)
        for _ in range(151):
            (await window.acquire()).answered()
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(50.0)


def test_slot_is_busy_until_one_period_after_its_response() -> None:
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


def test_pause_holds_all_calls_and_is_never_shortened() -> None:
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


def test_slot_granted_to_a_cancelled_waiter_goes_to_the_next() -> None:
    async def main() -> None:
        window = Window(1, per=1)
        (await window.acquire()).answered()
        first = asyncio.create_task(window.acquire())
        second = asyncio.create_task(window.acquire())
        await asyncio.sleep(0)
        # The timer grants the slot; the same turn of the loop cancels the task before it can run.
        asyncio.get_running_loop().call_at(1.0, first.cancel)
        slot: Slot = await second
        assert asyncio.get_running_loop().time() == pytest.approx(1.0)
        assert first.cancelled()
        slot.answered()

    run(main())


def test_any_number_of_waiters_needs_one_timer() -> None:
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
def test_window_with_an_invalid_limit_is_rejected(limit: int, per: float) -> None:
    with pytest.raises(ValueError, match="limit"):
        Window(limit, per=per)


def test_window_used_in_another_event_loop_raises() -> None:
    window = Window(1, per=1)
    run(window.acquire())
    with pytest.raises(ClientUnusable, match="another event loop"):
        run(window.acquire())


def test_window_used_after_a_fork_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        window = Window(2, per=1)
        await window.acquire()
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with pytest.raises(ClientUnusable, match="process"):
            await window.acquire()

    run(main())


def test_scope_has_one_limiter_per_event_loop() -> None:
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


def test_repr_shows_the_state() -> None:
    async def main() -> None:
        window = Window.together(Window(2, per=1), Window(3, per=10))
        await window.acquire()
        assert repr(window) == "<Window 2 per 1 s and 3 per 10 s: 1 in flight, 0 waiting>"

    run(main())


def test_slots_are_granted_in_order() -> None:
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


def test_interactive_call_overtakes_an_import_within_one_slot_time() -> None:
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
    assert first <= 1.05  # the import sent one burst, which repeats after a period
    assert max(others) <= (1 + 0.05) / 10 + 1e-9


def test_import_gets_slots_despite_interactive_calls() -> None:
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


def test_burst_is_allowed_without_interactive_calls() -> None:
    async def main() -> float:
        window = Window(10, per=1)
        for _ in range(10):
            await window.acquire()
        return asyncio.get_running_loop().time()

    assert run(main()) == 0


def test_normal_calls_are_spaced_out_only_after_interactive_ones() -> None:
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


def test_cancelled_interactive_call_leaves_its_slot_to_the_import() -> None:
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


def test_weight_uses_that_many_slots_and_is_not_overtaken() -> None:
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
def test_weight_that_never_fits_is_rejected_at_once(weight: int) -> None:
    async def main() -> None:
        window = Window.together(Window(100, per=60), Window(4, per=1))
        with pytest.raises(InvalidInput, match=f"a weight of {weight} does not fit"):
            await window.acquire(weight=weight)

    run(main())


def test_pause_above_max_pause_raises_for_waiters_and_new_calls() -> None:
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


def test_cancelling_a_rejected_waiter_frees_no_slot() -> None:
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


def test_rate_is_requests_per_second() -> None:
    assert Window(15, per=5).rate == 3
    assert Window.together(Window(15, per=5), Window(1000, per=3600)).rate == 1000 / 3600


def test_request_can_pass_several_limiters() -> None:
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


@pytest.mark.parametrize("long", [False, True])
def test_call_that_waits_for_one_limiter_keeps_to_the_pause_of_another(long: bool) -> None:
    async def main() -> float:
        first, second = Window(5, per=1), Window(1, per=3)
        limiters: list[Limiter] = [first, second]

        async def send() -> float:
            slot = await acquired(limiters, weight=1, priority="normal", max_pause=50)
            slot.answered()
            return asyncio.get_running_loop().time()

        assert await send() == 0
        waiting = asyncio.create_task(send())
        await asyncio.sleep(1)
        assert first._slots[0].out == 1
        first.pause(100 if long else 20)
        if long:
            with pytest.raises(RateLimited):
                await waiting
            assert first._slots[0].out == second._slots[0].out == 0
            return 0
        return await waiting

    assert run(main()) == (0 if long else 21)


def run_on_another_loop(work: Coroutine[Any, Any, T], began: float) -> T:
    """Run ``work`` on a loop whose clock starts at ``began``. Event loops' clocks start at
    different times."""

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


def test_window_continues_another_despite_different_clocks() -> None:
    first = Window(4, per=10)
    second = Window(4, per=10, after=first)
    third = Window(4, per=10, after=second)

    async def use() -> None:
        await first.acquire()  # never answered: assumed to have arrived when the loop ended
        (await first.acquire()).answered()
        (await first.acquire()).abandoned(20)
        await asyncio.sleep(4)
        # the window learns how far the virtual clock jumped only when it is used
        first.pause_left()

    async def use_more() -> list[float]:
        return [await seconds_until_granted(second) for _ in range(3)]

    run_on_another_loop(use(), 5000)
    # One slot was never used. The others are free 10 s after 0 s, after 4 s and after 20 s.
    assert run_on_another_loop(use_more(), 3) == pytest.approx([0, 6, 4], abs=0.5)
    # The third window also counts what the first has used, of which 26 s are left. The seconds that
    # the second window's clock skipped do not count for the third.
    assert run_on_another_loop(seconds_until_granted(third, 4), 0) == pytest.approx(26, abs=0.5)


def test_pause_continues_too() -> None:
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

    run_on_another_loop(pause(), 100)
    assert run_on_another_loop(max_pause(), 7) == pytest.approx(20, abs=0.5)


def test_several_limits_continue_together() -> None:
    def both() -> Window:
        return Window.together(Window(2, per=1), Window(3, per=10))

    async def use(window: Window, times: int) -> list[float]:
        return [await seconds_until_granted(window) for _ in range(times)]

    first, second = both(), both()
    second.continues([first.continues([])])
    assert run_on_another_loop(use(first, 2), 0) == [0, 0]
    assert run_on_another_loop(use(second, 3), 50) == pytest.approx([1, 9, 0], abs=0.5)


def test_usage_of_a_running_event_loop_is_not_counted() -> None:
    """A running loop has its own limit. Two loops that run at the same time can't share one."""
    window = Window(1, per=60)

    async def beside() -> float:
        return await seconds_until_granted(Window(1, per=60, after=window))

    async def main() -> float:
        (await window.acquire()).answered()
        with ThreadPoolExecutor() as pool:
            return pool.submit(run, beside()).result()

    assert asyncio.run(main()) == 0


def test_closing_a_waiting_coroutine_loses_no_slot() -> None:
    async def main() -> None:
        window = Window(1, per=1)
        held = await window.acquire()
        waiting, granted = window.acquire(), window.acquire()
        futures = [waiting.send(None), granted.send(None)]  # type: ignore[func-returns-value]
        assert window.waiting == len(futures) == 2
        waiting.close()
        assert window.waiting == 1
        held.unused()  # the other waiter gets the slot
        granted.close()
        async with asyncio.timeout(0.5):
            await window.acquire()

    run(main())


def test_busy_slots_of_each_limit_are_counted_at_any_time() -> None:
    window = Window.together(Window(3, per=1), Window(5, per=60))
    assert window.slots_in_use() == ()  # not used yet

    async def main() -> None:
        sent, answered = await window.acquire(), await window.acquire()
        answered.answered()
        assert [slots.busy for slots in window.slots_in_use()] == [2, 2]
        await asyncio.sleep(1)  # the slot of the answered request is free again in one second
        assert [slots.busy for slots in window.slots_in_use()] == [1, 2]
        sent.unused()
        assert window.slots_in_use() == (SlotsInUse(3, 1, 0), SlotsInUse(5, 60, 1))

    run(main())
    assert window.slots_in_use() == ()  # its event loop has ended


def test_busy_slots_of_an_earlier_event_loop_are_counted() -> None:
    first = Window(3, per=60)
    run(first.acquire())
    second = Window(3, per=60, after=first)

    async def main() -> None:
        (await second.acquire()).answered()
        assert second.slots_in_use() == (SlotsInUse(3, 60, 2),)

    run(main())
