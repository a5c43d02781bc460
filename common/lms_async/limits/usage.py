"""What a window has used of its limit. It is kept after the window's event loop has ended.

Every event loop has its own clock. So times are passed to another loop as the number of seconds
left, and :func:`time.monotonic` measures the time since the last use.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Callable, Iterable

from .slots import Slots


class Usage:
    """The busy slots and the pause of one window.

    :param slots: one for each limit that the window holds.
    """

    def __init__(self, slots: tuple[Slots, ...]) -> None:
        self.slots = slots
        self.paused_until = 0.0
        self._begun = False
        self._loop: Callable[[], asyncio.AbstractEventLoop | None] = lambda: None
        #: The loop's clock minus :func:`time.monotonic`, at the last use.
        self._clock_offset = 0.0

    def begins_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Record the event loop that the window belongs to."""
        self._begun, self._loop = True, weakref.ref(loop)

    def used(self, now: float) -> None:
        """Record a use at ``now``, on the loop's clock."""
        self._clock_offset = now - time.monotonic()

    @property
    def _now(self) -> float:
        return time.monotonic() + self._clock_offset

    @property
    def is_running(self) -> bool:
        """Whether the event loop runs now, in this thread or another."""
        loop = self._loop()
        return loop is not None and loop.is_running()

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to pass on, now or later."""
        loop, now = self._loop(), self._now
        ended = self._begun and (loop is None or loop.is_closed())
        return (
            ended
            and self.paused_until <= now
            and not any(slots.busy_until(now) for slots in self.slots)
        )

    def take_over(self, others: Iterable[Usage], now: float) -> None:
        """Count what the windows of ``others`` have used as used here too, instead of what was
        taken over before.

        Windows whose event loops are still running are left out.

        :param now: on the clock of this window's loop.
        """
        counted: list[float] = []
        for other in others:
            if other.is_running:
                continue
            then = other._now
            self.paused_until = max(self.paused_until, now + other.paused_until - then)
            # All limits count each request. The one with the longest period knows most requests.
            longest = max(other.slots, key=lambda slots: slots.per)
            counted += [until - longest.per - then for until in longest.busy_until(then)]
        for slots in self.slots:
            slots.take_over([now + ago + slots.per for ago in counted])
