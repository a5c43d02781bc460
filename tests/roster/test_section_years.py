"""Schools that use the ids of their sections again do not rewrite last year's sections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs
import pytest

from lms_async.roster import Action, Entry, Plan, Reason, RosterMapping
from lms_async.roster.entries import join
from tests.roster.fake_target import FakeTarget
from tests.roster.records import ADA, FALL, ROOM, SEAT, YEAR
from tests.roster.test_planning import REMOVING, changes, make

IDS = [f"k{number}" for number in range(1, 13)]
TERMS = [attrs.evolve(YEAR, starts=date(2026, 8, 17), ends=date(2027, 6, 11)), FALL]
SEATS = [attrs.evolve(SEAT, section_id=id_) for id_ in IDS]


def term(title: str, starts: str, ends: str) -> Entry:
    fields = {"title": title, "starts": starts, "ends": ends}
    return Entry(kind="terms", key=title, vendor_id=title, fields=fields)


def vendor(last: Entry, ids: list[str], terms: str = "") -> FakeTarget:
    """Return a vendor that has these sections in the term ``last``."""
    fields = {"title": "Algebra 0", "course": "c1", "terms": terms or last.key}
    old = [Entry(kind="sections", key=id_, org="N", vendor_id=id_, fields=fields) for id_ in ids]
    return FakeTarget([last, *old])


LAST = term("2025", "2025-08-18", "2026-06-12")
#: Last year's term with the title of this year's.
OLD_FALL = term("Fall", "2025-08-18", "2026-01-16")


async def plan(path: Path, target: FakeTarget, mapping: RosterMapping = REMOVING) -> Plan:
    sections = [attrs.evolve(ROOM, id=id_) for id_ in IDS]
    return await make(
        path / "a.plan", target, mapping, terms=TERMS, sections=sections, enrollments=SEATS
    )


@pytest.mark.parametrize("last", [LAST, OLD_FALL, term("long", "2025-08-18", "2026-08-20")])
async def test_section_of_last_year_and_its_enrollments_are_left_alone(
    tmp_path: Path, last: Entry
) -> None:
    made = await plan(tmp_path, vendor(last, IDS[:1]))
    left = made.counts_left_alone()
    assert left["sections", Reason.OTHER_SCHOOL_YEAR, "N"] == 1
    assert left["enrollments", Reason.OTHER_SCHOOL_YEAR, "N"] == 1
    planned = await changes(made)
    assert not {key for _, _, key in planned} & {"k1", join("k1", "p1")}
    assert ("link", "enrollments", join("k2", "p1")) in planned
    # One in twelve may be a coincidence.
    assert not [one for one in made.refusals() if one.stops]


async def test_many_sections_of_last_year_stop_the_plan(tmp_path: Path) -> None:
    made = await plan(tmp_path, vendor(LAST, IDS[:2]))
    (refusal,) = [one for one in made.refusals() if one.kind == "sections"]
    assert (refusal.rule, refusal.number, refusal.stops) == ("max_removed_share", 2 / 12, True)
    for part in ("2 of 12 sections", "16.7%", "10%", "year_in_section_keys = true"):
        assert part in refusal.text
    mapping = attrs.evolve(REMOVING, year_in_section_keys=True)
    made = await plan(tmp_path, vendor(LAST, IDS[:2]), mapping)
    assert made.counts()["sections", Action.CREATE, "N"] == 12
    assert not [one for one in made.refusals() if one.kind == "sections"]


@pytest.mark.parametrize(
    "now",
    [
        term("2027", "2026-08-17", "2027-06-11"),
        # The other semester of the same year.
        term("Spring", "2027-01-18", "2027-06-11"),
        # Terms that say nothing about the year.
        term("Always", "2015-01-01", "2027-12-31"),
        term("2025", "", ""),
    ],
)
async def test_section_of_the_same_or_an_unknown_year_is_updated(
    tmp_path: Path, now: Entry
) -> None:
    target = vendor(now, IDS)
    target.entries.append(Entry(kind="people", key=ADA.id, vendor_id="1", org="N"))
    made = await plan(tmp_path, target)
    assert made.counts()["sections", Action.UPDATE, "N"] == 12
    assert ("link", "enrollments", join("k1", "p1")) in await changes(made)
