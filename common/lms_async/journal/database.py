"""Open the SQLite database of a journal: lock it, check it, and mark it as open.

While the database is open, SQLite keeps the latest notes in a second file (see ``wal.py``). The key
file serves as the lock (see ``key.py``).
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .._version import __version__
from ..errors import JournalFailed, JournalMissing, JournalUnusable
from .key import InUse, KeyFile, key_beside, make_private
from .notes import convert_notes
from .wal import OPEN, Header, check_log, files_of, make_empty, new_state, read_header

#: The version of the file's format. Files of another version are refused.
FORMAT = 3
#: SQLite's application id of journals ("lmsj"). Files with another id are not changed.
_APPLICATION_ID = 0x6C6D736A
#: Exceptions of SQLite. If the file is damaged, even the error message may not be valid text.
_BROKEN = (sqlite3.Error, UnicodeDecodeError)
#: What SQLite reports if the disk or the quota of the user is full.
_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
#: Seconds to wait for another process even without ``wait``, since it may only read for a moment.
_SHORT_WAIT = 0.3
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (number INTEGER PRIMARY KEY, at REAL, chunks BLOB, tags BLOB);
CREATE TABLE IF NOT EXISTS row (
    tag BLOB, nth INTEGER, status TEXT, id TEXT, code TEXT, at REAL, reason TEXT,
    PRIMARY KEY (tag, nth)
) WITHOUT ROWID;
CREATE TEMP TABLE wanted (lowest BLOB, highest BLOB);
"""


