"""Check that the files of a journal belong together: the database and SQLite's write-ahead log.

While a journal is open, SQLite keeps the latest notes in a second file, ``JOURNAL-wal``. After
``kill -9`` both files are needed. SQLite does not notice if the second file is missing, is older,
or belongs to another database. So each time the journal is opened, a random number, its *state*, is
written to the header of the database and to the log. The lowest bit of the state says that the
journal is open.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import attrs

from ..errors import JournalUnusable

OPEN = 1
# SQLite's header: user_version and application_id. https://www.sqlite.org/fileformat.html
_HEADER = struct.Struct(">16s44xI4xI")
_LOG_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")


@attrs.frozen
class Header:
    """What the header of the database file says, without the log."""

    state: int
    application_id: int


def files_of(path: Path) -> list[Path]:
    """Return the paths of the files that SQLite keeps beside the database."""
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]


def read_header(path: Path) -> Header | None:
    """Return the header of the database, or ``None`` if the file is empty.

    :raises OSError: the file can't be read.
    """
    with path.open("rb") as file:
        begin = file.read(_HEADER.size)
    if not begin:
        return None
    _, state, application_id = _HEADER.unpack(begin.ljust(_HEADER.size, b"\0"))
    return Header(state, application_id)


def new_state() -> int:
    """Return a new state for a journal that is being opened."""
    return secrets.randbits(30) << 1 | OPEN


def check_log(path: Path, header: Header | None) -> None:
    """Check that the log of the database at ``path`` exists if it must, and belongs to it.

    :raises JournalUnusable: the log is missing, or belongs to another database.
    """
    log, *_ = files_of(path)
    has_log = log.exists() and log.stat().st_size > 0
    if header is None:
        if has_log:
            raise _mismatch(f"the journal {path} is empty, but its log {log} is not", path)
        return
    if not has_log:
        if header.state & OPEN:
            raise _mismatch(
                f"{log} is missing. The journal {path} was not closed, and its latest notes are in "
                "that file",
                log,
            )
        return
    state, before = _with_log(path)
    with log.open("rb") as file:  # SQLite treats a log that it can't read as an empty one
        is_log = file.read(4) in _LOG_MAGIC
    # The states also fit if the log records an opening or a closing that is not yet in the header.
    closed = header.state & OPEN and state == header.state & ~OPEN
    opened = before == header.state
    if not (is_log and (state == header.state or closed or opened)):
        raise _mismatch(f"{log} and the journal {path} do not belong together", log)


def _with_log(path: Path) -> tuple[int, int | None]:
    """Return the state of the journal including its log, and the state before the last opening."""
    # Open the database read-only, or SQLite would merge the log into it when it closes it.
    _, shared_memory, _ = files_of(path)
    had_it = shared_memory.exists()
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=0.1)) as database:
            (state,) = database.execute("PRAGMA user_version").fetchone()
            try:
                found = database.execute("SELECT value FROM about WHERE name = 'before'").fetchone()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                found = None
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise
        return -1, None
    finally:
        if not had_it:
            shared_memory.unlink(missing_ok=True)
    return state, found and found[0]


def _mismatch(what: str, which: Path) -> JournalUnusable:
    return JournalUnusable(
        what,
        hint=f"copy {which.name} and the other files of the journal from where the import ran, or "
        "start over with restart, which sends all rows again",
    )


def make_empty(path: Path) -> None:
    """Make the database at ``path`` an empty file without a log.

    :raises OSError: a file can't be deleted or written.
    """
    # Delete the log first. If this is interrupted, the next opening reports the missing log.
    for file in files_of(path):
        file.unlink(missing_ok=True)
    os.truncate(path, 0)
