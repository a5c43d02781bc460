"""The guard's checks of roles, of records that are created again, and of the scope."""

from __future__ import annotations

import attrs
import pytest

from lms_async.roster import Action, Change, GuardSettings, PlanMode
from lms_async.roster.comparing.tally import Tally
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.guarding.guard import Refusal, SourceFacts
from lms_async.roster.guarding.guard_counts import check_created, check_roles, check_scope

SETTINGS = GuardSettings()
NEW_YEAR = GuardSettings(mode=PlanMode.NEW_SCHOOL_YEAR)
LATER = SourceFacts(records={}, last_vendor_records={"people": 100, "sections": 100, "terms": 100})
NOTHING: dict[tuple[str, str], int] = {}


def created(
    count: int,
    kind: str = "people",
    settings: GuardSettings = SETTINGS,
    facts: SourceFacts = LATER,
    existing: dict[tuple[str, str], int] = NOTHING,
) -> list[Refusal]:
    counts = {(kind, Action.CREATE, "N"): count - 10, (kind, Action.CREATE, "S"): 10}
    others = {("people", Action.RETURN, "N"): 500, (kind, Action.UPDATE, "N"): 500}
    return list(check_created(settings, facts, counts | others, existing))


def test_few_records_are_created_after_the_first_run() -> None:
    assert created(50) == []
    (refusal,) = created(51)
    assert (refusal.rule, refusal.kind, refusal.stops) == ("max_created_share", "people", True)
    assert (refusal.number, refusal.bound) == (0.51, 0.5)
    for part in ("51 people", "vendor had 100 before", "51%", "50%", "max_created_share higher"):
        assert part in refusal.text
    assert created(200, settings=GuardSettings(max_created_share=2)) == []
    assert created(5000, facts=SourceFacts(records={})) == []
    assert created(5000, facts=SourceFacts(records={}, last_vendor_records={"people": 9})) == []
    # The vendor has more than after the last plan.
    assert created(100, existing={("people", "N"): 150, ("people", "S"): 50}) == []
    assert created(101, existing={("people", "N"): 150, ("people", "S"): 50}) != []
    assert created(5000, "terms") == []
    # The vendor rejected records of the last plan, which this plan tries again.
    again = attrs.evolve(LATER, last_not_created={"people": 200})
    assert created(250, facts=again) == []
    assert created(251, facts=again) != []


def test_new_school_year_creates_all_sections_and_not_all_people() -> None:
    assert created(51, "sections") != []
    assert created(500, "sections", NEW_YEAR) == []
    assert created(51, settings=NEW_YEAR) != []


def test_people_with_one_role_are_a_group_of_their_own() -> None:
    existing = {("N", "Student"): 100, ("N", "Parent"): 100, ("N", "Teacher"): 9, ("N", ""): 100}
    assert list(check_roles(SETTINGS, {("N", "Student"): 75}, existing)) == []
    (refusal,) = check_roles(SETTINGS, {("N", "Student"): 76}, existing)
    assert (refusal.rule, refusal.org, refusal.stops) == ("max_updated_share", "N", True)
    for part in ("76 of 100 people", "school N", "role Student", "76%", "75%"):
        assert part in refusal.text
    assert list(check_roles(SETTINGS, {("N", "Teacher"): 9, ("N", ""): 100}, existing)) == []


def test_scope_without_people_is_reported() -> None:
    (refusal,) = check_scope(is_limited=True, in_scope=0, changes=0)
    assert not refusal.stops
    assert "none of the vendor's people" in refusal.text
    for is_limited, in_scope, changes in ((False, 0, 0), (True, 1, 0), (True, 0, 1)):
        assert not list(check_scope(is_limited=is_limited, in_scope=in_scope, changes=changes))


class Vendor(WorkingSet):
    """Has one record, a student of school S."""

    def __init__(self) -> None:
        pass

    def school_and_role(self, kind: str, key: str) -> tuple[str, str]:
        return "S", "Student"


@pytest.mark.parametrize(
    ("mode", "field", "counted"),
    [
        (PlanMode.NORMAL, "graduation_year", True),
        (PlanMode.NEW_SCHOOL_YEAR, "graduation_year", False),
        (PlanMode.NEW_SCHOOL_YEAR, "email", True),
    ],
)
def test_update_counts_for_the_school_and_role_at_the_vendor(
    mode: PlanMode, field: str, counted: bool
) -> None:
    tally = Tally(Vendor(), mode)
    change = Change(kind="people", action=Action.UPDATE, key="p1", org="N", after={field: "x"})
    tally.add(change)
    assert tally.counts == ({("people", Action.UPDATE, "S"): 1} if counted else {})
    assert tally.updated_roles == ({("S", "Student"): 1} if counted else {})


def test_other_changes_count_for_their_own_school() -> None:
    tally = Tally(Vendor(), PlanMode.NORMAL)
    for kind, action in (("people", Action.CREATE), ("sections", Action.UPDATE)):
        tally.add(Change(kind=kind, action=action, key="1", org="N"))
    assert tally.counts == {
        ("people", Action.CREATE, "N"): 1,
        ("sections", Action.UPDATE, "S"): 1,
    }
    assert not tally.updated_roles
