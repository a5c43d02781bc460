"""Decide which changes are not sent, because of the outcomes of changes before them."""

from __future__ import annotations

from ...outcome import Outcome, RowError
from ..changes import Change
from .moves import HELD, Moves
from .parents import Parents


class Dependencies:
    """What the outcomes of a plan's changes mean for those that follow, see ``moves.py`` and
    ``parents.py``."""

    def __init__(self) -> None:
        self._moves, self._parents = Moves(), Parents()

    def add(self, outcome: Outcome[Change]) -> None:
        """Note the outcome of a change."""
        self._moves.add(outcome)
        self._parents.add(outcome)

    def prevents(self, change: Change) -> RowError | None:
        """Return why ``change`` must not be sent; ``None`` if it may be."""
        return HELD if self._moves.hold(change) else self._parents.missing(change)
