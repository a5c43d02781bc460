"""Put the outcomes of a bulk into the order of its input."""

from __future__ import annotations

from typing import Generic, TypeVar

from ..outcome import Outcome

R = TypeVar("R")


class InOrder(Generic[R]):
    """Puts outcomes into input order. With groups, the rows of a chunk may not be consecutive.

    :param first: the index of the first row.
    """

    def __init__(self, first: int = 0) -> None:
        self._next = first
        self._early: dict[int, Outcome[R]] = {}

    def add(self, outcomes: list[Outcome[R]]) -> list[Outcome[R]]:
        """Add the outcomes of one chunk, and return those that come next in the input order."""
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
