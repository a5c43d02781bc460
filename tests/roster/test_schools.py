"""The school that a record of the vendor belongs to: the vendor's own word, or the source's."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from lms_async.roster.changes import Reason
from lms_async.roster.comparing.schools import decide_schools
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.entries import Entry, join
from lms_async.roster.mapping.scope import Scope
from tests.roster.school import ALL, VENDOR, compare, enrollment, person, section
from tests.roster.test_rules import actions, reasons, there

NORTH = Scope(orgs=frozenset({"north"}))
WANTED = [
    person("p1", org="north"),
    section("s1", org="north"),
    enrollment("s1", "p1", org="north"),
]


def at_vendor(org: str) -> list[Entry]:
    """Return the records whose school is known from the course, with another title and role."""
    return there(
        person("p1", org="north"),
        attrs.evolve(section("s1", org=org), fields={"title": "Music"}),
        enrollment("s1", "p1", role="teacher", org=org),
    )


def test_source_decides_the_school_of_what_it_has() -> None:
    for org in ("", "south"):
        assert actions(compare(WANTED, at_vendor(org), ALL, NORTH)) == [
            ("sections", "update", "s1"),
            ("enrollments", "update", join("s1", "p1")),
        ]


@pytest.mark.parametrize("orgs", [["south", "north"], ["north", "south", "north"]])
def test_wanted_records_that_disagree_do_not_decide_the_school(
    tmp_path: Path, orgs: list[str]
) -> None:
    with WorkingSet(tmp_path / "set", VENDOR) as working_set:
        working_set.add_wanted(section("s1", org=org) for org in orgs)
        working_set.add_there(there(section("s1", org="")))
        decide_schools(working_set, "sections")
        assert working_set.school_and_role("sections", "s1")[0] == ""


def test_section_decides_the_school_of_an_enrollment_whose_wanted_records_disagree(
    tmp_path: Path,
) -> None:
    with WorkingSet(tmp_path / "set", VENDOR) as working_set:
        working_set.add_wanted(enrollment("s1", "p1", org=org) for org in ("south", "north"))
        working_set.add_wanted([section("s1", org="west")])
        working_set.add_there(there(enrollment("s1", "p1", org="")))
        decide_schools(working_set, "enrollments")
        assert working_set.school_and_role("enrollments", join("s1", "p1"))[0] == "west"


def test_vendor_decides_the_school_if_it_shows_one() -> None:
    items = compare([person("p1", org="north")], there(person("p1", org="south")), ALL, NORTH)
    assert actions(items) == []
    renamed = person("p1", org="", name="Bea")
    items = compare([person("p1", org="north")], there(renamed), ALL, NORTH)
    assert actions(items) == [("people", "update", "p1")]


def test_enrollment_that_is_not_wanted_belongs_to_the_school_of_its_section() -> None:
    items = compare(WANTED[:2], at_vendor("")[2:] + there(*WANTED[:2]), ALL, NORTH)
    assert actions(items) == [("enrollments", "expire", join("s1", "p1"))]


def test_record_that_only_the_vendor_has_stays_out_of_a_scope_of_schools() -> None:
    items = compare([], there(section("s1")), ALL, NORTH)
    assert (actions(items), reasons(items)) == ([], [("s1", Reason.OUT_OF_SCOPE)])


def test_guard_counts_records_for_the_school_that_the_source_says(tmp_path: Path) -> None:
    with WorkingSet(tmp_path / "set", VENDOR) as working_set:
        working_set.add_wanted(WANTED)
        working_set.add_there(at_vendor(""))
        for kind in VENDOR.kinds:
            decide_schools(working_set, kind)
        assert set(working_set.existing()) == {
            (kind, "north") for kind in ("people", "sections", "enrollments")
        }
        assert working_set.school_and_role("sections", "s1") == ("north", "")
