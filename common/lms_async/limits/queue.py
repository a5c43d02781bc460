"""Who goes next, of those who wait for a limit.

First come, first served; but a call that somebody waits for (``interactive``) goes before those of
an import (``normal``), which keep every fourth place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Literal

import attrs

#: Who goes first: a call that somebody waits for, or all others.
Priority = Literal["normal", "interactive"]

#: How many interactive calls may go in a row while normal ones wait.
_IN_A_ROW = 3


@attrs.define(eq=False)
class Waiter:
    """A call that stands in line. ``max_pause`` is the longest pause that it waits out, in seconds;
    ``asked`` is set to a pause that is longer, and the call then leaves the line."""

    turn: asyncio.Future[Any]
    weight: int
    priority: Priority
    max_pause: float
    asked: float | None = None


class WaitQueue:
    """The waiters, in two rows."""

    def __init__(self) -> None:
        self._interactive: deque[Waiter] = deque()
        self._normal: deque[Waiter] = deque()
        self._rows = {"interactive": self._interactive, "normal": self._normal}
        self._in_a_row = 0

    def __len__(self) -> int:
        return sum(not w.turn.done() for row in self._rows.values() for w in row)

    @property
    def anybody(self) -> bool:
        """Whether there may be somebody in it; one who has just been cancelled may be counted."""
        return bool(self._interactive or self._normal)

    def join(self, waiter: Waiter) -> None:
        """Stand at the end of the row of its priority."""
        self._rows[waiter.priority].append(waiter)

    def first(self) -> Waiter | None:
        """Whose turn it is; ``None`` if nobody waits."""
        interactive, normal = self._head("interactive"), self._head("normal")
        if interactive is None or normal is None:
            return interactive or normal
        return normal if self._in_a_row >= _IN_A_ROW else interactive

    def leave(self, waiter: Waiter, slot: object = None) -> None:
        """Let the first of a row go, with its ``slot``: its turn has come."""
        self._rows[waiter.priority].popleft()
        if waiter.priority == "normal":
            self._in_a_row = 0
        elif self._head("normal") is not None:
            self._in_a_row += 1
        waiter.turn.set_result(slot)

    def refuse(self, error: Exception) -> None:
        """Let everybody go with ``error``."""
        for row in self._rows.values():
            for waiter in row:
                if not waiter.turn.done():
                    waiter.turn.set_exception(error)

    def dismiss(self, asked: float) -> None:
        """Tell those who would not wait out a pause of ``asked`` seconds."""
        for row in self._rows.values():
            for waiter in row:
                if waiter.max_pause < asked and not waiter.turn.done():
                    waiter.asked = asked
                    waiter.turn.set_result(None)

    def _head(self, priority: Priority) -> Waiter | None:
        row = self._rows[priority]
        while row and row[0].turn.done():  # cancelled, or dismissed
            row.popleft()
        return row[0] if row else None
