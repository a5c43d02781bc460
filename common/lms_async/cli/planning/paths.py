"""The files of a plan: the plan itself, and the journals of applying it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..exit_codes import CommandError

#: How SQLite files begin, and where their application id is.
_BEGINNING, _ID_AT = b"SQLite format 3\x00", 68


def default_plan_path(mapping: Path) -> Path:
    """Return the plan's file, beside the mapping: ``roster.plan`` for ``roster.toml``."""
    return mapping.with_suffix(".plan")


def journal_folder(plan: Path) -> Path:
    """Return the folder for the journals of a plan, beside it."""
    return plan.with_name(f"{plan.name}.journal")


def check_plan_path(path: Path, application_id: int) -> None:
    """Make sure that a plan can be written at ``path`` without destroying another file.

    :param application_id: what SQLite files have that are plans.
    :raises CommandError: there is something else, or the folder does not exist.
    """
    try:
        if not path.parent.is_dir():
            raise CommandError(f"The folder {path.parent} does not exist.")
        if not os.path.lexists(path):
            return
        if not stat.S_ISREG(path.lstat().st_mode):
            raise CommandError(f"{path} is a folder, a link or a device. Choose another name.")
        with path.open("rb") as file:
            start = file.read(_ID_AT + 4)
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from None
    if start[:16] != _BEGINNING or start[_ID_AT:] != application_id.to_bytes(4, "big"):
        raise CommandError(
            f"{path} exists and is not a plan. lms does not replace it.",
            "Choose another name with --out.",
        )
