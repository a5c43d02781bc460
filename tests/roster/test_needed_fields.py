"""Records without a field that the vendor needs are not created, and neither are their links."""

from __future__ import annotations

import attrs
import pytest

from lms_async.errors import InvalidInput
from lms_async.roster.changes import Change, LeftAlone, Reason
from lms_async.roster.comparing.needed import missing_fields
from lms_async.roster.entries import Entry, join
from lms_async.roster.targets.target import Capabilities, KindCapabilities
from tests.roster.school import VENDOR, compare, enrollment, person, section

NEEDING = Capabilities(
    kinds={
        **VENDOR.kinds,
        "people": attrs.evolve(VENDOR.kinds["people"], required=(("mail", "password"),)),
    }
)
LINK = Entry(kind="relationships", key=join("p1", "p2", "guardian"))


def test_person_without_a_needed_field_is_left_alone_with_enrollments_and_relationships() -> None:
    ada, room, seat = person("p1"), section("s1"), enrollment("s1", "p1")
    bo = person("p2")
    bo = attrs.evolve(bo, fields={**bo.fields, "password": "secret"})
    items = compare([ada, bo, room, seat, LINK], [], capabilities=NEEDING)
    left = [(i.key, i.reason, i.detail) for i in items if isinstance(i, LeftAlone)]
    assert left == [
        ("p1", Reason.NEEDED_FIELD, "mail or password"),
        (LINK.key, Reason.NO_PARENT, ""),
        (seat.key, Reason.NO_PARENT, ""),
    ]
    assert [i.key for i in items if isinstance(i, Change)] == ["p2", "s1"]


@pytest.mark.parametrize("active", [True, False])
def test_record_of_the_vendor_does_not_need_the_field(active: bool) -> None:
    there = [attrs.evolve(person("p1", name="Old", active=active), vendor_id="v1"), section("s1")]
    seat = enrollment("s1", "p1")
    items = compare([person("p1"), section("s1"), seat], there, capabilities=NEEDING)
    made = [(i.action.value, i.key) for i in items if isinstance(i, Change)]
    assert made == [("update" if active else "return", "p1"), ("link", seat.key)]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "subject (the source has no course: fill in course), terms"),
        ({"course": "c1", "terms": "t1"}, "subject (not translated: add the course to [subjects])"),
        ({"subject": "Art", "terms": "t1"}, ""),
    ],
)
def test_missing_field_that_the_mapping_translates_says_what_to_do(
    fields: dict[str, str], text: str
) -> None:
    assert missing_fields((("subject",), ("terms",)), fields) == text


def test_needed_field_that_is_not_held_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not hold: mail"):
        KindCapabilities(holds=frozenset(), shows=frozenset(), required=(("mail",),))
