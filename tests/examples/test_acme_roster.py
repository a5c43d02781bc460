"""The property of the roster, with Acme's sandbox: the smallest target keeps a roster equal."""

from __future__ import annotations

from hypothesis import given, settings

from tests.examples.acme_world import AcmeWorld
from tests.roster.keeping_equal import check
from tests.roster.random_school import Story, stories
from tests.virtual_sockets import run


@settings(max_examples=settings().max_examples // 6)
@given(stories(requests=10))
def test_acme_has_what_the_school_has_whatever_happens(story: Story) -> None:
    run(check(AcmeWorld(), story))
