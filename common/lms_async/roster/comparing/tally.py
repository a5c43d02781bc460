"""Count the changes of a plan in the way in which the guard checks them."""

from __future__ import annotations

from collections import Counter

import attrs

from ..changes import ADDITIONS, REMOVALS, Action, Change
from ..guarding.rules import Mode
from .working_set import WorkingSet

#: The fields of people that a new school year changes for nearly everybody.
_OF_THE_YEAR = frozenset({"grades", "graduation_year"})


@attrs.define
class Tally:
    """The numbers of changes, and what they make of the share of people who are found.

    An update counts for the school and the role that the vendor's record has now. Otherwise nobody
    would notice that a whole school moves to another one, or that all students become teachers.

    :param _working_set: the vendor's records.
    :param _mode: in the mode for a new school year, updates that change nothing but the grade or
        the year of graduation do not count.
    """

    _working_set: WorkingSet
    _mode: Mode
    #: The number of changes by kind, action and school.
    counts: Counter[tuple[str, Action, str]] = attrs.field(factory=Counter, init=False)
    #: The number of people who are updated, by school and role.
    updated_roles: Counter[tuple[str, str]] = attrs.field(factory=Counter, init=False)
    #: How many more people with a key the vendor will have, and how many more of these the source
    #: has.
    more_keyed: int = attrs.field(default=0, init=False)
    more_found: int = attrs.field(default=0, init=False)

    def add(self, change: Change) -> None:
        """Count a change."""
        org = change.org
        if change.action is Action.UPDATE:
            if self._mode is Mode.NEW_SCHOOL_YEAR and self._is_of_the_year(change):
                return
            org, role = self._working_set.school_and_role(change.kind, change.key)
            if change.kind == "people":
                self.updated_roles[org, role] += 1
        self.counts[change.kind, change.action, org] += 1
        if change.kind == "people":
            self._count_person(change)

    def more(self, kind: str) -> int:
        """Return how many more records of a kind the vendor will have in use."""
        return sum(
            (action in ADDITIONS) * count - (action in REMOVALS) * count
            for (of, action, _), count in self.counts.items()
            if of == kind
        )

    def _count_person(self, change: Change) -> None:
        if change.action in (Action.CREATE, Action.RETURN):
            self.more_keyed += 1
            self.more_found += 1
        elif change.action in REMOVALS:
            self.more_keyed -= 1
            # The source may have people who leave, with the word that they do.
            self.more_found -= self._working_set.is_in_source(change.kind, change.key)

    @staticmethod
    def _is_of_the_year(change: Change) -> bool:
        return change.kind == "people" and change.after.keys() <= _OF_THE_YEAR
