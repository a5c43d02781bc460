"""The order in which waiting calls get the next free slot.

First come, first served. Calls that a person waits for (``interactive``) pass the others
(``normal``), but at least every fourth slot goes to a normal call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Literal

import attrs

#: ``interactive`` for calls that a person waits for, ``normal`` for all others.
Priority = Literal["normal", "interactive"]

#: How many interactive calls in a row may pass waiting normal ones.
_IN_A_ROW = 3


@attrs.define(eq=False)
class Waiter:
    """A call that waits for a slot.

    :param turn: done when the call may be sent, or leaves the queue.
    :param max_pause: the longest pause that the call waits out, in seconds.
    :param refused_pause: set to a pause that is longer, when the call leaves the queue for it.
    """

    turn: asyncio.Future[Any]
    weight: int
    priority: Priority
    max_pause: float
    refused_pause: float | None = None


class WaitQueue:
    """The waiting calls, in one queue for each priority."""

    def __init__(self) -> None:
        self._interactive: deque[Waiter] = deque()
        self._normal: deque[Waiter] = deque()
        self._queues = {"interactive": self._interactive, "normal": self._normal}
        self._in_a_row = 0

    def __len__(self) -> int:
        return sum(not w.turn.done() for queue in self._queues.values() for w in queue)

    @property
    def has_waiters(self) -> bool:
        """Whether a call may be waiting; one that was just cancelled may be counted."""
        return bool(self._interactive or self._normal)

    def join(self, waiter: Waiter) -> None:
        """Add ``waiter`` at the end of the queue of its priority."""
        self._queues[waiter.priority].append(waiter)

    def first(self) -> Waiter | None:
        """Return the call that is next; ``None`` if none waits."""
        interactive, normal = self._head("interactive"), self._head("normal")
        if interactive is None or normal is None:
            return interactive or normal
        return normal if self._in_a_row >= _IN_A_ROW else interactive

    def leave(self, waiter: Waiter, slot: object = None) -> None:
        """Remove ``waiter``, the first of its queue, and give it its ``slot``."""
        self._queues[waiter.priority].popleft()
        if waiter.priority == "normal":
            self._in_a_row = 0
        elif self._head("normal") is not None:
            self._in_a_row += 1
        waiter.turn.set_result(slot)

    def refuse(self, error: Exception) -> None:
        """Make every waiting call fail with ``error``."""
        for queue in self._queues.values():
            for waiter in queue:
                if not waiter.turn.done():
                    waiter.turn.set_exception(error)

    def dismiss(self, pause: float) -> None:
        """Dismiss the calls that would not wait out a pause of ``pause`` seconds."""
        for queue in self._queues.values():
            for waiter in queue:
                if waiter.max_pause < pause and not waiter.turn.done():
                    waiter.refused_pause = pause
                    waiter.turn.set_result(None)

    def _head(self, priority: Priority) -> Waiter | None:
        queue = self._queues[priority]
        while queue and queue[0].turn.done():  # cancelled, or dismissed
            queue.popleft()
        return queue[0] if queue else None
