"""The property of the roster, with a ManageBac sandbox."""

from __future__ import annotations

from hypothesis import given, settings

from tests.managebac.roster.world import ManageBacWorld, fitting
from tests.roster.keeping_equal import check
from tests.roster.random_school import Story, stories
from tests.virtual_sockets import run


@settings(max_examples=settings().max_examples // 5)
@given(stories(requests=40).map(fitting))
def test_managebac_has_what_the_school_has_whatever_happens(story: Story) -> None:
    run(check(ManageBacWorld(), story))
