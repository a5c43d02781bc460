"""A school year with a vendor in memory: the number of changes in each step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import attrs
import pytest

from lms_async.roster import Entry, PlanMode, SideEffect
from lms_async.roster.entries import split
from tests.roster.fake_target import ABLE, FakeTarget
from tests.roster.school_year import Step, Year
from tests.roster.school_year_steps import STEPS, first_tables
from tests.virtual import run


class Vendor(FakeTarget):
    """Ends the enrollments and the relationships of people who are deactivated.

    :param ends_sections: whether it ends sections on the day on which their terms are over.
    """

    capabilities = attrs.evolve(
        ABLE, side_effects=(*ABLE.side_effects, SideEffect("people", "relationships"))
    )

    def __init__(self, *, ends_sections: bool) -> None:
        super().__init__()
        self._ends_sections = ends_sections

    def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        if self._ends_sections:
            self._end_sections(as_of)
        return super().snapshot(as_of)

    def _end_sections(self, day: date) -> None:
        """End the sections whose terms are over, and no longer show their enrollments."""
        over = {
            entry.key
            for entry in self.entries
            if entry.kind == "terms" and entry.fields["ends"] < day.isoformat()
        }
        ended = {
            entry.key
            for entry in self.entries
            if entry.kind == "sections" and over.issuperset(split(entry.fields["terms"]))
        }
        self.entries = [
            attrs.evolve(entry, active=False, locked="over") if entry.key in ended else entry
            for entry in self.entries
            if entry.kind != "enrollments" or split(entry.key)[0] not in ended
        ]


def _with_mode(step: Step) -> Step:
    """Return a step in the mode for a new school year, if it is in the second year."""
    is_later = step.day.isoformat() > "2027-08"
    return attrs.evolve(step, guard={"mode": PlanMode.NEW_SCHOOL_YEAR}) if is_later else step


@pytest.mark.parametrize("ends_sections", [True, False])
def test_school_year(ends_sections: bool, tmp_path: Path) -> None:
    vendor = Vendor(ends_sections=ends_sections)
    # If nothing ends at a vendor, the mode keeps last year's sections and enrollments.
    steps = STEPS if ends_sections else [_with_mode(step) for step in STEPS]
    run(_school_year(Year(vendor, tmp_path, first_tables()), steps))
    assert len(vendor.active("people")) == 32
    assert len(vendor.active("sections")) == (8 if ends_sections else 16)


async def _school_year(year: Year, steps: list[Step]) -> None:
    for step in steps:
        await year.night(step)
