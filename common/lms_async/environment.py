"""Environment variables that hold what a client needs: ``from_env()`` and the command read them."""

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
    """Return those of ``variables`` that are set in ``environment``; a blank one is not."""
    given = {name: environment.get(name, "").strip() for name in variables}
    return {name: value for name, value in given.items() if value}


def missing_variables(variables: Mapping[str, Variable], given: Mapping[str, str]) -> list[str]:
    """Describe those of ``variables`` that are required and not ``given``."""
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
    """Return those of ``variables`` that are set.

    :param environment: where not given, that of the process.
    :raises InvalidInput: names the variables that are required and not set.
    """
    given = given_variables(variables, os.environ if environment is None else environment)
    missing = missing_variables(variables, given)
    if missing:
        raise InvalidInput(
            f"not set in the environment: {'; '.join(missing)}",
            hint="set these variables; a file .env is read by the lms command only",
        )
    return given
