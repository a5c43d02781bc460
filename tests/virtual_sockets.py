"""An event loop on the virtual clock for programs whose two ends talk over sockets in one process.

The clock jumps to the next timer only when no socket has anything to read or write. So a client and
its server answer each other at full speed, and waits for a limit or a retry cost nothing.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

from tests.virtual import T, VirtualLoop

#: Seconds to wait for a socket if nothing else can happen.
_LAST_CHANCE = 5.0


class _Patient(selectors.DefaultSelector):
    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            if not (ready := super().select(_LAST_CHANCE)):
                raise RuntimeError("deadlock: everybody waits, no timer is set, sockets are silent")
            return ready
        self.loop.now += timeout
        return []


class SocketLoop(VirtualLoop):
    def __init__(self) -> None:
        self.now = 0.0
        selector = _Patient()
        selector.loop = self
        asyncio.SelectorEventLoop.__init__(self, selector)


def run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=SocketLoop) as runner:
        return runner.run(work)
