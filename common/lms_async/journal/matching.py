"""What a journal's file knows of each row, once its notes are taken apart. All of it blocks.

A row is known by its tag, keyed hashes of its key and of its content; one that stands in the input
several times, by how many times it has come (``nth``). What the vendor has of a key is what was
sent last: so a content that is done is settled until another one of its key is sent.
"""

from __future__ import annotations

import sqlite3
from itertools import count
from typing import Any

import orjson

from ..outcome import Status
from .entries import TAG, WHOSE, Known

_SENT = "sent"
_SETTLED = (Status.DONE, Status.REJECTED)
#: Codes of refusals whose reason has passed by the next run.
_PASSING = ("429",)
TABLES = """
CREATE TABLE IF NOT EXISTS row (
    tag BLOB, nth INTEGER, status TEXT, id TEXT, code TEXT, at REAL, reason TEXT,
    PRIMARY KEY (tag, nth)
) WITHOUT ROWID;
CREATE TEMP TABLE seen (tag BLOB PRIMARY KEY, times INTEGER, leaves INTEGER) WITHOUT ROWID;
"""


def recall(db: sqlite3.Connection, tag: bytes) -> Known | None:
    """What is known of the next row that has this ``tag``."""
    nth = db.execute(
        "INSERT INTO seen VALUES (?, 1, 0) ON CONFLICT DO UPDATE SET times = times + 1 "
        "RETURNING times",
        (tag,),
    ).fetchone()
    found = db.execute(
        "SELECT status, id, code, at, reason FROM row WHERE tag = ? AND nth = ?", (tag, *nth)
    ).fetchone()
    status, known, code, at, reason = found or (None, None, None, 0.0, None)
    if status in _SETTLED and not (status == Status.DONE and _is_overtaken(db, tag)):
        return Known(Status(status), known, code, reason and orjson.loads(reason), at)
    db.execute("UPDATE seen SET leaves = 1 WHERE tag = ?", (tag,))
    return None if found is None else Known(None)


def _is_overtaken(db: sqlite3.Connection, tag: bytes) -> bool:
    """Whether another content of its key goes out in this run, before it."""
    other = db.execute(
        "SELECT 1 FROM seen WHERE tag BETWEEN ? AND ? AND tag != ? AND leaves", _others(tag)
    )
    return other.fetchone() is not None


def forget_rejected(db: sqlite3.Connection) -> None:
    """Know nothing of the rows that were rejected, but for those with an equal one that was not:
    what became of it, or may have, is what the vendor would refuse them for."""
    db.execute(
        "DELETE FROM row WHERE status = 'rejected' "
        "AND tag NOT IN (SELECT tag FROM row WHERE status != 'rejected')"
    )


def fold(db: sqlite3.Connection) -> None:
    """Take the notes apart into rows; a row that did not leave after all stays as it was.

    :raises LookupError, TypeError, ValueError: the notes are none of ours.
    """
    under_way: dict[int, tuple[float, bytes]] = {}
    fresh: set[tuple[bytes, int]] = set()
    for at, chunks, tags in db.execute("SELECT at, chunks, tags FROM note ORDER BY number"):
        begin = 0
        for chunk, told in orjson.loads(chunks):
            if isinstance(told, int):
                if told % TAG or not 0 < told <= len(tags) - begin:
                    raise ValueError("tags of no whole rows")
                under_way[chunk] = (at, tags[begin : begin + told])
                begin += told
            elif chunk in under_way:
                _, sent = under_way.pop(chunk)
                _enter(db, at, sent, told, fresh)
        if begin != len(tags):
            raise ValueError("tags of no chunk")
    for at, tags in under_way.values():
        _enter(db, at, tags, None, fresh)
    db.execute("DELETE FROM note")


def _enter(
    db: sqlite3.Connection,
    at: float,
    tags: bytes,
    ends: list[Any] | None,
    fresh: set[tuple[bytes, int]],
) -> None:
    """The rows of a chunk: how they ended, or that they were sent.

    :param fresh: those that this run has left in doubt; an equal one that ends later in it is
        another row.
    """
    if ends is not None and len(ends) * TAG != len(tags):
        raise ValueError("not as many ends as rows")
    for place, begin in enumerate(range(0, len(tags), TAG)):
        end = (_SENT, None, None) if ends is None else ends[place]
        status, id_, code, *reason = (Status.DONE, end, None) if isinstance(end, str) else end
        if status == Status.SKIPPED:
            continue  # it did not leave after all
        tag = tags[begin : begin + TAG]
        is_first = _is_first(db, tag)  # as nearly always: then there is nothing to compare with
        nth = 1 if is_first else _place(db, tag, fresh)
        if status not in _SETTLED:
            fresh.add((tag, nth))
        if is_first:
            pass
        elif status == Status.DONE:
            db.execute("DELETE FROM row WHERE tag BETWEEN ? AND ? AND tag != ?", _others(tag))
        elif status not in _SETTLED:  # it may have arrived
            db.execute(
                "UPDATE row SET status = 'sent' "
                "WHERE tag BETWEEN ? AND ? AND tag != ? AND status = 'done'",
                _others(tag),
            )
        if not is_first:
            db.execute("DELETE FROM row WHERE tag = ? AND nth = ?", (tag, nth))
        if code not in _PASSING:
            kept = orjson.dumps(reason[0]).decode() if reason else None
            row = (tag, nth, status, id_, code, at, kept)
            db.execute("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _is_first(db: sqlite3.Connection, tag: bytes) -> bool:
    """Whether no row of its key is known, not even in another content."""
    begin, end, _ = _others(tag)
    found = db.execute("SELECT 1 FROM row WHERE tag BETWEEN ? AND ? LIMIT 1", (begin, end))
    return found.fetchone() is None


def _place(db: sqlite3.Connection, tag: bytes, fresh: set[tuple[bytes, int]]) -> int:
    """Which of equal rows it is that has ended: the first that an earlier run left in doubt, or
    else one more."""
    rows, last, doubts = db.execute(
        "SELECT count(*), coalesce(max(nth), 0), total(status NOT IN (?, ?)) FROM row "
        "WHERE tag = ?",
        (*_SETTLED, tag),
    ).fetchone()
    if rows == last and not doubts:
        return int(last) + 1
    known = db.execute("SELECT nth, status FROM row WHERE tag = ? ORDER BY nth", (tag,)).fetchall()
    for nth, status in known:
        if status not in _SETTLED and (tag, nth) not in fresh:
            return int(nth)
    taken = {nth for nth, _ in known}
    return next(nth for nth in count(1) if nth not in taken)


def _others(tag: bytes) -> tuple[bytes, bytes, bytes]:
    """For ``tag BETWEEN ? AND ? AND tag != ?``: other contents of its key."""
    whose = tag[:WHOSE]
    return whose, whose + b"\xff" * TAG, tag
