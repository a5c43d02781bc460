"""The rules of a journal: which row a note belongs to, which results still hold, and what the next
run does with a row. They are functions of values, so that every store keeps the same rules.

A row is identified by its tag: keyed hashes of its key and of its content (``tags.py``). Rows with
equal tags are numbered in the order of the input, from 1 (``nth``). The vendor's record of a key
has the content that was sent last. So a row that is done holds until other content of its key is
sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

import orjson

from ..outcome import Status
from .entries import TAG, WHOSE, EarlierResult

#: The status of a row that was sent and has no result. ``unknown`` rows are treated alike.
SENT = "sent"
_DONE, _REJECTED, _SKIPPED = (one.value for one in (Status.DONE, Status.REJECTED, Status.SKIPPED))
_SETTLED = (_DONE, _REJECTED)
#: Codes of refusals whose reason will have passed by the next run.
_TEMPORARY = ("429",)


class NotedRow(NamedTuple):
    """What a journal knows of one row, and what a store keeps of it. ``at`` is in seconds since
    1970, ``reason`` is JSON."""

    tag: bytes
    nth: int
    status: str
    id: str | None
    code: str | None
    at: float
    reason: str | None


def key_range(tag: bytes) -> tuple[bytes, bytes]:
    """The lowest and the highest tag with the key of ``tag``, both inclusive."""
    whose = tag[:WHOSE]
    return whose, whose + b"\xff" * TAG


def earlier_result(row: NotedRow, *, is_outdated: bool) -> EarlierResult:
    """Say what an earlier run found out about a row of the input.

    :param row: what is noted of it.
    :param is_outdated: whether this run sends other content of its key before it.
    :returns: a result without status if the row has to be sent, or looked up.
    """
    if row.status not in _SETTLED or (is_outdated and row.status == _DONE):
        return EarlierResult(None)
    reason = None if row.reason is None else orjson.loads(row.reason)
    return EarlierResult(Status(row.status), row.id, row.code, reason, row.at)


def tags_to_retry(rows: Iterable[tuple[bytes, str]]) -> list[bytes]:
    """Choose the rejected rows that are to be forgotten, and so sent again.

    A tag of which another row is not rejected is left alone: that one was done, or may have been,
    and is what the vendor would reject the others for.

    :param rows: tag and status of every row.
    """
    statuses: defaultdict[bytes, set[str]] = defaultdict(set)
    for tag, status in rows:
        statuses[tag].add(status)
    return [tag for tag, known in statuses.items() if known == {_REJECTED}]


def read_notes(notes: Iterable[tuple[float, bytes, bytes]]) -> Iterator[NotedRow]:
    """Take the notes of a run apart into rows that ended, or were sent, in that order. Their
    ``nth`` is 1 until :func:`with_row` finds it.

    :param notes: time, chunks and tags of each note, in the order they were written.
    :raises LookupError, TypeError, ValueError: they were not written by this package.
    """
    under_way: dict[int, tuple[float, bytes]] = {}
    for at, chunks, tags in notes:
        begin = 0
        for chunk, noted in orjson.loads(chunks):
            if isinstance(noted, int):  # the chunk is sent: the size of its tags
                if noted % TAG or not 0 < noted <= len(tags) - begin:
                    raise ValueError("tags of no whole rows")
                under_way[chunk] = (at, tags[begin : begin + noted])
                begin += noted
            elif chunk in under_way:  # the chunk has ended: the results of its rows
                _, sent = under_way.pop(chunk)
                if len(noted) * TAG != len(sent):
                    raise ValueError("not as many results as rows")
                for place, result in enumerate(noted):
                    yield _noted_row(sent[place * TAG : (place + 1) * TAG], result, at)
        if begin != len(tags):
            raise ValueError("tags of no chunk")
    for at, tags in under_way.values():
        for begin in range(0, len(tags), TAG):
            yield NotedRow(tags[begin : begin + TAG], 1, SENT, None, None, at, None)


def _noted_row(tag: bytes, result: Any, at: float) -> NotedRow:
    if isinstance(result, str):  # the id alone
        return NotedRow(tag, 1, _DONE, result, None, at, None)
    status, id_, code, *reason = result
    kept = orjson.dumps(reason[0]).decode() if reason else None
    return NotedRow(tag, 1, status, id_, code, at, kept)


def by_key(rows: Iterable[NotedRow]) -> dict[bytes, list[NotedRow]]:
    """Group ``rows`` by the part of their tags that tells the key, in their order."""
    groups: defaultdict[bytes, list[NotedRow]] = defaultdict(list)
    for row in rows:
        groups[row.tag[:WHOSE]].append(row)
    return groups


def with_row(
    known: list[NotedRow], row: NotedRow, doubted: set[tuple[bytes, int]]
) -> list[NotedRow]:
    """Give all rows of one key, after ``row`` ended or was sent.

    :param known: all rows of this key that are known so far.
    :param row: its ``nth`` is not looked at.
    :param doubted: tag and number of the rows that the same run has left without a result; ``row``
        is added if it is one. An equal row that ends later in that run is another row.
    """
    if not known and row.status in _SETTLED and row.code not in _TEMPORARY:
        return [row]  # nearly every row
    if row.status == _SKIPPED:
        return known  # it was not sent after all
    tag = row.tag
    nth = _number(known, tag, doubted) if known else 1
    if row.status not in _SETTLED:
        doubted.add((tag, nth))
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


def _number(known: list[NotedRow], tag: bytes, doubted: set[tuple[bytes, int]]) -> int:
    """Choose which of several equal rows a note belongs to: the first one that an earlier run left
    without a result, else the next one."""
    numbers = {one.nth for one in known if one.tag == tag}
    left = [
        one.nth
        for one in known
        if one.status not in _SETTLED and one.tag == tag and (tag, one.nth) not in doubted
    ]
    return min(left) if left else next(nth for nth in count(1) if nth not in numbers)


def _superseded(one: NotedRow, by: NotedRow) -> NotedRow | None:
    """What is still known of ``one`` after other content of its key was sent."""
    if one.tag == by.tag:
        return one
    if by.status == _DONE:
        return None
    if by.status not in _SETTLED and one.status == _DONE:
        return one._replace(status=SENT)  # it holds no longer if the other content arrived
    return one
