"""The guard: each bound from both sides, and what a refusal says."""

from __future__ import annotations

import math

import pytest

from lms_async import InvalidInput
from lms_async.roster.changes import Action
from lms_async.roster.guarding.guard import (
    GuardSettings,
    Refusal,
    SourceFacts,
    check_keys,
    check_source,
    rules,
)
from lms_async.roster.guarding.guard_counts import check_changes
from lms_async.roster.guarding.rules import Mode, Rules

PEOPLE = frozenset({"people"})
BOTH = frozenset({"people", "enrollments"})
ASKED = GuardSettings(removals=BOTH)
SETTINGS = GuardSettings()


def changes(
    count: int,
    of: int,
    action: Action = Action.DEACTIVATE,
    settings: GuardSettings = SETTINGS,
    kind: str = "people",
) -> list[Refusal]:
    """Check ``count`` changes in a school with ``of`` records."""
    others = {("people", Action.CREATE, "north"): 5000, (kind, Action.RETURN, "north"): 5000}
    existing = {(kind, "north"): of, (kind, "south"): 100_000}
    return check_changes(settings, {(kind, action, "north"): count, **others}, existing)


@pytest.mark.parametrize("action", [Action.UNLINK, Action.EXPIRE, Action.DELETE, Action.ARCHIVE])
def test_at_most_a_tenth_of_a_school_is_removed(action: Action) -> None:
    assert changes(10, 100, action) == []
    (refusal,) = changes(11, 100, action)
    assert (refusal.rule, refusal.kind, refusal.org) == ("max_removed_share", "people", "north")
    assert (refusal.number, refusal.bound, refusal.stops) == (0.11, 0.1, True)
    for part in ("11 of 100 people of school north", "11%", "10%", "max_removed_share higher"):
        assert part in refusal.text


def test_small_schools_are_not_checked_for_shares() -> None:
    assert changes(9, 9) == []
    assert changes(2, 10) != []
    assert changes(9, 9, settings=GuardSettings(min_records=9)) != []


def test_small_schools_are_checked_together() -> None:
    existing = {("people", org): 5 for org in ("north", "south", "west")}
    existing["people", "east"] = 100

    def check(count: int) -> list[Refusal]:
        north = {("people", Action.DEACTIVATE, "north"): count}
        return check_changes(
            SETTINGS, {**north, ("people", Action.DEACTIVATE, "east"): 9}, existing
        )

    assert check(1) == []
    (refusal,) = check(2)
    assert (refusal.rule, refusal.org, refusal.number) == ("max_removed_share", "", 2 / 15)
    assert "2 of 15 people of the schools with fewer than 10" in refusal.text


def test_shares_are_exact() -> None:
    settings = GuardSettings(max_removed_share=0.29)
    assert changes(29, 100, settings=settings) == []
    assert changes(30, 100, settings=settings) != []


def test_at_most_200_people_are_removed_in_all_schools() -> None:
    existing = {("people", "north"): 10_000, ("people", "south"): 10_000}
    counts = {("people", Action.DEACTIVATE, org): 100 for org in ("north", "south")}
    assert check_changes(SETTINGS, counts, existing) == []
    counts["people", Action.DEACTIVATE, "north"] += 1
    (refusal,) = check_changes(SETTINGS, counts, existing)
    assert (refusal.rule, refusal.number, refusal.bound) == ("max_removed_people", 201, 200)
    assert "201 people" in refusal.text
    assert "max_removed_people higher" in refusal.text


def test_any_number_of_enrollments_up_to_a_tenth_is_removed() -> None:
    assert changes(1000, 10_000, Action.EXPIRE, kind="enrollments") == []


def test_at_most_three_quarters_of_a_school_are_updated() -> None:
    assert changes(75, 100, Action.UPDATE) == []
    (refusal,) = changes(76, 100, Action.UPDATE)
    assert (refusal.rule, refusal.number, refusal.bound) == ("max_updated_share", 0.76, 0.75)
    assert "updated" in refusal.text


def test_new_school_year_limits_changes_too() -> None:
    new_year = GuardSettings(mode=Mode.NEW_SCHOOL_YEAR)
    assert changes(76, 100, Action.UPDATE, new_year, "sections") != []
    assert changes(11, 100, Action.DEACTIVATE, new_year) != []


