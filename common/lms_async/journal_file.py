"""The file of a journal: SQLite, and what stands in it. All of it blocks; see ``journal.py``.

While an import runs, the file is only added to: one entry for each chunk that leaves and one for
how its rows ended, which costs a twentieth of writing each row. When it is opened again the entries
are taken apart into rows, that can be looked up.

No name, no mail address and no key stands here: a row is known by two keyed hashes, that of its
content and that of its natural key.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs
import orjson

from .errors import JournalFailed, JournalUnusable
from .outcome import Status

#: The form of the file. One of another form is refused, not guessed at.
FORMAT = 1
#: Bytes of one hash.
TAG = 16

_SENT = "sent"
_PASSING = ("429",)
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sent (chunk INTEGER PRIMARY KEY, at REAL, tags BLOB);
CREATE TABLE IF NOT EXISTS ended (chunk INTEGER PRIMARY KEY, at REAL, ends BLOB);
CREATE TABLE IF NOT EXISTS row (
    content BLOB PRIMARY KEY, key BLOB, status TEXT, id TEXT, code TEXT, at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS row_by_key ON row (key);
"""


@attrs.frozen
class Sent:
    """Rows that are about to leave: their hashes, content and key by turns."""

    chunk: int
    tags: bytes = attrs.field(repr=False)


@attrs.frozen
class Ended:
    """How the rows of a chunk ended: status, id and code of each, in the order of ``Sent``."""

    chunk: int
    ends: Sequence[tuple[str, str | None, str | None]] = attrs.field(repr=False)


@attrs.frozen
class Known:
    """What the journal knows of a row from before. ``status`` is ``None`` while it is not known how
    the row ended, or what of it did: ``same`` says whether its content was the same."""

    status: Status | None
    id: str | None = None
    code: str | None = None
    same: bool = True


@attrs.frozen
class Told:
    """What a journal tells of itself: counts by status (``sent``: without an answer), and when it
    was begun and last written, in seconds since 1970."""

    counts: Counter[str]
    operation: str
    begun: float
    written: float


