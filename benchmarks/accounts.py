"""How does the cost of keeping limits grow from one account to a thousand?"""

from __future__ import annotations

import asyncio
import gc
import random
import time
import tracemalloc

from lms_async import Window
from tests.virtual import run

from .picture import lines
from .report import Found

ACCOUNTS = (1, 10, 100, 1000)
#: Schoology's default limit for each account, and enough callers per account to use all of it.
LIMIT, PER, CALLERS = 13, 5.0, 20
REQUESTS = 52_000
LOW, HIGH = 0.08, 0.24


def cost(accounts: int, *, limited: bool) -> tuple[float, float, int]:
    """Return CPU seconds, simulated seconds and requests. Without limits, callers only sleep."""
    each = REQUESTS // accounts
    dice = random.Random(7)

    async def account() -> None:
        window = Window(LIMIT, per=PER)
        left = each

        async def caller() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                slot = await window.acquire() if limited else None
                await asyncio.sleep(dice.uniform(LOW, HIGH))
                if slot is not None:
                    slot.answered()

        await asyncio.gather(*(caller() for _ in range(CALLERS)))

    async def main() -> float:
        await asyncio.gather(*(account() for _ in range(accounts)))
        return asyncio.get_running_loop().time()

    gc.collect()
    started = time.process_time()
    simulated = run(main())
    return time.process_time() - started, simulated, each * accounts


def memory(accounts: int) -> float:
    """Return the bytes per account: a window with every slot in use and no waiters."""

    async def main() -> float:
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        windows = [Window(LIMIT, per=PER) for _ in range(accounts)]
        for window in windows:
            for slot in [await window.acquire() for _ in range(LIMIT)]:
                slot.answered()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return (after - before) / accounts

    return run(main())


def main() -> None:
    rows, growth = [], []
    cost(10, limited=True)  # warm up
    for accounts in ACCOUNTS:
        bare = min(cost(accounts, limited=False)[0] for _ in range(3))
        seconds, simulated, requests = min(cost(accounts, limited=True) for _ in range(3))
        growth.append((seconds - bare) / requests)
        rows.append(
            [
                f"{accounts:,}",
                f"{accounts * CALLERS:,}",
                f"{requests / simulated:,.1f}",
                f"{growth[-1] * 1e6:.1f}",
                f"{memory(accounts) / 1024:.1f}",
            ]
        )
    Found(
        "accounts",
        "Limits of one account and of a thousand, in one process",
        [
            "accounts",
            "callers",
            "requests a second",
            "limiter, µs of processor a request",
            "kB an account",
        ],
        rows,
        goals=[
            (
                "a request costs at most three times as much with 1,000 accounts as with one",
                growth[-1] <= 3 * growth[0],
            )
        ],
        notes=[
            f"simulated on the virtual clock: `Window({LIMIT}, per={PER:g})` for each account, "
            f"{CALLERS} callers each, {REQUESTS:,} requests in all, latency "
            f"{LOW * 1e3:.0f} to {HIGH * 1e3:.0f} ms",
            "processor time is what the same callers cost with the limit, less what they cost "
            "without it; least of three",
        ],
        picture=lines(
            {
                "the limiter": (ACCOUNTS, [cost * 1e6 for cost in growth]),
                "wanted at most: three times one account's": (
                    ACCOUNTS,
                    [3e6 * growth[0]] * len(ACCOUNTS),
                ),
            },
            across="accounts",
            up="CPU µs a request",
            log="x",
        ),
        bars=8,
    ).publish()
