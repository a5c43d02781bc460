"""ManageBac as a target of ``lms plan``.

The roster is imported inside a function, so that other commands do not load it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from lms_async.cli.roster_support import RosterSetting, RosterSupport

from ..client import ManageBac
from ..models.fields import Relationship

if TYPE_CHECKING:
    from ..roster import ManageBacRoster


def _connect(client: ManageBac, settings: Mapping[str, str]) -> ManageBacRoster:
    from ..roster import ManageBacRoster

    given: dict[str, Any] = dict(settings)
    given["send_welcome_email"] = settings["send_welcome_email"] == "true"
    return ManageBacRoster(client, **given)


ROSTER = RosterSupport(
    settings={
        "school": RosterSetting(
            does="the code of the school that the token belongs to; records of other schools are "
            "left alone. Without it, all records belong to this school"
        ),
        "archive_as": RosterSetting(
            does="the status of students who are removed, from the day of the plan",
            choices=("withdrawn", "graduated"),
            default="withdrawn",
        ),
        "send_welcome_email": RosterSetting(
            does="whether ManageBac sends each new person an email about the account",
            choices=("true", "false"),
            default="false",
        ),
        "relationship": RosterSetting(
            does="the relationship of a parent to a child, if a plan links them",
            choices=get_args(Relationship),
            default="Other Guardian",
        ),
        "class_language": RosterSetting(does="the language code of new classes", default="en"),
        "keep_memberships_in": RosterSetting(
            does="a file that keeps who is in which class, so that the next plan reads only what "
            "changed. Without it, each plan reads all members of classes"
        ),
    },
    connect=_connect,
)
