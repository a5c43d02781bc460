"""Credentials, from the environment or from a file ``.env`` in the working directory."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from .exits import CannotStart
from .target import Target
from .text import listed


def read_environment(folder: Path | None = None) -> dict[str, str]:
    """The environment, and what ``.env`` adds to it; the environment goes first.

    :param folder: where ``.env`` is looked for; the working directory.
    :raises CannotStart: ``.env`` is there and can't be read.
    """
    path = (folder or Path.cwd()) / ".env"
    # It logs lines that it can't read; with their numbers only, but nobody asked for it here.
    logging.getLogger("dotenv").addHandler(logging.NullHandler())
    try:
        kept = dotenv_values(path, interpolate=False) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{path} can't be read: {type(error).__name__}") from None
    return {name: value for name, value in kept.items() if value} | dict(os.environ)


def require(environment: Mapping[str, str], target: Target) -> dict[str, str]:
    """The variables of ``target`` that are set.

    :raises CannotStart: names those that are needed and missing.
    """
    given = {name: environment.get(name, "").strip() for name in target.variables}
    missing = [
        f"{name} ({variable.what})"
        + (f", or {listed(variable.instead)} instead" if variable.instead else "")
        for name, variable in target.variables.items()
        if variable.needed
        and not given[name]
        and not (variable.instead and all(given[other] for other in variable.instead))
    ]
    if missing:
        raise CannotStart(
            f"not set: {listed(missing)}",
            "set them in the environment, or in a file .env in this folder; "
            "they are never taken from the command line",
        )
    return {name: value for name, value in given.items() if value}
