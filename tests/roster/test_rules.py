"""Each rule of the difference: what becomes a change, in which order, and what is left alone."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from lms_async.roster.changes import Action, Change, LeftAlone, Reason
from lms_async.roster.entries import Entry, join
from lms_async.roster.guarding.rules import Mode, Rules
from lms_async.roster.mapping.scope import Scope
from lms_async.roster.targets.target import Capabilities, KindCapabilities, SideEffect
from tests.roster.fake_target import ABLE
from tests.roster.school import ALL, KINDS, VENDOR, compare, enrollment, person, section

NOTHING: list[Entry] = []
ADA, BO, ART, MUSIC = person("p1"), person("p2"), section("s1"), section("s2")
NORTH = Scope(orgs=frozenset({"north"}))
ADDITIONS = Rules(removals=frozenset(KINDS), mode=Mode.ADDITIONS_ONLY)
NEW_YEAR = Rules(removals=frozenset(KINDS), mode=Mode.NEW_SCHOOL_YEAR)


def there(*entries: Entry) -> list[Entry]:
    """Give the entries vendor ids."""
    return [attrs.evolve(entry, vendor_id=f"v{n}") for n, entry in enumerate(entries, 1)]


def actions(items: list[Change | LeftAlone]) -> list[tuple[str, str, str]]:
    return [(i.kind, i.action, i.key) for i in items if isinstance(i, Change)]


def reasons(items: list[Change | LeftAlone]) -> list[tuple[str, str]]:
    return [(i.key, i.reason) for i in items if isinstance(i, LeftAlone)]


def test_additions_come_in_order_of_kinds_and_removals_in_reverse() -> None:
    wanted = [enrollment("s2", "p1"), MUSIC, ADA, person("p4"), person("p3", name="New")]
    now = there(ART, ADA, person("p9"), person("p3"), enrollment("s1", "p1"))
    items = compare(wanted, now)
    assert actions(items) == [
        ("people", "update", "p3"),
        ("people", "create", "p4"),
        ("sections", "create", "s2"),
        ("enrollments", "link", join("s2", "p1")),
        ("enrollments", "expire", join("s1", "p1")),
        ("sections", "archive", "s1"),
        ("people", "deactivate", "p9"),
    ]
    assert reasons(items) == []


def test_update_has_only_the_fields_that_differ() -> None:
    wanted = person("p1", name="Bea", org="north")
    (change,) = compare([wanted], there(person("p1")))
    assert change == Change(
        kind="people",
        action=Action.UPDATE,
        key="p1",
        org="north",
        vendor_id="v1",
        before={"name": "Ada"},
        after={"name": "Bea"},
    )


def test_upper_and_lower_case_of_an_email_address_are_the_same() -> None:
    wanted = Entry(kind="people", key="p1", fields={"email": "Ada@School.example"})
    now = there(attrs.evolve(wanted, fields={"email": "ada@school.example"}))
    assert compare([wanted], now, capabilities=ABLE) == []
    now = there(attrs.evolve(wanted, fields={"email": "bea@school.example"}))
    assert actions(compare([wanted], now, capabilities=ABLE)) == [("people", "update", "p1")]


def test_missing_field_is_not_wanted_and_an_empty_one_is_cleared() -> None:
    now = there(Entry(kind="people", key="p1", fields={"name": "Ada", "mail": "a@school.example"}))
    assert compare([Entry(kind="people", key="p1", fields={"name": "Ada"})], now) == []
    wanted = Entry(kind="people", key="p1", fields={"mail": ""})
    (change,) = compare([wanted], now)
    assert isinstance(change, Change)
    assert change.after == {"mail": ""}
    no_mail = Entry(kind="people", key="p1", fields={"name": "Ada"})
    assert compare([wanted], there(no_mail)) == []


def test_new_record_has_all_fields_that_the_vendor_holds() -> None:
    fields = {"name": "Ada", "password": "secret", "pronouns": "she"}
    (change,) = compare([Entry(kind="people", key="p1", fields=fields)], NOTHING)
    assert isinstance(change, Change)
    assert change.after == {"name": "Ada", "password": "secret"}


def test_inactive_record_that_is_wanted_returns_with_its_new_values() -> None:
    (change,) = compare([ADA], there(person("p1", name="Old", active=False)))
    assert isinstance(change, Change)
    assert (change.action, change.after) == (Action.RETURN, {"name": "Ada"})
    assert compare([], there(person("p1", active=False))) == []


def test_record_that_is_wanted_inactive_is_removed_and_not_created() -> None:
    inactive = person("p1", active=False)
    assert actions(compare([inactive], there(ADA))) == [("people", "deactivate", "p1")]
    assert compare([inactive], NOTHING) == []
    assert compare([inactive], there(inactive)) == []


@pytest.mark.parametrize(
    ("wanted", "now", "rules", "scope", "expected"),
    [
        ([person("")], [], ALL, None, [("", Reason.BLANK_KEY_IN_SOURCE)]),
        ([], [person(" ")], ALL, None, [("", Reason.BLANK_KEY)]),
        ([ADA], [ADA, ADA], ALL, None, [("p1", Reason.DUPLICATE_KEY)] * 2),
        ([], [ADA, person(" p1", active=False)], ALL, None, [("p1", Reason.DUPLICATE_KEY)] * 2),
        ([ADA, person("p1", name="Bo")], [], ALL, None, [("p1", Reason.DUPLICATE_KEY)] * 2),
        ([], [person("p1", locked="synced")], ALL, None, [("p1", Reason.LOCKED)]),
        ([person("p1", name="Bo")], [person("p1", locked="x")], ALL, None, [("p1", Reason.LOCKED)]),
        ([ADA], [person("p1", active=False, locked="x")], ALL, None, [("p1", Reason.LOCKED)]),
        ([person("p1", org="south")], [], ALL, NORTH, [("p1", Reason.OUT_OF_SCOPE)]),
        ([], [person("p1", org="south")], ALL, NORTH, [("p1", Reason.OUT_OF_SCOPE)]),
        ([], [ADA], ALL, Scope(roles=frozenset({"teacher"})), [("p1", Reason.OUT_OF_SCOPE)]),
        (
            [person("p1", name="Bo", org="north")],
            [person("p1", org="south")],
            ALL,
            NORTH,
            [("p1", Reason.OUT_OF_SCOPE)],
        ),
        (
            [person("p1", org="south", active=False)],
            [person("p1", org="north")],
            ALL,
            NORTH,
            [("p1", Reason.OUT_OF_SCOPE)],
        ),
        ([], [ART], ALL, Scope(terms=frozenset({"t1"})), [("s1", Reason.OUT_OF_SCOPE)]),
        ([ADA, enrollment("s1", "p1")], [ADA], ALL, None, [("s1\x1fp1", Reason.NO_PARENT)]),
        (
            [ADA, enrollment("s1", "p1")],
            [person("p1", active=False, locked="x"), ART],
            Rules(),
            None,
            [("p1", Reason.LOCKED), ("s1\x1fp1", Reason.LOCKED), ("s1", Reason.REMOVAL_OFF)],
        ),
        ([ADA], [ADA, enrollment("s1", "p1")], ALL, None, [("s1\x1fp1", Reason.NO_PARENT)]),
        ([ART], [ART, enrollment("s1", "p1")], ALL, None, [("s1\x1fp1", Reason.NO_PARENT)]),
        ([], [ADA], Rules(), None, [("p1", Reason.REMOVAL_OFF)]),
        (
            [],
            [ADA],
            Rules(removals=frozenset({"people"}), incomplete=frozenset({"people"})),
            None,
            [("p1", Reason.SOURCE_INCOMPLETE)],
        ),
        ([], [Entry(kind="courses", key="c1")], ALL, None, [("c1", Reason.NOT_REMOVABLE)]),
        ([], [ADA], ADDITIONS, None, [("p1", Reason.ADDITIONS_ONLY)]),
        ([person("p1", name="Bo")], [ADA], ADDITIONS, None, [("p1", Reason.ADDITIONS_ONLY)]),
        ([], [ART], NEW_YEAR, None, [("s1", Reason.LEFT_TO_END)]),
        (
            [ADA],
            [ADA, ART, enrollment("s1", "p1")],
            NEW_YEAR,
            None,
            [("s1\x1fp1", Reason.LEFT_TO_END), ("s1", Reason.LEFT_TO_END)],
        ),
    ],
)
def test_what_is_left_alone_is_listed_with_its_reason(
    wanted: list[Entry],
    now: list[Entry],
    rules: Rules,
    scope: Scope | None,
    expected: list[tuple[str, Reason]],
) -> None:
    items = compare(wanted, there(*now), rules, scope)
    assert actions(items) == []
    assert reasons(items) == expected


def test_left_alone_says_why_a_record_is_locked_and_where_it_is() -> None:
    (item,) = compare([], there(person("p1", locked="synced", org="north")))
    assert item == LeftAlone(
        kind="people",
        key="p1",
        org="north",
        vendor_id="v1",
        reason=Reason.LOCKED,
        detail="synced",
    )


def test_enrollments_end_with_their_person_and_are_not_ended_twice() -> None:
    items = compare([ART], there(ADA, ART, enrollment("s1", "p1")))
    assert actions(items) == [("people", "deactivate", "p1")]
    assert reasons(items) == [(join("s1", "p1"), Reason.ENDS_WITH_PARENT)]


def test_removing_people_ends_only_the_kinds_that_the_vendor_names() -> None:
    guardian = Entry(kind="relationships", key=join("p1", "p2", "guardian"))
    assert actions(compare([], there(ADA, BO, guardian))) == [
        ("relationships", "unlink", guardian.key),
        ("people", "deactivate", "p1"),
        ("people", "deactivate", "p2"),
    ]


@pytest.mark.parametrize(
    ("effects", "expected"),
    [((), "sections"), ((SideEffect("sections", "enrollments"),), "")],
)
def test_sections_end_enrollments_if_the_vendor_says_so(
    effects: tuple[SideEffect, ...], expected: str
) -> None:
    vendor = attrs.evolve(VENDOR, side_effects=effects)
    items = compare([ADA], there(ADA, ART, enrollment("s1", "p1")), capabilities=vendor)
    ended = [("enrollments", "expire", join("s1", "p1"))] if expected else []
    assert actions(items) == [*ended, ("sections", "archive", "s1")]


def test_nobody_is_enrolled_who_is_removed_by_the_same_plan() -> None:
    items = compare([ART, enrollment("s1", "p1")], there(ADA, ART))
    assert actions(items) == [("people", "deactivate", "p1")]
    assert reasons(items) == [(join("s1", "p1"), Reason.NO_PARENT)]


def test_enrollments_are_removed_if_the_removal_of_their_person_is_off() -> None:
    rules = Rules(removals=frozenset({"enrollments"}))
    items = compare([ART], there(ADA, ART, enrollment("s1", "p1")), rules)
    assert actions(items) == [("enrollments", "expire", join("s1", "p1"))]
    assert reasons(items) == [("p1", Reason.REMOVAL_OFF)]


@pytest.mark.parametrize(
    ("who", "scope", "reason"),
    [
        ([ADA, person(" p1")], None, Reason.DUPLICATE_KEY),
        ([person("p1", org="south")], NORTH, Reason.OUT_OF_SCOPE),
    ],
)
def test_enrollments_of_a_person_who_is_left_alone_are_left_alone(
    who: list[Entry], scope: Scope | None, reason: Reason
) -> None:
    art, music = section("s1", org="north"), section("s2", org="north")
    now = there(*who, art, music, enrollment("s1", "p1", org="north"))
    items = compare([who[0], art, music, enrollment("s2", "p1", org="north")], now, ALL, scope)
    assert actions(items) == []
    assert {(key, why) for key, why in reasons(items) if "\x1f" in key} == {
        (join("s1", "p1"), reason),
        (join("s2", "p1"), reason),
    }


def test_new_enrollment_waits_for_nothing_if_its_section_and_person_are_created() -> None:
    items = compare([enrollment("s1", "p1"), ART, ADA], NOTHING)
    assert [action for _, action, _ in actions(items)] == ["create", "create", "link"]


def test_people_who_are_not_in_the_source_can_be_enrolled_if_they_are_there() -> None:
    items = compare([enrollment("s1", "p1")], there(ADA, ART), Rules())
    assert actions(items) == [("enrollments", "link", join("s1", "p1"))]


def test_field_that_is_fixed_is_left_alone_and_others_are_updated() -> None:
    old = Entry(kind="sections", key="s1", fields={"title": "Art", "terms": "t1"})
    new = Entry(kind="sections", key="s1", fields={"title": "Arts", "terms": "t2"})
    items = compare([new], there(old))
    assert [(i.reason, i.detail) for i in items if isinstance(i, LeftAlone)] == [
        (Reason.FIXED_FIELD, "terms")
    ]
    (update,) = (i for i in items if isinstance(i, Change))
    assert (update.before, update.after) == ({"title": "Art"}, {"title": "Arts"})


def test_additions_only_returns_a_person_without_other_changes() -> None:
    items = compare([ADA], there(person("p1", name="Old", active=False)), ADDITIONS)
    assert [i.after for i in items if isinstance(i, Change)] == [{}]
    assert reasons(items) == [("p1", Reason.ADDITIONS_ONLY)]


def test_new_school_year_removes_people_and_enrollments_of_wanted_sections() -> None:
    guardian = Entry(kind="relationships", key=join("p1", "p2", "guardian"))
    items = compare([ART, BO], there(ART, ADA, BO, guardian, enrollment("s1", "p2")), NEW_YEAR)
    assert actions(items) == [
        ("enrollments", "expire", join("s1", "p2")),
        ("relationships", "unlink", guardian.key),
        ("people", "deactivate", "p1"),
    ]


def test_record_that_the_source_has_twice_in_the_same_form_counts_once() -> None:
    assert actions(compare([ADA, ADA, person(" p1")], NOTHING)) == [("people", "create", "p1")]


@pytest.mark.parametrize(
    "change",
    [{"org": "south"}, {"active": False}, {"fields": {**ADA.fields, "password": "secret"}}],
)
def test_record_that_the_source_has_in_two_forms_is_left_alone(change: dict[str, Any]) -> None:
    items = compare([ADA, attrs.evolve(ADA, **change)], NOTHING)
    assert actions(items) == []
    assert reasons(items) == [("p1", Reason.DUPLICATE_KEY)] * 2


def test_inactive_records_without_a_key_are_not_listed() -> None:
    assert compare([person("", active=False)], there(person("", active=False))) == []


def test_enrollments_can_be_added_if_the_vendor_has_no_sections_or_people() -> None:
    only = Capabilities(
        kinds={"enrollments": KindCapabilities(holds=frozenset(), shows=frozenset())}
    )
    items = compare([enrollment("s1", "p1")], NOTHING, capabilities=only)
    assert actions(items) == [("enrollments", "link", join("s1", "p1"))]
