"""Schoology as a target of ``lms plan``.

The roster is imported inside a function, so that other commands do not load it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lms_async.cli.roster_support import RosterSetting, RosterSupport

from ..client import Schoology
from .demo import SchoologyDemo

if TYPE_CHECKING:
    from ..roster import SchoologyRoster


def _connect(client: Schoology, settings: Mapping[str, str]) -> SchoologyRoster:
    from lms_async.roster import Action

    from ..roster import SchoologyRoster

    return SchoologyRoster(client, enrollment_removal=Action(settings["enrollment_removal"]))


ROSTER = RosterSupport(
    settings={
        "enrollment_removal": RosterSetting(
            does="what happens to an enrollment that is removed: expire keeps the person's work, "
            "delete erases it",
            choices=("expire", "delete"),
            default="expire",
        )
    },
    connect=_connect,
    demo=SchoologyDemo(),
)
