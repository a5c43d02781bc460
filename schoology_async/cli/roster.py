"""Schoology as a target of ``lms plan``.

The roster is imported inside a function, so that other commands do not load it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lms_async.cli.roster_support import RosterSetting, RosterSupport

from ..client import Schoology
from .demo import SchoologyDemo

if TYPE_CHECKING:
    from ..roster import SchoologyRoster
    from ..roster.people_reading import PeopleFrom


def _connect(client: Schoology, settings: Mapping[str, str]) -> SchoologyRoster:
    from lms_async.roster import Action

    from ..roster import SchoologyRoster

    return SchoologyRoster(
        client,
        enrollment_removal=Action(settings["enrollment_removal"]),
        people_from=cast("PeopleFrom", settings["people_from"]),
    )


ROSTER = RosterSupport(
    settings={
        "enrollment_removal": RosterSetting(
            does="what happens to an enrollment that is removed: expire keeps the person's work, "
            "delete erases it",
            choices=("expire", "delete"),
            default="expire",
        ),
        "people_from": RosterSetting(
            does="where people are read from: list reads 200 per request, export reads all in one "
            "request. The export does not show whom another system imports, so use it only if no "
            "other system imports people",
            choices=("list", "export"),
            default="list",
        ),
    },
    connect=_connect,
    demo=SchoologyDemo(),
    creates={"buildings": "lms import buildings.csv --to schoology --kind buildings"},
)
