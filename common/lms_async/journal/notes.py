"""Convert the notes that the last import appended to rows, by the rules in ``matching.py``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from . import matching
from .matching import NotedRow

#: How many noted rows are held in memory at a time.
_BATCH = 1000


def convert_notes(db: sqlite3.Connection) -> None:
    """Convert all notes to rows, and delete the notes.

    :raises LookupError, TypeError, ValueError: a note was not written by a journal.
    """
    unresolved: set[tuple[bytes, int]] = set()
    reader = matching.NoteReader()
    notes = db.execute("SELECT at, chunks, tags FROM note ORDER BY number")
    noted = chain(reader.read(notes), reader.unanswered())
    while batch := list(islice(noted, _BATCH)):
        groups = matching.by_key(batch)
        known = matching.by_key(rows_with_keys(db, groups))
        gone, new = matching.changes(groups, known, unresolved)
        db.executemany("DELETE FROM row WHERE tag = ? AND nth = ?", [row[:2] for row in gone])
        db.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", new)
    db.execute("DELETE FROM note")


def rows_with_keys(db: sqlite3.Connection, keys: Iterable[bytes]) -> Iterator[NotedRow]:
    """Yield all rows whose tags begin with one of ``keys``. Each key must be given once."""
    db.execute("DELETE FROM wanted")
    db.executemany("INSERT INTO wanted VALUES (?, ?)", map(matching.key_range, keys))
    found = db.execute("SELECT row.* FROM wanted CROSS JOIN row ON tag BETWEEN lowest AND highest")
    return map(NotedRow._make, found)
