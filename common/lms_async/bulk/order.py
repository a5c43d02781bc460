"""Outcomes in the order of the input, from chunks whose rows need not stand together."""

from __future__ import annotations

from typing import Generic, TypeVar

from ..outcome import Outcome

R = TypeVar("R")


class InOrder(Generic[R]):
    """Brings outcomes into the order of the input."""

    def __init__(self) -> None:
        self._next = 0
        self._early: dict[int, Outcome[R]] = {}

    def ready(self, outcomes: list[Outcome[R]]) -> list[Outcome[R]]:
        """Those whose turn has come, now that a chunk's ``outcomes`` are there, in their order."""
        after = self._next + len(outcomes)
        if not self._early and outcomes[0].index == self._next and outcomes[-1].index + 1 == after:
            self._next = after
            return outcomes
        self._early.update((outcome.index, outcome) for outcome in outcomes)
        ready = []
        while (outcome := self._early.pop(self._next, None)) is not None:
            ready.append(outcome)
            self._next += 1
        return ready
