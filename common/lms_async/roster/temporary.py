"""Temporary files beside a plan. A program that was killed leaves them, with people's data."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from glob import escape
from pathlib import Path
from secrets import token_hex

#: The endings of the names: of working sets, and of plans that are being written.
WORKING_SET, UNFINISHED = "set", "part"
#: What SQLite says about a file that was not written to the end.
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def temporary_beside(plan: Path, ending: str) -> Path:
    """Return a new name for a SQLite file beside ``plan``. The file is not created.

    :param ending: ``WORKING_SET`` or ``UNFINISHED``.
    """
    return plan.with_name(f".{plan.name}.{token_hex(4)}.{ending}")


def delete_abandoned(plan: Path) -> None:
    """Delete the temporary files beside ``plan`` that no running program uses.

    A file that can't be deleted is kept: it must not prevent the work of this run.
    """
    for ending in (WORKING_SET, UNFINISHED):
        for path in plan.parent.glob(f".{escape(plan.name)}.{'[0-9a-f]' * 8}.{ending}"):
            with suppress(OSError):
                if path.is_file() and not path.is_symlink() and _is_abandoned(path):
                    path.unlink()


def _is_abandoned(path: Path) -> bool:
    """Return whether no program has locked the file, see ``database.py``."""
    # A program that has just created the file has not locked it yet. An empty file has no data.
    if not path.stat().st_size:
        return False
    uri = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)) as opened:
            opened.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        return error.sqlite_errorcode & 0xFF in _DAMAGED
    return True
