"""Store a journal in an SQLite file. All calls block, so ``file_store.py`` makes them in a thread.

While an import runs, the file is only appended to. One note covers all chunks that were sent or got
their results since the last note, which takes a twentieth of the time of writing each row. When the
file is opened again, ``notes.py`` converts the notes to rows that can be found by their tags.

The file contains no names, no email addresses and no keys of rows.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import matching
from .database import Database
from .entries import KEY_HASH, EarlierResult, Ended, JournalSummary, Sent, first_difference
from .notes import rows_with_keys

#: From this size in bytes, SQLite's log is merged into the database.
_MOST_LOG = 4 * 2**20


class JournalFile:
    """A journal's file. No other process can use it until :meth:`close`.

    :param wait: how many seconds to wait for another process to close it.
    :param make: whether to create it if it does not exist.
    :param restart: delete its contents, also those of another format.
    :raises JournalUnusable: the file is in use, is not a journal, has another format, or another
        file of the journal is missing.
    """

    def __init__(
        self, path: Path, *, wait: float = 0.0, make: bool = True, restart: bool = False
    ) -> None:
        self.path = path
        self._database = Database(path, wait=wait, make=make, restart=restart)
        self._db = self._database.connection
        self._recall = matching.Recall()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def key(self) -> bytes:
        """Return the key of the journal's hashes.

        :raises JournalUnusable: the key is missing, or the file does not contain a key.
        """
        return self._database.key(new=self.is_new)

    def other(self, about: dict[str, str]) -> str | None:
        """Return the first name in ``about`` for which the journal has another value.

        :raises JournalUnusable: the file can't be read.
        """
        with self._database.reading():
            known = dict(self._db.execute("SELECT name, value FROM about"))
        return first_difference(known, about)

    def begin(self, about: dict[str, str]) -> None:
        """Begin or continue the import that ``about`` describes.

        :raises JournalFailed: the file can't be written.
        """
        begun = {} if not self.is_new else {"begun": time.time()}
        with self._database.writing(), self._database.transaction():
            self._database.note({**about, **begun})
            self._database.sign_log()

    def forget_rejected(self) -> None:
        """Delete the rows that were rejected.

        :raises JournalFailed: the file can't be written any more.
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
        """Whether no import has used it yet."""
        with self._database.reading():
            begun = self._db.execute("SELECT 1 FROM about WHERE name = 'begun'").fetchone()
        return begun is None

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows from earlier runs."""
        with self._database.reading():
            return self._db.execute("SELECT 1 FROM row LIMIT 1").fetchone() is None

    def write(self, entries: Iterable[Sent | Ended]) -> None:
        """Write all ``entries`` or none. They are on the disk when this returns.

        :raises JournalFailed: they could not be written.
        """
        note = matching.note_of(entries)
        with self._database.writing():
            # Use one statement only: each one releases Python's global lock and waits for it again.
            self._db.execute("INSERT INTO note (at, chunks, tags) VALUES (?, ?, ?)", note)
            if os.stat(self._database.log_name).st_size > _MOST_LOG:  # noqa: PTH116 - for each note
                self._database.merge_log()

    def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Return what an earlier run noted about each row, by the rules of ``matching.Recall``.

        :raises JournalFailed: the file can't be read any more.
        """
        keys = {tag[:KEY_HASH] for tag in tags}
        with self._database.writing(), self._database.transaction():
            known = matching.by_key(rows_with_keys(self._db, keys))
        return self._recall.of(tags, known)

    def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used."""
        with self._database.reading():
            counts = dict(self._db.execute("SELECT status, count(*) FROM row GROUP BY status"))
            about = dict(self._db.execute("SELECT name, value FROM about"))
            begun = float(about.get("begun", 0.0))
            (written,) = self._db.execute("SELECT max(at) FROM row").fetchone()
        return JournalSummary(Counter(counts), about.get("operation", ""), begun, written or begun)
