"""Whether the files of a journal belong together: the database, and SQLite's write-ahead log.

While a journal is open, SQLite keeps what was noted last in a second file, ``JOURNAL-wal``. After
``kill -9`` both files are needed. SQLite itself does not notice that the second one is missing, is
older, or is that of another database. So each opening is given a random state, which stands in the
header of the database and in the log; its lowest bit says that the journal is open.
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
    """What the database file says by itself, without its log."""

    state: int
    application_id: int


def files_of(path: Path) -> list[Path]:
    """The files that SQLite keeps beside the database."""
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]


def read_header(path: Path) -> Header | None:
    """The header of the database, ``None`` of an empty file.

    :raises OSError: it can't be read.
    """
    with path.open("rb") as file:
        begin = file.read(_HEADER.size)
    if not begin:
        return None
    _, state, application_id = _HEADER.unpack(begin.ljust(_HEADER.size, b"\0"))
    return Header(state, application_id)


def new_state() -> int:
    """A state for a journal that is being opened."""
    return secrets.randbits(30) << 1 | OPEN


def check_log(path: Path, header: Header | None) -> None:
    """Make sure that the log beside the database at ``path`` is its own and that none is missing.

    :raises JournalUnusable: names the file that is missing, or that belongs elsewhere.
    """
    log, *_ = files_of(path)
    has_log = log.exists() and log.stat().st_size > 0
    if header is None:
        if has_log:
            raise _torn(f"the journal {path} is empty, but its other file {log} is not", path)
        return
    if not has_log:
        if header.state & OPEN:
            raise _torn(
                f"{log} is missing. The journal {path} was not closed, and its last notes are in "
                "that file",
                log,
            )
        return
    state, before = _with_log(path)
    with log.open("rb") as file:  # SQLite takes a log that it can't read for an empty one
        is_log = file.read(4) in _LOG_MAGIC
    # Or what the log adds is that it was opened or closed, and the database does not say so yet.
    closed = header.state & OPEN and state == header.state & ~OPEN
    opened = before == header.state
    if not (is_log and (state == header.state or closed or opened)):
        raise _torn(f"{log} and the journal {path} do not belong together", log)


def _with_log(path: Path) -> tuple[int, int | None]:
    """The state of the journal with its log, and the state before it was opened last."""
    # Only read: SQLite would write a log into the database when it closes it.
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


def _torn(what: str, which: Path) -> JournalUnusable:
    return JournalUnusable(
        what,
        hint=f"copy {which.name} from where the import ran, together with the other files of the "
        "journal; or forget what is in the journal with restart: then all rows are sent again",
    )


def empty(path: Path) -> None:
    """Make the database at ``path`` an empty file without a log.

    :raises OSError: it can't be written.
    """
    for file in files_of(path):  # the log first: without it the database says that it is missing
        file.unlink(missing_ok=True)
    os.truncate(path, 0)
