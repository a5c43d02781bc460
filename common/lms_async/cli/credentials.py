"""Read credentials from environment variables or from ``.env`` in the working directory.

All variables of a target must come from one of the two. Otherwise a token from the environment
could be sent to a base URL that was forgotten in a ``.env`` file.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import attrs
from dotenv import dotenv_values

from ..environment import given_variables, missing_variables
from .exit_codes import CommandError
from .target import Target
from .wording import listed


@attrs.frozen
class Environment:
    """The environment variables, and the variables of a ``.env`` file."""

    variables: Mapping[str, str] = attrs.field(repr=False)
    from_file: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    file: Path = Path(".env")


def read_environment(folder: Path | None = None) -> Environment:
    """Read the environment variables and ``.env``.

    :param folder: where ``.env`` is; the working directory by default.
    :raises CommandError: ``.env`` exists and cannot be read.
    """
    # dotenv logs the numbers of lines that it cannot read. The command's output must not show them.
    logging.getLogger("dotenv").addHandler(logging.NullHandler())
    path = (folder or Path()) / ".env"
    try:
        path = path.resolve()
        # utf-8-sig: editors on Windows write a byte-order mark.
        kept = (
            dotenv_values(path, interpolate=False, encoding="utf-8-sig") if path.is_file() else {}
        )
    except (OSError, UnicodeError, ValueError) as error:
        raise CommandError(
            f"{path} could not be read ({type(error).__name__}). It must be a UTF-8 text file."
        ) from None
    return Environment(
        dict(os.environ), {name: value for name, value in kept.items() if value}, path
    )


def has_credentials(environment: Environment | Mapping[str, str], target: Target) -> bool:
    """Return whether any variable of ``target`` is set. A target with some variables needs all."""
    if not isinstance(environment, Environment):
        environment = Environment(environment)
    return any(
        given_variables(target.variables, variables)
        for variables in (environment.variables, environment.from_file)
    )


def require_variables(
    environment: Environment | Mapping[str, str], target: Target
) -> dict[str, str]:
    """Return the variables of ``target`` that are set and not blank.

    :raises CommandError: a required variable is missing, or some variables are in the environment
        and others in ``.env``.
    """
    if not isinstance(environment, Environment):
        environment = Environment(environment)
    given = given_variables(target.variables, environment.variables)
    in_file = given_variables(target.variables, environment.from_file)
    only_there = [name for name in in_file if name not in given]
    if given and only_there:
        raise CommandError(
            f"{listed(list(given))} {_are(given)} set in the environment, but "
            f"{listed(only_there)} in {environment.file}. Mixing the two could send credentials "
            "to the wrong host.",
            "Set all variables in the environment, or all in the file.",
        )
    given = given or in_file
    missing = missing_variables(target.variables, given)
    if missing:
        raise CommandError(
            f"Not set: {listed(missing)}.",
            "Set them as environment variables, or in a .env file in this folder. "
            "They are never read from the command line.",
        )
    return given


def _are(names: Mapping[str, str]) -> str:
    return "is" if len(names) == 1 else "are"
