"""The outcomes that are known without sending: those in a journal, and those of our own check."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Hashable, Iterable
from typing import TypeVar

from ..journal.entries import EarlierResult
from ..journal.journal import SAME, JournalReader
from ..outcome import Outcome, RowError, Status
from .admission import Admission
from .chunks import Checked, chunks
from .endpoint import BulkEndpoint
from .rows import Rows
from .status import EARLIER, NOT_SENT, SENT_BEFORE

R = TypeVar("R")


async def noted(
    items: Iterable[R] | AsyncIterable[R],
    endpoint: BulkEndpoint[R],
    journal: JournalReader,
    *,
    first: int,
) -> AsyncGenerator[Outcome[R], None]:
    """Yield the outcome of each row in input order, without sending anything.

    :param first: the index of the first row.
    """
    admission: Admission[R] = Admission(endpoint, journaled=True)

    async def check(first: int, block: list[R]) -> Checked[R]:
        rows, outcomes = admission.check(first, block)
        known = await journal.recall(rows)
        for index, item, key, one in zip(rows.indices, rows.items, rows.keys, known, strict=True):
            outcomes.append(earlier_outcome(index, item, key, one))
        admission.release(rows.keys)
        return Rows([], [], [], []), sorted(outcomes, key=lambda outcome: outcome.index)

    async for chunk in chunks(items, endpoint, check, first=first):
        for outcome in chunk.known:
            yield outcome


async def refused(
    items: Iterable[R] | AsyncIterable[R], endpoint: BulkEndpoint[R], *, first: int
) -> AsyncGenerator[Outcome[R], None]:
    """Yield the outcome of each row that would be rejected without being sent.

    :param first: the index of the first row.
    """
    admission: Admission[R] = Admission(endpoint)

    async def check(first: int, block: list[R]) -> Checked[R]:
        _, outcomes = admission.check(first, block)
        return Rows([], [], [], []), outcomes

    async for chunk in chunks(items, endpoint, check, first=first):
        for outcome in chunk.known:
            yield outcome


def earlier_outcome(
    index: int, item: R, key: Hashable | None, result: EarlierResult | None
) -> Outcome[R]:
    """Return the outcome of a row according to its journal.

    :param index: the row's position in the input.
    :param key: the key by which the vendor's response names the row.
    :param result: what the journal has about the row.
    """
    if result is None:
        return Outcome(index, item, Status.SKIPPED, None, NOT_SENT)
    if result.status is None:
        status, unknown = SENT_BEFORE
        return Outcome(index, item, status, None, unknown)
    id_ = str(key) if result.id == SAME else result.id
    message, fields = result.reason or (EARLIER, {})
    error = None if result.code is None else RowError(result.code, message, fields)
    return Outcome(index, item, result.status, id_, error, earlier=result.at)
