"""Convert the notes that the last import appended to rows, by the rules in ``matching.py``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice

from . import matching
from .matching import NotedRow

#: How many noted rows are held in memory at a time.
_BATCH = 1000


def convert_notes(db: sqlite3.Connection) -> None:
    """Convert all notes to rows, and delete the notes.

    :raises LookupError, TypeError, ValueError: a note was not written by a journal.
    """
    unresolved: set[tuple[bytes, int]] = set()
    noted = matching.read_notes(db.execute("SELECT at, chunks, tags FROM note ORDER BY number"))
    while batch := list(islice(noted, _BATCH)):
        gone: list[NotedRow] = []
        new: list[NotedRow] = []
        groups = matching.by_key(batch)
        known = matching.by_key(_rows_with_keys(db, groups))
        for key, rows in groups.items():
            before = after = known.get(key, [])
            for row in rows:
                after = matching.with_row(after, row, unresolved)
            if before:
                gone += set(before).difference(after)
                new += set(after).difference(before)
            else:
                new += after
        db.executemany("DELETE FROM row WHERE tag = ? AND nth = ?", [row[:2] for row in gone])
        db.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", new)
    db.execute("DELETE FROM note")


def _rows_with_keys(db: sqlite3.Connection, keys: Iterable[bytes]) -> Iterator[NotedRow]:
    db.execute("DELETE FROM wanted")
    db.executemany("INSERT INTO wanted VALUES (?, ?)", map(matching.key_range, keys))
    found = db.execute("SELECT row.* FROM wanted CROSS JOIN row ON tag BETWEEN lowest AND highest")
    return map(NotedRow._make, found)
