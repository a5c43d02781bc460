"""Which limiters a call has to pass: one for each scope that a vendor counts by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from .limit import Limiter, Priority, Slot

# Kept for as long as the loop: a limiter that went with its client would forget what just departed.
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Limiter]] = WeakKeyDictionary()


def shared(scope: Hashable, make: Callable[[], Limiter]) -> Limiter:
    """The limiter of ``scope`` on the running event loop; ``make`` is called for the first one."""
    limiters = _shared.setdefault(asyncio.get_running_loop(), {})
    limiter = limiters.get(scope)
    if limiter is None:
        limiter = limiters[scope] = make()
    return limiter


class _Slots:
    """The slots of several limiters, for one request."""

    def __init__(self) -> None:
        self.held: list[Slot] = []

    def answered(self) -> None:
        for slot in self.held:
            slot.answered()


def acquired(
    limiters: Sequence[Limiter], *, weight: int, priority: Priority, patience: float
) -> Coroutine[Any, Any, Slot]:
    """To be awaited: a slot of each of ``limiters``, see :meth:`Limiter.acquire`."""
    if len(limiters) == 1:
        return limiters[0].acquire(weight=weight, priority=priority, patience=patience)
    return _all_of(limiters, weight=weight, priority=priority, patience=patience)


async def _all_of(
    limiters: Sequence[Limiter], *, weight: int, priority: Priority, patience: float
) -> Slot:
    slots = _Slots()
    try:
        for limiter in limiters:
            slot = await limiter.acquire(weight=weight, priority=priority, patience=patience)
            slots.held.append(slot)
    except BaseException:
        slots.answered()  # those already held are free again after their period
        raise
    return slots
