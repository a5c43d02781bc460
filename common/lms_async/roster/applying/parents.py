"""Enrollments and relationships are not sent if their section or person was not created.

If the plan creates a section or person, or brings one back, and this is not done, the vendor would
reject the enrollments and relationships of this record. They are skipped instead. A later run with
the same folder sends them once the record is there.
"""

from __future__ import annotations

from ...bulk.status import STOPPED
from ...outcome import Outcome, RowError, Status
from ..changes import Action, Change
from ..entries import KEY_PARTS, split

#: The error code of a change that the vendor made in part.
_INCOMPLETE = "incomplete"
_ADDING = frozenset({Action.CREATE, Action.RETURN})
_NOUNS = {"sections": "section", "people": "person"}
#: Why a change is not sent, by the kind of the record that is missing.
NOT_CREATED = {
    kind: RowError(f"no_{noun}", f"not sent, because its {noun} was not created")
    for kind, noun in _NOUNS.items()
}
#: The same if the vendor may have created the record.
MAY_BE_MISSING = {
    kind: RowError(f"no_{noun}", f"not sent, because it is unknown whether its {noun} was created")
    for kind, noun in _NOUNS.items()
}


class Parents:
    """Remembers the sections and people that were not created, by their keys."""

    def __init__(self) -> None:
        self._missing: dict[tuple[str, str], RowError] = {}

    def add(self, outcome: Outcome[Change]) -> None:
        """Note the outcome of a change. The plan creates records before it enrolls people."""
        change, error = outcome.item, outcome.error
        if outcome.status is Status.DONE or error == STOPPED:  # after a stop, nothing is sent
            return
        if error is not None and error.code == _INCOMPLETE:  # the record itself is there
            return
        if change.kind in _NOUNS and change.action in _ADDING:
            errors = MAY_BE_MISSING if outcome.status is Status.UNKNOWN else NOT_CREATED
            self._missing[change.kind, change.key] = errors[change.kind]

    def missing(self, change: Change) -> RowError | None:
        """Return why a change can't be made, or ``None`` if its section and people are there."""
        if not self._missing or change.action not in (Action.LINK, Action.RETURN):
            return None
        parts = zip(KEY_PARTS.get(change.kind, ()), split(change.key), strict=False)
        return next((self._missing[part] for part in parts if part in self._missing), None)
