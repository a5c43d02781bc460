"""The limiters that clients share: one for each scope by which a vendor counts requests."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Hashable, Sequence
from weakref import WeakKeyDictionary

from .limiter import Limiter
from .queue import Priority
from .slot import FullSlot, LeasedSlot, full_slot
from .usage import Usage
from .window import Window

# How often a call keeps the slots that it holds while it waits for another one, in seconds.
_KEEP_EVERY = 1.0

# Kept as long as the event loop: a client's last requests still count after the client is closed.
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Limiter]] = WeakKeyDictionary()
# Kept longer than the event loop, so that the next loop knows which slots are still busy. The lock
# is needed because event loops may run in several threads.
_used: dict[Hashable, list[Usage]] = {}
_used_lock = threading.Lock()
# The event loop that used each scope last.
_last: dict[Hashable, weakref.ref[asyncio.AbstractEventLoop]] = {}


def shared(scope: Hashable, make: Callable[[], Limiter]) -> Limiter:
    """Return the limiter of ``scope`` on the running event loop.

    A new :class:`~lms_async.Window` counts the slots that were used on other event loops, except on
    those that run at this moment in other threads.

    :param make: called if the scope has no limiter on this loop.
    """
    loop = asyncio.get_running_loop()
    limiters = _shared.get(loop)
    if limiters is None:
        limiters = _shared[loop] = {}
        _forget_what_is_over()
    limiter = limiters.get(scope)
    if limiter is None:
        limiter = limiters[scope] = make()
    if _last.get(scope) is not (turn := weakref.ref(loop)) and isinstance(limiter, Window):
        with _used_lock:
            _last[scope] = turn
            used = _used.setdefault(scope, [])
            usage = limiter.continues(used.copy())
            if usage not in used:
                usage.begins_on(loop)
                used.append(usage)
    return limiter


def _forget_what_is_over() -> None:
    with _used_lock:
        for scope, used in list(_used.items()):
            used[:] = [usage for usage in used if not usage.is_over]
            if not used:
                del _used[scope]
                _last.pop(scope, None)


class _Slots:
    """The slots of several limiters, for one request."""

    def __init__(self) -> None:
        self.held: list[FullSlot] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_lost(self) -> bool:
        return any(isinstance(slot, LeasedSlot) and slot.is_lost for slot in self.held)

    def begin_keeping(self) -> None:
        """Keep the slots that are held, until :meth:`end_keeping`."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_KEEP_EVERY, self._keep)

    def end_keeping(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _keep(self) -> None:
        for slot in self.held:
            if isinstance(slot, LeasedSlot):
                slot.keep()
        self.begin_keeping()

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
    limiters: Sequence[Limiter], *, weight: int, priority: Priority, max_pause: float
) -> FullSlot:
    """Wait for a slot of each of ``limiters``, see :meth:`Limiter.acquire`."""
    if len(limiters) == 1:
        return full_slot(
            await limiters[0].acquire(weight=weight, priority=priority, max_pause=max_pause)
        )
    while True:
        slots = await _slots_of(limiters, weight, priority, max_pause)
        # One of them may have been paused or lost while this call waited for the next one.
        if not slots.is_lost and not any(limiter.pause_left() for limiter in limiters):
            return slots
        slots.unused()
        await asyncio.sleep(0)  # a limiter of the caller may not wait for its own pause


async def _slots_of(
    limiters: Sequence[Limiter], weight: int, priority: Priority, max_pause: float
) -> _Slots:
    slots = _Slots()
    slots.begin_keeping()
    try:
        for limiter in limiters:
            slot = await limiter.acquire(weight=weight, priority=priority, max_pause=max_pause)
            slots.held.append(full_slot(slot))
    except BaseException:
        slots.unused()  # no request was sent with those that are held already
        raise
    finally:
        slots.end_keeping()
    return slots
