"""The settings of ManageBac's roster, as a mapping and a plan have them."""

from __future__ import annotations

from pathlib import Path

from manabac_async import ManageBac
from manabac_async.cli.roster import ROSTER
from manabac_async.roster import ManageBacRoster

DEFAULTS = {name: setting.default for name, setting in ROSTER.settings.items()}


def test_settings_of_a_target_make_the_same_target(managebac: ManageBac) -> None:
    made = ManageBacRoster(
        managebac,
        school="N",
        archive_as="graduated",
        send_welcome_email=True,
        relationship="Legal Guardian",
        class_language="de",
        keep_memberships_in=Path("classes.kept"),
    )
    again = ROSTER.connect(managebac, made.settings)
    assert again.settings == made.settings
    assert again.settings == {
        "school": "N",
        "archive_as": "graduated",
        "send_welcome_email": "true",
        "relationship": "Legal Guardian",
        "class_language": "de",
        "keep_memberships_in": "classes.kept",
    }
    assert again.capabilities == made.capabilities


def test_defaults_are_those_of_the_target(managebac: ManageBac) -> None:
    assert ROSTER.connect(managebac, DEFAULTS).settings == ManageBacRoster(managebac).settings