class Database:
    """The database at ``path``. No other process can use it until :meth:`close`.

    See :class:`~lms_async.journal.sqlite.JournalFile` for the parameters and errors.
    """

    connection: sqlite3.Connection

    def __init__(self, path: Path, *, wait: float, make: bool, restart: bool) -> None:
        self.path = path
        self._refuse_other_kinds()
        self._refuse_links()
        if not make and not path.is_file():
            raise JournalMissing(f"there is no journal {path}")
        try:
            if make:
                make_private(path)
        except OSError as error:
            raise self._not_opened(error) from None
        until = time.monotonic() + max(wait, _SHORT_WAIT)
        while True:
            try:
                self._lock_and_open(make=make, restart=restart)
            except (InUse, *_BROKEN) as error:
                if not _in_use(error) or time.monotonic() > until:
                    raise self._unusable(error) from None
            except OSError as error:
                raise self._not_opened(error) from None
            else:
                return
            # Nothing is locked during this wait, so that two processes can't block each other.
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - no secret

    def _refuse_other_kinds(self) -> None:
        """Check that the path is a file, or that a file can be created there."""
        what = ""
        try:
            if not self.path.name or self.path.is_dir():
                what = "a folder"
            elif self.path.exists() and not self.path.is_file():
                what = "a device or a pipe"
        except OSError as error:
            raise self._not_opened(error) from None
        if what:
            raise JournalUnusable(f"{self.path} is {what}, not a journal", hint="give another file")

    def _refuse_links(self) -> None:
        """Check that no file of the journal is a symbolic link, which may lead anywhere."""
        for file in (self.path, key_beside(self.path), *files_of(self.path)):
            try:
                is_link = file.is_symlink()
            except OSError as error:  # the name of this file is too long
                raise self._not_opened(error) from None
            if is_link:
                raise JournalUnusable(
                    f"{file} is a symbolic link, which can't be used as a journal",
                    hint="give another file, or the path to which the link points",
                )

    def _lock_and_open(self, *, make: bool, restart: bool) -> None:
        self._check_ours(read_header(self.path), make=make)
        self._key_file = KeyFile(self.path, make=make)
        try:
            self._open(restart=restart)
        except BaseException:
            self._key_file.close()
            raise

    def _open(self, *, restart: bool) -> None:
        header = read_header(self.path)  # read again: now no other process can write it
        self._check_ours(header, make=True)
        if restart:
            make_empty(self.path)
            header = None
        check_log(self.path, header)
        log, self._shared_memory, _ = files_of(self.path)
        self.log_name = str(log)
        self._state = 0 if header is None else header.state
        self.connection = sqlite3.connect(
            self.path, timeout=0.02, isolation_level=None, check_same_thread=False
        )
        try:
            if header is None:
                self.connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
            # No other process can open the database until this process closes it or ends.
            self.connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=FULL")
            with self.transaction("IMMEDIATE"):
                self._check_format()
            # An import that was killed while it opened the journal may have left this file.
            self._shared_memory.unlink(missing_ok=True)
            try:
                with self.transaction():
                    convert_notes(self.connection)
                    self._set_state(new_state(), before=self._state)
            except (LookupError, TypeError, ValueError):  # the notes were not written by a journal
                raise JournalUnusable(
                    f"the journal {self.path} is damaged",
                    hint="restore it from a copy, or start over with restart, which sends all rows "
                    "again",
                ) from None
            # The database file must say that it is open, so write the log into it now. Each log
            # must say which database it belongs to, so SQLite must not begin one automatically.
            self._checkpoint()
            self.connection.execute("PRAGMA wal_autocheckpoint=0")
        except BaseException:
            self._close()
            raise

    def _set_state(self, state: int, *, before: int | None = None) -> None:
        self.note({"before": before})
        self.connection.execute(f"PRAGMA user_version={state}")
        self._state = state

    def _checkpoint(self) -> None:
        self.connection.execute("PRAGMA wal_checkpoint(RESTART)")

    def merge_log(self) -> None:
        """Merge the log into the database, and write the database's state into the new log."""
        self._checkpoint()
        with self.transaction():
            self.sign_log()

    def sign_log(self) -> None:
        """Write into the log which database it belongs to, as part of a transaction."""
        self._set_state(self._state)

    def key(self, *, new: bool) -> bytes:
        """Return the key of the journal's hashes.

        :param new: whether a missing key may be created.
        :raises JournalUnusable: the key is missing, or the file does not contain a key.
        """
        return self._key_file.key(new=new)

    def close(self) -> None:
        """Close the file."""
        try:
            self._close()
        finally:
            self._key_file.close()

    def _close(self) -> None:
        try:
            # Merge the log first: it frees the space that the next write needs on a full disk.
            self._checkpoint()
            if self._state & OPEN:
                with self.transaction():
                    self._set_state(self._state & ~OPEN)
        except _BROKEN:
            pass  # the database can't be written, so its log remains
        finally:
            self.connection.close()

    def _check_ours(self, header: Header | None, *, make: bool) -> None:
        """Check that the file is a journal, or is empty and may become one (``make``)."""
        if (make and header is None) or (header and header.application_id == _APPLICATION_ID):
            return
        raise JournalUnusable(
            f"{self.path} is not a journal", hint="move it away, or give another file"
        )

    def _check_format(self) -> None:
        for statement in _TABLES.split(";\n"):  # executescript() would commit the transaction
            self.connection.execute(statement)
        about = dict(self.connection.execute("SELECT name, value FROM about"))
        if "format" not in about:
            self.note({"format": FORMAT, "version": __version__})
        elif about["format"] != FORMAT:
            writer = f"lms-async {about['version']}" if "version" in about else "an earlier version"
            raise JournalUnusable(
                f"the journal {self.path} was written by {writer}, in format {about['format']}; "
                f"lms-async {__version__} reads format {FORMAT}",
                hint="finish its import with the version that wrote it, or start over with "
                "restart, which sends all rows again",
            )

    def note(self, about: dict[str, object]) -> None:
        """Write values about the whole journal, by name."""
        self.connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())

    @contextmanager
    def transaction(self, kind: str = "") -> Iterator[None]:
        """Commit what the block writes, or roll it back if the block raises."""
        self.connection.execute(f"BEGIN {kind}")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Raise JournalUnusable if SQLite can't read."""
        try:
            yield
        except _BROKEN as error:
            raise self._unusable(error) from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Raise JournalFailed if SQLite can't write."""
        try:
            yield
        except _BROKEN as error:
            what = str(error)
        else:
            return
        raise JournalFailed(
            f"the journal {self.path} can't be written any more: {what}",
            hint="rows that could not be noted were not sent; free disk space and run it again",
        )

    def _unusable(self, error: Exception) -> JournalUnusable:
        if _in_use(error):
            return JournalUnusable(
                f"the journal {self.path} is in use by another import",
                hint="wait until it has finished; two imports at once would send rows twice",
            )
        if getattr(error, "sqlite_errorcode", None) in _NO_SPACE:
            return JournalUnusable(
                f"the journal {self.path} can't be written: {error}",
                hint="free disk space and run it again",
            )
        return JournalUnusable(
            f"{self.path} can't be used as a journal: {error}",
            hint="restore it from a copy, or move it away, which sends all rows again",
        )

    def _not_opened(self, error: OSError) -> JournalUnusable:
        return JournalUnusable(f"the journal {self.path} can't be opened: {error.strerror}")


def _in_use(error: Exception) -> bool:
    return isinstance(error, InUse) or "locked" in str(error)
