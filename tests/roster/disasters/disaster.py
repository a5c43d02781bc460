"""The list of disasters. Each is a function that damages a healthy world."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from tests.roster.disasters.world import World

Damage = Callable[[World], None]


@attrs.frozen
class Disaster:
    """Something that goes wrong at a school, at its vendor, or in its settings.

    :param damage: does it to a healthy world.
    :param first_run: whether the plan is the first one, so that nothing is known of earlier plans.
    """

    damage: Damage
    first_run: bool = False

    @property
    def title(self) -> str:
        """What happened."""
        text = (self.damage.__doc__ or "").strip().rstrip(".")
        return f"{text} (first run)" if self.first_run else text

    @property
    def name(self) -> str:
        """The name of the test."""
        return f"{self.damage.__name__}{'_in_first_run' if self.first_run else ''}"


DISASTERS: list[Disaster] = []


def disaster(damage: Damage) -> Damage:
    """Add a disaster, which happens in a later run."""
    DISASTERS.append(Disaster(damage))
    return damage


def also_in_first_run(damage: Damage) -> Damage:
    """Add a disaster a second time, for the first run."""
    DISASTERS.append(Disaster(damage, first_run=True))
    return damage
