"""Which records are in scope, and what a scope of schools means for terms and people who return."""

from __future__ import annotations

import attrs
import pytest

from lms_async.roster.changes import Reason
from lms_async.roster.entries import Entry, join
from lms_async.roster.guarding.rules import Rules
from lms_async.roster.mapping.scope import Scope
from tests.roster.school import ALL, compare, person
from tests.roster.test_rules import actions, reasons, there

NORTH = Scope(orgs=frozenset({"north"}))
FALL = Entry(kind="terms", key="Fall")
ADA = person("p1", org="north")
INACTIVE = Entry(kind="people", key="p1", active=False)


def test_terms_that_schools_share_are_in_a_scope_of_schools() -> None:
    assert NORTH.includes(FALL)
    assert not NORTH.includes(attrs.evolve(FALL, org="south"))
    both = attrs.evolve(NORTH, terms=frozenset({"Spring"}))
    assert not both.includes(FALL)


def test_courses_that_schools_share_are_in_a_scope_of_schools() -> None:
    shared = Entry(kind="courses", key="c1", fields={"title": "Algebra"})
    assert NORTH.includes(shared)
    assert not NORTH.includes(attrs.evolve(shared, org="south"))


def test_person_who_returns_to_a_school_in_scope_is_returned() -> None:
    scope = attrs.evolve(NORTH, roles=frozenset({"student"}))
    items = compare([ADA], there(INACTIVE), ALL, scope)
    assert actions(items) == [("people", "return", "p1")]
    south = attrs.evolve(ADA, org="south")
    items = compare([south], there(INACTIVE), ALL, scope)
    assert reasons(items) == [("p1", Reason.OUT_OF_SCOPE)]


@pytest.mark.parametrize(("org", "is_removed"), [("north", True), ("south", False)])
def test_vendor_decides_if_the_source_says_only_that_a_person_was_deleted(
    org: str, is_removed: bool
) -> None:
    items = compare([INACTIVE], there(person("p1", org=org)), ALL, NORTH)
    assert bool(actions(items)) is is_removed


@pytest.mark.parametrize("kind", ["people", "enrollments"])
def test_record_that_the_source_calls_deleted_is_removed_from_an_incomplete_source(
    kind: str,
) -> None:
    key = "p1" if kind == "people" else join("s1", "p1")
    now = there(person("p1"), Entry(kind="sections", key="s1"), Entry(kind=kind, key=key))
    now = now[1:] if kind == "people" else now
    rules = Rules(removals=frozenset({kind}), incomplete=frozenset({kind}))
    deleted = Entry(kind=kind, key=key, active=False)
    assert [key for _, _, key in actions(compare([deleted], now, rules))] == [key]
    # Without a word of the source, the record stays. So it does if removals are off.
    assert actions(compare([], now, rules)) == []
    assert actions(compare([deleted], now, Rules())) == []
