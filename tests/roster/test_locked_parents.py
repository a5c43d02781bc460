"""Enrollments of sections and people that the vendor's records lock are left alone."""

from __future__ import annotations

import pytest

from lms_async.roster.changes import LeftAlone, Reason
from lms_async.roster.entries import Entry, join
from tests.roster.school import compare, enrollment, person, section
from tests.roster.test_rules import actions, there

ADA, ART = person("p1"), section("s1")
SYNCED = "another system imports it"


@pytest.mark.parametrize(
    "now", [[person("p1", locked=SYNCED), ART], [ADA, section("s1", locked=SYNCED)]]
)
@pytest.mark.parametrize(
    "seat",
    [None, enrollment("s1", "p1", active=False), enrollment("s1", "p1", role="teacher")],
)
def test_nobody_is_enrolled_in_or_with_a_locked_record(
    now: list[Entry], seat: Entry | None
) -> None:
    seats = [seat] if seat else []
    (left,) = compare([ADA, ART, enrollment("s1", "p1")], there(*now, *seats))
    assert isinstance(left, LeftAlone)
    assert (left.kind, left.reason, left.detail) == ("enrollments", Reason.LOCKED, SYNCED)


def test_enrollment_of_a_locked_section_is_not_removed() -> None:
    items = compare([ADA, ART], there(ADA, section("s1", locked=SYNCED), enrollment("s1", "p1")))
    assert actions(items) == []


def test_enrollments_of_other_people_are_changed() -> None:
    now = there(person("p1", locked=SYNCED), person("p2"), ART)
    items = compare([ADA, person("p2"), ART, enrollment("s1", "p2")], now)
    assert actions(items) == [("enrollments", "link", join("s1", "p2"))]


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_ROLE, Reason.NO_ROLE])
@pytest.mark.parametrize("is_there", [False, True])
def test_enrollment_is_left_alone_for_the_reason_of_the_person(
    reason: Reason, is_there: bool
) -> None:
    aide, others = person("p1", locked=reason), [person("p2"), ART]
    of_aide = [
        enrollment("s1", "p1"),
        Entry(kind="relationships", key=join("p1", "p2", "guardian")),
    ]
    wanted, now = [aide, *others], [person("p1"), *others]
    (now if is_there else wanted).extend(of_aide)
    items = compare(wanted, there(*now))
    reasons = {item.kind: item.reason for item in items if isinstance(item, LeftAlone)}
    assert reasons["enrollments"] == reasons["relationships"] == reason
