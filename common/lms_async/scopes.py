"""Which limiters a call has to pass: one for each scope that a vendor counts by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from weakref import WeakKeyDictionary

from .limit import Limiter, Priority
from .slot import FullSlot, full_slot

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
        self.held: list[FullSlot] = []

    def answered(self) -> None:
        for slot in self.held:
            slot.answered()

    def unused(self) -> None:
        for slot in self.held:
            slot.unused()

    def abandoned(self, seconds: float) -> None:
        for slot in self.held:
            slot.abandoned(seconds)


async def acquired(
    limiters: Sequence[Limiter], *, weight: int, priority: Priority, patience: float
) -> FullSlot:
    """Wait for a slot of each of ``limiters``, see :meth:`Limiter.acquire`."""
    if len(limiters) == 1:
        return full_slot(
            await limiters[0].acquire(weight=weight, priority=priority, patience=patience)
        )
    slots = _Slots()
    try:
        for limiter in limiters:
            slot = await limiter.acquire(weight=weight, priority=priority, patience=patience)
            slots.held.append(full_slot(slot))
    except BaseException:
        slots.unused()  # no request was sent with those that are held already
        raise
    return slots
