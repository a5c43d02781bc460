"""What a row of an enrollment says besides who is in which section: role and dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import itemgetter

import attrs

from ...model import Enrollment
from .cells import ENROLLMENT_ROLES
from .row import Row

#: How many different memberships are kept. Most files have fewer.
_MOST_KEPT = 1024


@attrs.frozen
class Membership:
    """The role of a person in a section, and from when to when; see ``Enrollment``."""

    role: str
    primary: bool
    begins: date | None
    ends: date | None

    def enrollment(self, *, section_id: str, person_id: str, id_: str = "") -> Enrollment:
        """Return the enrollment of a person in a section."""
        return Enrollment(
            id=id_,
            section_id=section_id,
            person_id=person_id,
            role=self.role,
            primary=self.primary,
            begins=self.begins,
            ends=self.ends,
        )


class Memberships:
    """Reads memberships. Rows with equal cells share one, which is read once.

    :param read_date: returns the date in a cell of a row.
    :param begins: the field with the first day.
    :param ends: the field with the last day.
    """

    def __init__(
        self, read_date: Callable[[Row, str], date | None], *, begins: str, ends: str
    ) -> None:
        self._read_date = read_date
        self._begins, self._ends = begins, ends
        self._cells = itemgetter("role", "primary", begins, ends)
        self._kept: dict[tuple[str, ...], Membership] = {}

    def of(self, row: Row) -> Membership:
        """Return the membership of a row.

        :raises RowRejected: the role is blank, or a cell cannot be read.
        """
        cells = self._cells(row)
        kept = self._kept.get(cells)
        if kept is not None:
            return kept
        read = self._read(row)
        # A row with a warning is read each time, so that each such row is reported.
        if not row.warned and len(self._kept) < _MOST_KEPT:
            self._kept[cells] = read
        return read

    def _read(self, row: Row) -> Membership:
        row.need("role")
        membership = Membership(
            role=row.word("role", ENROLLMENT_ROLES),
            primary=row.flag("primary", blank=False),
            begins=self._read_date(row, self._begins),
            ends=self._read_date(row, self._ends),
        )
        if membership.begins and membership.ends and membership.ends < membership.begins:
            row.reject(self._ends, "date_order", "the enrollment ends before it begins.")
        return membership
