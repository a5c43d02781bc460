"""The property of the roster, with a vendor in memory."""

from __future__ import annotations

from hypothesis import given, settings

from tests.roster.fake_world import FakeWorld
from tests.roster.keeping_equal import check
from tests.roster.random_school import Story, stories
from tests.virtual import run


@settings(max_examples=settings().max_examples * 6 // 10)
@given(stories(requests=12))
def test_vendor_has_what_the_school_has_whatever_happens(story: Story) -> None:
    run(check(FakeWorld(), story))