@pytest.mark.parametrize(
    ("facts", "rule", "kind", "texts"),
    [
        (
            SourceFacts(records={"people": 899}, last_records={"people": 1000}),
            "max_source_shrink",
            "people",
            ("899 people", "1,000 last time", "10.1%", "10%", "max_source_shrink higher"),
        ),
        (
            SourceFacts(records={}, last_records={"enrollments": 1}),
            "max_source_shrink",
            "enrollments",
            ("0 enrollments", "100%"),
        ),
        (
            SourceFacts(records={"people": 940}, rejected=60),
            "max_rejected_share",
            "",
            ("60 of the source's 1,000", "6%", "5%", "max_rejected_share higher"),
        ),
        (
            SourceFacts(records={"people": 949}, rejected=51, orphans=51),
            "max_orphan_share",
            "",
            ("refer to missing records", "5.1%", "max_orphan_share higher"),
        ),
        (
            SourceFacts(records={"people": 9}, partial=frozenset({"people"})),
            "partial",
            "people",
            ("files that are complete",),
        ),
        (
            SourceFacts(
                records={"people": 9}, partial=frozenset({"people"}), causes={"people": "of this."}
            ),
            "partial",
            "people",
            ("because of this.",),
        ),
    ],
)
def test_incomplete_source_removes_nothing(
    facts: SourceFacts, rule: str, kind: str, texts: tuple[str, ...]
) -> None:
    refusal = check_source(ASKED, facts)[-1]
    assert (refusal.rule, refusal.kind, refusal.stops) == (rule, kind, False)
    for text in texts:
        assert text in refusal.text
    incomplete = frozenset({kind}) if kind else BOTH
    assert rules(ASKED, [refusal]) == Rules(removals=BOTH, incomplete=incomplete)
    assert check_source(SETTINGS, facts) == []


def test_incomplete_kind_that_is_not_removed_changes_nothing() -> None:
    refusal = Refusal(rule="partial", kind="courses", number=0, bound=0, stops=False, text="")
    assert rules(ASKED, [refusal]) == Rules(removals=BOTH)


def test_complete_source_is_not_refused() -> None:
    facts = SourceFacts(
        records={"people": 900, "enrollments": 50},
        last_records={"people": 1000, "enrollments": 50, "sections": 9},
        rejected=50,
        orphans=50,
        partial=frozenset({"courses"}),
    )
    assert check_source(ASKED, facts) == []
    assert check_source(ASKED, SourceFacts(records={})) == []
    assert rules(ASKED, []) == Rules(removals=BOTH)
    assert rules(GuardSettings(mode=Mode.ADDITIONS_ONLY), []).mode is Mode.ADDITIONS_ONLY


def test_first_run_must_find_most_of_the_people_at_the_vendor() -> None:
    first = SourceFacts(records={"people": 1000})
    assert check_keys(SETTINGS, first, keyed=1000, found=900) == []
    assert check_keys(SETTINGS, first, keyed=9, found=0) == []
    assert check_keys(SETTINGS, first, keyed=10, found=0) != []
    (refusal,) = check_keys(SETTINGS, first, keyed=1000, found=899)
    assert (refusal.rule, refusal.number, refusal.stops) == ("min_found_share", 0.899, True)
    for text in ("899 of 1,000", "89.9%", "90%", "key of people", "min_found_share lower"):
        assert text in refusal.text


def test_later_run_must_find_nearly_as_many_as_the_last_one() -> None:
    later = SourceFacts(records={}, last_records={"people": 1}, last_found_share=0.8)
    assert check_keys(SETTINGS, later, keyed=100, found=72) == []
    (refusal,) = check_keys(SETTINGS, later, keyed=100, found=71)
    assert refusal.rule == "max_source_shrink"
    for text in ("71 of 100", "80%", "72%", "max_source_shrink higher"):
        assert text in refusal.text
    nobody = SourceFacts(records={}, last_records={"people": 1})
    assert check_keys(SETTINGS, nobody, keyed=100, found=0) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_removed_share": 1.1},
        {"max_updated_share": -0.1},
        {"max_source_shrink": 10},
        {"max_created_share": -0.1},
        {"max_created_share": math.inf},
        {"min_records": -1},
        {"max_removed_people": -1},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        GuardSettings(**wrong)  # type: ignore[arg-type]
