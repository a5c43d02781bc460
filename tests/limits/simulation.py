"""Simulate more callers than a window has slots, against a simulated server on a virtual clock."""

from __future__ import annotations

import asyncio
import random

import attrs

from lms_async.limits.window import Window
from lms_async.sandbox.limits import ArrivalLimit
from tests.virtual import run

#: The shortest and the longest duration, in seconds.
Span = tuple[float, float]


@attrs.frozen
class Run:
    arrivals: list[tuple[float, bool]]
    """When each request arrived, and whether it was admitted."""
    limits: list[int]
    """The window's limit at the end of each of the server's periods."""

    def refused(self, since: float = 0.0) -> int:
        return sum(not admitted for at, admitted in self.arrivals if at >= since)

    def admitted(self) -> list[float]:
        return [at for at, admitted in self.arrivals if admitted]


def saturate(
    window: Window,
    server: ArrivalLimit,
    *,
    coming: Span,
    going: Span,
    seconds: float,
    seed: int = 0,
) -> Run:
    """Send requests for ``seconds``. After a 429, pause for one period of the server.

    :param coming: how long a request takes to reach the server.
    :param going: how long its response takes back.
    """
    dice = random.Random(seed)
    found = Run([], [])

    async def caller() -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < seconds:
            slot = await window.acquire()
            await asyncio.sleep(dice.uniform(*coming))
            admitted = server.admits(loop.time())
            found.arrivals.append((loop.time(), admitted))
            await asyncio.sleep(dice.uniform(*going))
            slot.answered()
            if not admitted:
                window.pause(server.per)

    async def watch() -> None:
        while asyncio.get_running_loop().time() < seconds:
            await asyncio.sleep(server.per)
            found.limits.append(round(window.rate * server.per))

    async def main() -> None:
        await asyncio.gather(watch(), *(caller() for _ in range(120)))

    run(main())
    return found
