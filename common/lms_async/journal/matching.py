"""The rules of a journal: which row a note belongs to, which results are still valid, and what the
next run does with a row. They do not depend on where a journal is stored.

A row is identified by its tag: keyed hashes of its key and of its content (``tags.py``). Rows with
equal tags are numbered from 1 in the order of the input (``nth``). The vendor's record of a key has
the content that was sent last. So the result ``done`` is valid until a row with the same key and
other content is sent.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import orjson

from ..outcome import Status
from .entries import KEY_HASH, TAG, EarlierResult, Ended, Sent

#: The status of a row that was sent and has no result. ``unknown`` rows are treated the same way.
SENT = "sent"
_DONE, _REJECTED, _SKIPPED = (one.value for one in (Status.DONE, Status.REJECTED, Status.SKIPPED))
_SETTLED = (_DONE, _REJECTED)
#: Codes of refusals that are over by the next run, so that they are not kept.
_TEMPORARY = ("429",)


class NotedRow(NamedTuple):
    """What a journal stores about one row. ``at`` is in seconds since 1970; ``reason`` is JSON."""

    tag: bytes
    nth: int
    status: str
    id: str | None
    code: str | None
    at: float
    reason: str | None


def key_range(tag: bytes) -> tuple[bytes, bytes]:
    """Return the lowest and the highest tag of rows with the same key as ``tag``, inclusive."""
    key_hash = tag[:KEY_HASH]
    return key_hash, key_hash + b"\xff" * TAG


class Recall:
    """Finds what earlier runs noted about the rows of an input, which are given in their order.

    If several rows of the input have the same tag, the first gets the first result, and so on. It
    remembers the tags that it found, which takes about 110 bytes each.
    """

    def __init__(self) -> None:
        self._times: dict[bytes, int] = {}
        # By key: the tags of the rows that this run sends although the journal knows their key.
        self._sent: dict[bytes, set[bytes]] = {}

    def of(
        self, tags: Sequence[bytes], known: Mapping[bytes, list[NotedRow]]
    ) -> list[EarlierResult | None]:
        """Return what an earlier run noted about each row.

        :param known: the noted rows with the keys of these ``tags``, by key; see :func:`by_key`.
        """
        return [
            self._one(tag, known[key]) if (key := tag[:KEY_HASH]) in known else None for tag in tags
        ]

    def _one(self, tag: bytes, known: list[NotedRow]) -> EarlierResult | None:
        nth = self._times[tag] = self._times.get(tag, 0) + 1
        found = next((one for one in known if one.nth == nth and one.tag == tag), None)
        key = tag[:KEY_HASH]
        result = None
        if found is not None:
            is_outdated = bool(self._sent.get(key, set()) - {tag})
            result = _earlier_result(found, is_outdated=is_outdated)
        if result is None or result.status is None:
            self._sent.setdefault(key, set()).add(tag)
        return result


def _earlier_result(row: NotedRow, *, is_outdated: bool) -> EarlierResult:
    """Return the result that an earlier run noted for a row of the input.

    :param row: the note about it.
    :param is_outdated: whether this run sends an earlier row with the same key and other content.
    :returns: a result without a status if the row has to be sent or looked up.
    """
    if row.status not in _SETTLED or (is_outdated and row.status == _DONE):
        return EarlierResult(None)
    reason = None if row.reason is None else orjson.loads(row.reason)
    return EarlierResult(Status(row.status), row.id, row.code, reason, row.at)


def tags_to_retry(rows: Iterable[tuple[bytes, str]]) -> list[bytes]:
    """Return the tags of rejected rows to delete from the journal, so that they are sent again.

    If several rows have the same tag, all of them must be rejected. Otherwise one of them was done,
    or may have been, and the vendor would reject the others because of it.

    :param rows: tag and status of every row.
    """
    statuses: defaultdict[bytes, set[str]] = defaultdict(set)
    for tag, status in rows:
        statuses[tag].add(status)
    return [tag for tag, known in statuses.items() if known == {_REJECTED}]


class Note(NamedTuple):
    """One note of a run: the time in seconds since 1970, the chunks as JSON, and the tags."""

    at: float
    chunks: bytes
    tags: bytes


def note_of(entries: Iterable[Sent | Ended]) -> Note:
    """Return one note about all ``entries``."""
    chunks: list[tuple[int, Any]] = []
    tags = []
    for entry in entries:
        if isinstance(entry, Sent):
            chunks.append((entry.chunk, len(entry.tags)))
            tags.append(entry.tags)
        else:
            chunks.append((entry.chunk, entry.results))
    return Note(time.time(), orjson.dumps(chunks), b"".join(tags))


class NoteReader:
    """Converts the notes of a run to rows: first those with a result, then those without.

    The ``nth`` of these rows is 1 until :func:`with_row` sets it.
    """

    def __init__(self) -> None:
        # By chunk: the time and the tags of the rows that have no result yet.
        self._under_way: dict[int, tuple[float, bytes]] = {}

    def read(self, notes: Iterable[tuple[float, bytes, bytes]]) -> Iterator[NotedRow]:
        """Yield the rows that have a result.

        :param notes: time, chunks and tags of each note, in the order they were written.
        :raises LookupError, TypeError, ValueError: the notes were not written by this package.
        """
        for at, chunks, tags in notes:
            begin = 0
            for chunk, noted in orjson.loads(chunks):
                if isinstance(noted, int):  # a chunk that is about to be sent: the size of its tags
                    if noted % TAG or not 0 < noted <= len(tags) - begin:
                        raise ValueError("the size of the tags is wrong")
                    self._under_way[chunk] = (at, tags[begin : begin + noted])
                    begin += noted
                elif chunk in self._under_way:  # a chunk that has ended: the results of its rows
                    _, sent = self._under_way.pop(chunk)
                    if len(noted) * TAG != len(sent):
                        raise ValueError("the number of results differs from the number of rows")
                    for place, result in enumerate(noted):
                        yield _noted_row(sent[place * TAG : (place + 1) * TAG], result, at)
            if begin != len(tags):
                raise ValueError("there are tags that belong to no chunk")

    def unanswered(self) -> Iterator[NotedRow]:
        """Yield the rows that have no result, after all notes were read."""
        for at, tags in self._under_way.values():
            for begin in range(0, len(tags), TAG):
                yield NotedRow(tags[begin : begin + TAG], 1, SENT, None, None, at, None)


def _noted_row(tag: bytes, result: Any, at: float) -> NotedRow:
    if isinstance(result, str):  # the id alone
        return NotedRow(tag, 1, _DONE, result, None, at, None)
    status, id_, code, *reason = result
    kept = orjson.dumps(reason[0]).decode() if reason else None
    return NotedRow(tag, 1, status, id_, code, at, kept)


def by_key(rows: Iterable[NotedRow]) -> dict[bytes, list[NotedRow]]:
    """Group ``rows`` by the part of their tags that identifies the key, in their order."""
    groups: defaultdict[bytes, list[NotedRow]] = defaultdict(list)
    for row in rows:
        groups[row.tag[:KEY_HASH]].append(row)
    return groups


class Changes(NamedTuple):
    """Rows to delete from a journal, and then rows to insert."""

    gone: list[NotedRow]
    new: list[NotedRow]


def changes(
    groups: Mapping[bytes, list[NotedRow]],
    known: Mapping[bytes, list[NotedRow]],
    unresolved: set[tuple[bytes, int]],
) -> Changes:
    """Return how noted rows change what a journal stores.

    :param groups: the noted rows by key; see :func:`by_key`.
    :param known: what the journal stores for these keys.
    :param unresolved: see :func:`with_row`; one set for all notes of a run.
    """
    gone: list[NotedRow] = []
    new: list[NotedRow] = []
    for key, rows in groups.items():
        before = after = known.get(key, [])
        for row in rows:
            after = with_row(after, row, unresolved)
        if before:
            gone += set(before).difference(after)
            new += set(after).difference(before)
        else:
            new += after
    return Changes(gone, new)


def with_row(
    known: list[NotedRow], row: NotedRow, unresolved: set[tuple[bytes, int]]
) -> list[NotedRow]:
    """Return all rows of one key, after ``row`` was sent or got a result.

    :param known: the rows of this key that were known before.
    :param row: the noted row; its ``nth`` is ignored.
    :param unresolved: tag and ``nth`` of the rows to which this run left no result; ``row`` is
        added if it is one. An equal row that gets a result later in the same run is another row.
    """
    if not known and row.status in _SETTLED and row.code not in _TEMPORARY:
        return [row]  # the case of nearly every row
    if row.status == _SKIPPED:
        return known  # it was not sent
    tag = row.tag
    nth = _number(known, tag, unresolved) if known else 1
    if row.status not in _SETTLED:
        unresolved.add((tag, nth))
    after = []
    for one in known:
        if one.tag == tag:
            if one.nth != nth:
                after.append(one)
        elif (kept := _superseded(one, row)) is not None:
            after.append(kept)
    if row.code not in _TEMPORARY:
        after.append(row if row.nth == nth else row._replace(nth=nth))
    return after


def _number(known: list[NotedRow], tag: bytes, unresolved: set[tuple[bytes, int]]) -> int:
    """Choose which of several equal rows a note belongs to: the first one to which an earlier run
    left no result, otherwise the next number."""
    numbers = {one.nth for one in known if one.tag == tag}
    left = [
        one.nth
        for one in known
        if one.status not in _SETTLED and one.tag == tag and (tag, one.nth) not in unresolved
    ]
    return min(left) if left else next(nth for nth in count(1) if nth not in numbers)


def _superseded(one: NotedRow, by: NotedRow) -> NotedRow | None:
    """Return what is still valid of ``one`` after the row ``by`` with the same key was sent."""
    if one.tag == by.tag:
        return one
    if by.status == _DONE:
        return None
    if by.status not in _SETTLED and one.status == _DONE:
        return one._replace(status=SENT)  # the other content may have replaced it
    return one
