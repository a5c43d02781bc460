"""The settings that limit a plan are written with their defaults."""

from __future__ import annotations

import tomllib

import attrs

from lms_async.cli.roster_init.limits import _BOUNDS, _REMOVALS, guard
from lms_async.roster import GuardSettings
from lms_async.roster.changes import REMOVALS


def test_every_bound_is_written_with_its_default() -> None:
    lines = [line.removeprefix("# ") for line in guard().lines if " = " in line]
    written = tomllib.loads("\n".join(lines))
    defaults = attrs.asdict(GuardSettings())
    del defaults["removals"], defaults["mode"]
    assert written == defaults
    assert _BOUNDS.keys() == defaults.keys()


def test_every_removal_is_explained() -> None:
    assert set(_REMOVALS) == REMOVALS
