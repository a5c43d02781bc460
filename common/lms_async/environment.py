"""Read a client's settings from environment variables, for ``from_env()`` and the command."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import attrs

from .errors import InvalidInput


@attrs.frozen
class Variable:
    """An environment variable.

    :param description: what it contains, for messages.
    :param required: whether it must be set.
    :param alternatives: variables that together replace it.
    """

    description: str
    required: bool = True
    alternatives: Sequence[str] = ()


def given_variables(
    variables: Mapping[str, Variable], environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the values of those ``variables`` that are set in ``environment`` and not blank."""
    values = {name: environment.get(name, "").strip() for name in variables}
    return {name: value for name, value in values.items() if value}


def missing_variables(variables: Mapping[str, Variable], given: Mapping[str, str]) -> list[str]:
    """Describe those of ``variables`` that are required and not in ``given``."""
    return [
        f"{name} ({variable.description})"
        + (f", or {' and '.join(variable.alternatives)} instead" if variable.alternatives else "")
        for name, variable in variables.items()
        if variable.required
        and name not in given
        and not (variable.alternatives and all(other in given for other in variable.alternatives))
    ]


def read_variables(
    variables: Mapping[str, Variable], environment: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the values of those ``variables`` that are set.

    :param environment: by default, the environment of the process.
    :raises InvalidInput: a required variable is not set; the message names it.
    """
    given = given_variables(variables, os.environ if environment is None else environment)
    missing = missing_variables(variables, given)
    if missing:
        raise InvalidInput(
            f"not set in the environment: {'; '.join(missing)}",
            hint="set these variables; only the lms command reads a .env file",
        )
    return given
