"""The journal's store: an SQLite file. All of it blocks, so ``journal.py`` calls it in a thread.

While an import runs, the file is only appended to: one note for all chunks that were sent and all
that ended since the last note. This costs a twentieth of writing each row. When the file is opened
again, the notes are turned into rows that can be found by their tags, by the rules in
``matching.py``.

No name, no mail address and no key is stored here.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from .._version import __version__
from ..errors import JournalFailed, JournalUnusable
from . import matching
from .entries import EarlierResult, Ended, JournalSummary, Sent
from .key import InUse, KeyFile, key_beside, make_private
from .matching import NotedRow
from .wal import OPEN, Header, check_log, empty, files_of, new_state, read_header

#: The version of the file's format. Another one is refused.
FORMAT = 3
#: SQLite's application id of our files ("lmsj"). Other files are not touched.
_OURS = 0x6C6D736A
#: What SQLite raises. For a damaged file, even its message may not be valid text.
_BROKEN = (sqlite3.Error, UnicodeDecodeError)
#: From this size in bytes, SQLite's log is merged into the database.
_MOST_LOG = 4 * 2**20
#: Seconds to wait for another process in any case: it may only be reading.
_SHORT_WAIT = 0.3
#: How many noted rows are taken into the table at once.
_BATCH = 1000
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (number INTEGER PRIMARY KEY, at REAL, chunks BLOB, tags BLOB);
CREATE TABLE IF NOT EXISTS row (
    tag BLOB, nth INTEGER, status TEXT, id TEXT, code TEXT, at REAL, reason TEXT,
    PRIMARY KEY (tag, nth)
) WITHOUT ROWID;
CREATE TEMP TABLE wanted (lowest BLOB, highest BLOB);
CREATE TEMP TABLE seen (tag BLOB PRIMARY KEY, times INTEGER, is_sent INTEGER) WITHOUT ROWID;
"""