class JournalFile:
    """A journal's file, held by this process alone until :meth:`close`.

    :param wait: how long to wait for another process to let go of it, in seconds.
    :raises JournalUnusable: it is in use, or not a journal, or of another version.
    """

    def __init__(self, path: Path, *, wait: float = 0.0, make: bool = True) -> None:
        self.path = path
        if not make and not path.is_file():
            raise JournalUnusable(f"there is no journal {path}")
        try:
            # Only if it is not there: to close a file drops the locks that this process has on it.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise JournalUnusable(f"the journal {path} can't be opened: {error.strerror}") from None
        try:
            self._db = sqlite3.connect(
                path, timeout=wait, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        try:
            # Exclusive: nobody else can open it until this process closes it or dies.
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            with self._transaction("IMMEDIATE"):
                self._check_format()
            self._fold()
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from None
        except (JournalUnusable, JournalFailed):
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def begin(self, about: dict[str, str]) -> str | None:
        """Make the journal be ``about`` these, or tell which of them it is not about."""
        known = dict(self._db.execute("SELECT name, value FROM about"))
        for name, value in about.items():
            if known.get(name, value) != value:
                return name
        with self._writing():
            self._note({**about, "begun": known.get("begun", time.time())})
        return None

    def forget(self) -> None:
        """Empty it."""
        with self._writing():
            for table in ("sent", "ended", "row", "about"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            self._note({"format": FORMAT})

    @property
    def is_new(self) -> bool:
        """Whether nobody has begun it."""
        begun = self._db.execute("SELECT 1 FROM about WHERE name = 'begun'")
        return begun.fetchone() is None

    @property
    def is_empty(self) -> bool:
        """Whether it knew of no row when it was opened."""
        return self._db.execute("SELECT 1 FROM row LIMIT 1").fetchone() is None

    def write(self, entries: Iterable[Sent | Ended]) -> None:
        """Write ``entries``, all or none; they are on the disk when this returns.

        :raises JournalFailed: they could not be written.
        """
        now = time.time()
        with self._writing():
            for entry in entries:
                if isinstance(entry, Sent):
                    self._db.execute(
                        "INSERT INTO sent VALUES (?, ?, ?)", (entry.chunk, now, entry.tags)
                    )
                else:
                    self._db.execute(
                        "INSERT INTO ended VALUES (?, ?, ?)",
                        (entry.chunk, now, orjson.dumps(entry.ends)),
                    )

    def recall(self, tags: Sequence[tuple[bytes, bytes]]) -> list[Known | None]:
        """What is known of each row from before, by the hashes of its content and its key."""
        return [self._recall(content, key) for content, key in tags]

    def _recall(self, content: bytes, key: bytes) -> Known | None:
        found = self._db.execute(
            "SELECT status, id, code FROM row WHERE content = ?", (content,)
        ).fetchone()
        if found is not None:
            status, known, code = found
            if code in _PASSING:
                return None  # refused for a reason that has passed by now
            if status in (Status.DONE, Status.REJECTED):
                return Known(Status(status), known, code)
            return Known(None)
        in_flight = self._db.execute(
            "SELECT 1 FROM row WHERE key = ? AND status IN (?, ?) LIMIT 1",
            (key, _SENT, Status.UNKNOWN),
        ).fetchone()
        return None if in_flight is None else Known(None, same=False)

    def tell(self) -> Told:
        """What stands in it."""
        counts = self._db.execute("SELECT status, count(*) FROM row GROUP BY status")
        about = dict(self._db.execute("SELECT name, value FROM about"))
        begun = float(about.get("begun", 0.0))
        (written,) = self._db.execute("SELECT max(at) FROM row").fetchone()
        return Told(Counter(dict(counts)), about.get("operation", ""), begun, written or begun)

    def _check_format(self) -> None:
        for statement in _TABLES.split(";\n"):
            self._db.execute(statement)
        found = self._db.execute("SELECT value FROM about WHERE name = 'format'").fetchone()
        if found is None:
            self._note({"format": FORMAT})
        elif found[0] != FORMAT:
            raise JournalUnusable(
                f"the journal {self.path} was written by another version of lms-async",
                hint="end its import with that version, or begin anew",
            )

    def _note(self, about: dict[str, object]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())

    def _fold(self) -> None:
        """Take the entries apart into rows; a row that did not leave after all stays as it was."""
        entries = self._db.execute(
            "SELECT sent.at, tags, ends FROM sent LEFT JOIN ended USING (chunk) ORDER BY chunk"
        )
        with self._writing():
            for at, tags, ends in entries:
                self._db.executemany(
                    "INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?, ?, ?)", _rows(at, tags, ends)
                )
            self._db.execute("DELETE FROM sent")
            self._db.execute("DELETE FROM ended")

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
    def _writing(self) -> Iterator[None]:
        try:
            with self._transaction():
                yield
        except sqlite3.Error as error:
            what = str(error)
        else:
            return
        raise JournalFailed(
            f"the journal {self.path} can't be written: {what}",
            hint="rows that could not be noted were not sent; make room and run it again",
        )

    def _unusable(self, error: sqlite3.Error) -> JournalUnusable:
        if "locked" in str(error):
            return JournalUnusable(
                f"the journal {self.path} is in use by another import",
                hint="wait for its end; two at once would send rows twice",
            )
        return JournalUnusable(f"{self.path} can't be used as a journal: {error}")


def _rows(
    at: float, tags: bytes, ends: bytes | None
) -> Iterator[tuple[bytes, bytes, str, str | None, str | None, float]]:
    known = orjson.loads(ends) if ends is not None else None
    for position in range(len(tags) // (2 * TAG)):
        begin = position * 2 * TAG
        status, id_, code = (_SENT, None, None) if known is None else known[position]
        if status != Status.SKIPPED:
            content, key = tags[begin : begin + TAG], tags[begin + TAG : begin + 2 * TAG]
            yield content, key, status, id_, code, at
