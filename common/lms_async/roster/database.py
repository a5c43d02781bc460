"""SQLite files of a roster: created so that only their owner can read them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import PlanFailed
from ..journal.key import make_private

#: KiB of memory that SQLite may use to cache pages of one file.
_CACHE = 16_384


def create(path: Path) -> sqlite3.Connection:
    """Create the database ``path``, with mode 0600.

    An interrupted process leaves an incomplete file, so the caller must not rely on an old one.
    While the connection is open, the file is locked, once something was written.

    :returns: a connection, which any thread may use, but only one at a time.
    :raises PlanFailed: the file exists, or can't be created.
    """
    try:
        if not make_private(path):
            raise PlanFailed(f"{path} already exists", hint="give another file, or delete it")
    except OSError as error:
        raise PlanFailed(f"{path} can't be created: {error.strerror}") from None
    with writing(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute(f"PRAGMA cache_size=-{_CACHE}")
    return connection


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise PlanFailed if SQLite can't write or read ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        what = str(error)
    else:
        return
    raise PlanFailed(
        f"{path} can't be written: {what}", hint="free disk space, and make a new plan"
    )
