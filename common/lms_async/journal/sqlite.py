"""The journal's store: an SQLite file. All of it blocks, so ``journal.py`` calls it in a thread.

While an import runs, the file is only appended to: one note for all chunks that were sent and all
that ended since the last note. This costs a twentieth of writing each row. When the file is opened
again, ``notes.py`` turns the notes into rows that can be found by their tags.

No name, no mail address and no key is stored here.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from . import matching
from .database import Database
from .entries import EarlierResult, Ended, JournalSummary, Sent
from .matching import NotedRow

#: From this size in bytes, SQLite's log is merged into the database.
_MOST_LOG = 4 * 2**20


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
        self._database = Database(path, wait=wait, make=make, restart=restart)
        self._db = self._database.connection

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def key(self) -> bytes:
        """The key of the journal's hashes.

        :raises JournalUnusable: it is missing, or not a key.
        """
        return self._database.key(new=self.is_new)

    def begin(self, about: dict[str, str]) -> str | None:
        """Begin or continue the import that ``about`` describes.

        :returns: the first name whose value differs from the journal's; ``None`` if all agree.
        """
        with self._database.reading():
            known = dict(self._db.execute("SELECT name, value FROM about"))
        for name, value in about.items():
            if known.get(name, value) != value:
                return name
        with self._database.writing(), self._database.transaction():
            self._database.note({**about, "begun": known.get("begun", time.time())})
            self._database.sign_log()
        return None

    def forget_rejected(self) -> None:
        """Forget the rows that were rejected.

        :raises JournalFailed: it can't be written any more.
        """
        with self._database.writing(), self._database.transaction():
            rows = self._db.execute(
                "SELECT tag, status FROM row "
                "WHERE tag IN (SELECT tag FROM row WHERE status = 'rejected')"
            )
            tags = matching.tags_to_retry(rows)
            self._db.executemany("DELETE FROM row WHERE tag = ?", ([tag] for tag in tags))

    @property
    def is_new(self) -> bool:
        """Whether no import has begun it."""
        with self._database.reading():
            begun = self._db.execute("SELECT 1 FROM about WHERE name = 'begun'").fetchone()
        return begun is None

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows from earlier runs."""
        with self._database.reading():
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
        with (
            self._database.writing()
        ):  # by one statement: each lets go of the interpreter, and waits for it
            self._db.execute(
                "INSERT INTO note (at, chunks, tags) VALUES (?, ?, ?)",
                (time.time(), orjson.dumps(chunks), b"".join(tags)),
            )
            if os.stat(self._database.log_name).st_size > _MOST_LOG:  # noqa: PTH116 - for each note
                self._database.merge_log()

    def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Give what an earlier run noted of each row. Equal rows are counted: each call is about
        the next one.

        :raises JournalFailed: it can't be read any more.
        """
        with self._database.writing(), self._database.transaction():
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

    def tell(self) -> JournalSummary:
        """Summarize the journal."""
        with self._database.reading():
            counts = dict(self._db.execute("SELECT status, count(*) FROM row GROUP BY status"))
            about = dict(self._db.execute("SELECT name, value FROM about"))
            begun = float(about.get("begun", 0.0))
            (written,) = self._db.execute("SELECT max(at) FROM row").fetchone()
        return JournalSummary(Counter(counts), about.get("operation", ""), begun, written or begun)