class JournalFile:
    """A journal's file, held by this process alone until :meth:`close`.

    :param wait: how many seconds to wait for another process to close it.
    :param make: whether to create it if it does not exist.
    :param restart: forget its contents, also those of another format.
    :raises JournalUnusable: it is in use, not a journal, of another version, or a file that belongs
        to it is missing.
    """

    def __init__(
        self, path: Path, *, wait: float = 0.0, make: bool = True, restart: bool = False
    ) -> None:
        self.path = path
        self._refuse_other_kinds()
        self._refuse_links()
        if not make and not path.is_file():
            raise JournalUnusable(f"there is no journal {path}")
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
            # Nothing is held meanwhile: two processes that come at once would block each other.
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - no secret

    def _refuse_other_kinds(self) -> None:
        """Make sure that the journal is a file, or can become one."""
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
        """Refuse symbolic links, which would write to another place."""
        for file in (self.path, key_beside(self.path), *files_of(self.path)):
            if file.is_symlink():
                raise JournalUnusable(
                    f"{file} is a symbolic link, which is not taken for a journal",
                    hint="give another file, as the path of the journal itself",
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
        header = read_header(self.path)  # once more: nobody else writes it now
        self._check_ours(header, make=True)
        if restart:
            empty(self.path)
            header = None
        check_log(self.path, header)
        log, self._shared_memory, _ = files_of(self.path)
        self._log_name = str(log)
        self._state = 0 if header is None else header.state
        self._db = sqlite3.connect(
            self.path, timeout=0.02, isolation_level=None, check_same_thread=False
        )
        try:
            if header is None:
                self._db.execute(f"PRAGMA application_id={_OURS}")
            # Exclusive: nobody else can open it until this process closes it or dies.
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            with self._transaction("IMMEDIATE"):
                self._check_format()
            # Nobody has it open now. It was left by an import that was killed as it opened.
            self._shared_memory.unlink(missing_ok=True)
            try:
                with self._transaction():
                    self._take_in_notes()
                    self._set_state(new_state(), before=self._state)
            except (LookupError, TypeError, ValueError):  # notes that nobody of us wrote
                raise JournalUnusable(
                    f"the journal {self.path} is damaged",
                    hint="bring a copy of it back, or forget what is in it with restart, which "
                    "sends everything",
                ) from None
            # The database itself must say that it is open; and each log must say whose it is, so
            # that SQLite may not begin a new one by itself.
            self._checkpoint()
            self._db.execute("PRAGMA wal_autocheckpoint=0")
        except BaseException:
            self._close()
            raise

    def _set_state(self, state: int, *, before: int | None = None) -> None:
        self._note({"before": before})
        self._db.execute(f"PRAGMA user_version={state}")
        self._state = state

    def _checkpoint(self) -> None:
        self._db.execute("PRAGMA wal_checkpoint(RESTART)")

    def key(self) -> bytes:
        """The key of the journal's hashes.

        :raises JournalUnusable: it is missing, or not a key.
        """
        return self._key_file.key(new=self.is_new)

    def close(self) -> None:
        """Close the file."""
        try:
            self._close()
        finally:
            self._key_file.close()

    def _close(self) -> None:
        try:
            # First into the database, so that there is room for the next line on a full disk.
            self._checkpoint()
            if self._state & OPEN:
                with self._transaction():
                    self._set_state(self._state & ~OPEN)
        except _BROKEN:
            pass  # it can't be written: its log stays beside it
        finally:
            self._db.close()

    def begin(self, about: dict[str, str]) -> str | None:
        """Begin or continue the import that ``about`` describes.

        :returns: the first name whose value differs from the journal's; ``None`` if all agree.
        """
        with self._reading():
            known = dict(self._db.execute("SELECT name, value FROM about"))
        for name, value in about.items():
            if known.get(name, value) != value:
                return name
        with self._writing(), self._transaction():
            self._note({**about, "begun": known.get("begun", time.time())})
            self._set_state(self._state)
        return None

    def forget_rejected(self) -> None:
        """Forget the rows that were rejected.

        :raises JournalFailed: it can't be written any more.
        """
        with self._writing(), self._transaction():
            rows = self._db.execute(
                "SELECT tag, status FROM row "
                "WHERE tag IN (SELECT tag FROM row WHERE status = 'rejected')"
            )
            tags = matching.tags_to_retry(rows)
            self._db.executemany("DELETE FROM row WHERE tag = ?", ([tag] for tag in tags))

    @property
    def is_new(self) -> bool:
        """Whether no import has begun it."""
        with self._reading():
            begun = self._db.execute("SELECT 1 FROM about WHERE name = 'begun'").fetchone()
        return begun is None

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows from earlier runs."""
        with self._reading():
            return self._db.execute("SELECT 1 FROM row LIMIT 1").fetchone() is None

    def write(self, entries: Iterable[Sent | Ended]) -> None:
        """Write ``entries``, all or none; they are on the disk when this returns.

        :raises JournalFailed: they could not be written.
        """
        chunks: list[tuple[int, Any]] = []
        tags = []
        for entry in entries:
            if isinstance(entry, Sent):
                chunks.append((entry.chunk, len(entry.tags)))
                tags.append(entry.tags)
            else:
                chunks.append((entry.chunk, entry.ends))
        with self._writing():  # by one statement: each lets go of the interpreter, and waits for it
            self._db.execute(
                "INSERT INTO note (at, chunks, tags) VALUES (?, ?, ?)",
                (time.time(), orjson.dumps(chunks), b"".join(tags)),
            )
            if os.stat(self._log_name).st_size > _MOST_LOG:  # noqa: PTH116 - for each note
                self._checkpoint()
                with self._transaction():
                    self._set_state(self._state)

    def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Give what an earlier run noted of each row. Equal rows are counted: each call is about
        the next one.

        :raises JournalFailed: it can't be read any more.
        """
        with self._writing(), self._transaction():
            return [self._recall(tag) for tag in tags]

    def _recall(self, tag: bytes) -> EarlierResult | None:
        (nth,) = self._db.execute(
            "INSERT INTO seen VALUES (?, 1, 0) ON CONFLICT DO UPDATE SET times = times + 1 "
            "RETURNING times",
            (tag,),
        ).fetchone()
        found = self._db.execute(
            "SELECT *, EXISTS ("
            "SELECT 1 FROM seen WHERE tag BETWEEN ? AND ? AND tag != ? AND is_sent"
            ") FROM row WHERE tag = ? AND nth = ?",
            (*matching.key_range(tag), tag, tag, nth),
        ).fetchone()
        result = None
        if found is not None:
            *row, is_outdated = found
            result = matching.earlier_result(NotedRow(*row), is_outdated=is_outdated)
        if result is None or result.status is None:
            self._db.execute("UPDATE seen SET is_sent = 1 WHERE tag = ?", (tag,))
        return result

    def _take_in_notes(self) -> None:
        """Turn the notes of the last run into rows."""
        doubted: set[tuple[bytes, int]] = set()
        noted = matching.read_notes(
            self._db.execute("SELECT at, chunks, tags FROM note ORDER BY number")
        )
        while batch := list(islice(noted, _BATCH)):
            gone: list[NotedRow] = []
            new: list[NotedRow] = []
            groups = matching.by_key(batch)
            known = matching.by_key(self._rows_with_keys(groups))
            for key, rows in groups.items():
                before = after = known.get(key, [])
                for row in rows:
                    after = matching.with_row(after, row, doubted)
                if before:
                    gone += set(before).difference(after)
                    new += set(after).difference(before)
                else:
                    new += after
            self._db.executemany(
                "DELETE FROM row WHERE tag = ? AND nth = ?", [row[:2] for row in gone]
            )
            self._db.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", new)
        self._db.execute("DELETE FROM note")

    def _rows_with_keys(self, keys: Iterable[bytes]) -> Iterator[NotedRow]:
        self._db.execute("DELETE FROM wanted")
        ranges = map(matching.key_range, keys)
        self._db.executemany("INSERT INTO wanted VALUES (?, ?)", ranges)
        found = self._db.execute(
            "SELECT row.* FROM wanted CROSS JOIN row ON tag BETWEEN lowest AND highest"
        )
        return map(NotedRow._make, found)

    def tell(self) -> JournalSummary:
        """Summarize the journal."""
        with self._reading():
            counts = dict(self._db.execute("SELECT status, count(*) FROM row GROUP BY status"))
            about = dict(self._db.execute("SELECT name, value FROM about"))
            begun = float(about.get("begun", 0.0))
            (written,) = self._db.execute("SELECT max(at) FROM row").fetchone()
        return JournalSummary(Counter(counts), about.get("operation", ""), begun, written or begun)

    def _check_ours(self, header: Header | None, *, make: bool) -> None:
        """Refuse another program's file, and an empty file unless it may become a journal."""
        if (make and header is None) or (header and header.application_id == _OURS):
            return
        raise JournalUnusable(
            f"{self.path} is not a journal", hint="move it away, or give another file"
        )

    def _check_format(self) -> None:
        for statement in _TABLES.split(";\n"):  # a script of SQLite's would commit
            self._db.execute(statement)
        about = dict(self._db.execute("SELECT name, value FROM about"))
        if "format" not in about:
            self._note({"format": FORMAT, "version": __version__})
        elif about["format"] != FORMAT:
            writer = f"lms-async {about['version']}" if "version" in about else "an earlier version"
            raise JournalUnusable(
                f"the journal {self.path} was written by {writer}, in format {about['format']}; "
                f"lms-async {__version__} reads format {FORMAT}",
                hint="finish its import with the version that wrote it, or forget what is in it "
                "with restart: then all rows are sent again",
            )

    def _note(self, about: dict[str, object]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())

    @contextmanager
    def _transaction(self, kind: str = "") -> Iterator[None]:
        self._db.execute(f"BEGIN {kind}")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            raise self._unusable(error) from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            what = str(error)
        else:
            return
        raise JournalFailed(
            f"the journal {self.path} can't be written any more: {what}",
            hint="rows that could not be noted were not sent; make room and run it again",
        )

    def _unusable(self, error: Exception) -> JournalUnusable:
        if _in_use(error):
            return JournalUnusable(
                f"the journal {self.path} is in use by another import",
                hint="wait for its end; two at once would send rows twice",
            )
        return JournalUnusable(
            f"{self.path} can't be used as a journal: {error}",
            hint="put a copy of it back, or move it away: then all rows are sent again",
        )

    def _not_opened(self, error: OSError) -> JournalUnusable:
        return JournalUnusable(f"the journal {self.path} can't be opened: {error.strerror}")


def _in_use(error: Exception) -> bool:
    return isinstance(error, InUse) or "locked" in str(error)
