"""``lms doctor``."""

from __future__ import annotations

import sys

import typer

from ...environment import given_variables
from ..credentials import Environment, read_environment
from ..exit_codes import CommandError
from ..running import run_until_done
from ..target import Target, find_target, target_names
from ..wording import listed
from .options import TargetName


def doctor(name: TargetName = None) -> None:
    """Check settings, connection and permissions.

    It also checks the clock and the credentials, and changes nothing.

    Without TARGET, lms checks every target that has settings. It stops reading each kind of record
    after the first row, or after 15 seconds.

    \b
    Exit codes:
      0    An import could start.
      2    Settings are missing or not valid.
      4    The vendor did not accept the credentials.
      5    The vendor is unavailable.
      70   A bug in lms.
      130  Interrupted.
    """
    from ..doctor.run import run_doctor

    environment = read_environment()
    targets = _with_settings(environment) if name is None else [find_target(name)]
    raise typer.Exit(run_until_done(run_doctor(targets, environment, sys.stdout)))


def _with_settings(environment: Environment) -> list[Target]:
    """Return the targets that have at least one variable.

    :raises CommandError: there is none.
    """
    every = [find_target(name) for name in target_names()]
    found = [
        target
        for target in every
        if given_variables(target.variables, {**environment.from_file, **environment.variables})
    ]
    if not found:
        raise CommandError(
            "No target has settings, neither in the environment nor in a .env file in this folder.",
            "To see which settings a target needs, run lms doctor TARGET. "
            f"The targets are {listed([target.name for target in every])}.",
        )
    return found
