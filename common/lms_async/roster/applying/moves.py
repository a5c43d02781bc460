"""People who move from one section to another are not left without a section.

If a new enrollment of a person is not made, the plan's removals of the person's old enrollments are
held: they are skipped, and a later run with the same folder makes them once the new enrollment is
done.
"""

from __future__ import annotations

from ...outcome import Outcome, RowError, Status
from ..changes import REMOVALS, Action, Change
from ..entries import split

HELD = RowError(
    "held",
    "not sent, because a new enrollment of this person was not made; see to that first, and apply "
    "the plan again",
)
_ADDING = frozenset({Action.LINK, Action.RETURN})


class Moves:
    """Remembers the people with a new enrollment that was not made, by their keys."""

    def __init__(self) -> None:
        self._not_enrolled: set[str] = set()

    def add(self, outcome: Outcome[Change]) -> None:
        """Note the outcome of a change. The plan's additions come before its removals."""
        change = outcome.item
        is_addition = change.kind == "enrollments" and change.action in _ADDING
        if is_addition and outcome.status is not Status.DONE:
            self._not_enrolled.add(_person(change))

    def hold(self, change: Change) -> bool:
        """Return whether a change must not be made."""
        is_removal = change.kind == "enrollments" and change.action in REMOVALS
        return is_removal and _person(change) in self._not_enrolled


def _person(enrollment: Change) -> str:
    return split(enrollment.key)[1]
