"""What does a bulk request cost when one process serves many accounts at once?"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from typing import Any, cast

import attrs
import orjson

from lms_async import Call, Status
from lms_async.http.call import AttemptObserver
from lms_async.http.transport import Transport
from schoology_async import Window
from schoology_async.resources.users import Users
from tests.virtual import run

from .answers import results
from .measure import progress, spread
from .picture import lines
from .report import Found
from .school import people
from .vendor import CLIENT_CPU, pin

#: A vendor's rate limit and latency.
LIMIT, PER, LATENCY = 13, 5.0, 0.2
ACCOUNTS = (1, 10, 100, 1_000, 10_000)


class Account:
    """A transport without a network: its own window, latency on the virtual clock, and responses
    that accept every row."""

    width = 16
    max_failed_chunks = 5
    events = ()
    account = "one of many"

    def __init__(self) -> None:
        self._window = Window(LIMIT, per=PER)

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        slot = await self._window.acquire()
        if watch is not None:
            await watch.before_send()
        body = orjson.dumps(call.body)
        await asyncio.sleep(LATENCY)
        slot.answered()
        return orjson.loads(results(body)), 1

    async def imported(self, count: int) -> int:
        users = Users(cast("Transport", self))
        done = 0
        async for outcome in users.create_many(people(count), update_existing=True):
            done += outcome.status is Status.DONE
        return done


@attrs.frozen
class Took:
    cpu: float
    seconds: float
    """On the virtual clock."""


def served(accounts: int, requests: int) -> Took:
    """Send ``requests`` requests of 50 people, evenly distributed over the accounts."""
    each = requests // accounts * 50

    async def all_of_them() -> tuple[int, float]:
        done = await asyncio.gather(*(Account().imported(each) for _ in range(accounts)))
        return sum(done), asyncio.get_running_loop().time()

    gc.collect()
    began = time.process_time()
    done, seconds = run(all_of_them())
    took = Took((time.process_time() - began) / requests * 1e6, seconds)
    if done != each * accounts:
        raise RuntimeError(f"{done} of {each * accounts} people were done")
    return took


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    requests, count = (10_000, 3) if full else (1_000, 3)
    sizes = [accounts for accounts in ACCOUNTS if accounts <= requests]
    took: dict[int, list[Took]] = {accounts: [] for accounts in sizes}
    served(1, 200)
    for number in range(count):
        for accounts in random.sample(sizes, len(sizes)):
            progress(f"round {number + 1} of {count}: {accounts:,} accounts")
            took[accounts].append(served(accounts, requests))
    costs = {accounts: spread([t.cpu for t in took[accounts]]) for accounts in sizes}
    Found(
        "scale",
        f"One process for 1 to {sizes[-1]:,} accounts",
        ["accounts", "CPU µs a request of 50 people, median (quartiles)", "ratio", "lasts, s"],
        [
            [
                f"{accounts:,}",
                f"{middle:.0f} ({low:.0f}–{high:.0f})",
                f"{middle / costs[1][1]:.2f}",
                f"{took[accounts][0].seconds:,.1f}",
            ]
            for accounts, (low, middle, high) in costs.items()
        ],
        notes=[
            f"{requests:,} requests in each run, shared out over the accounts; each account has "
            f"`Window({LIMIT}, per={PER:g})` and {LATENCY * 1e3:.0f} ms of latency",
            "bulk and limiter without a wire, on a virtual clock that jumps to the next timer; "
            "what people and answers cost to make is in it, and the same for all",
            "every account begins at once: at the most, all rows of a run are in memory together",
            f"{count} rounds, shuffled",
        ],
        full=full,
        picture=lines(
            {"": (list(costs), [cost[1] for cost in costs.values()])},
            across="accounts",
            up="CPU µs a request",
            log="x",
        ),
        bars=8,
    ).publish()
