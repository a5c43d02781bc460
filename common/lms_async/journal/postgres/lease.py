"""A journal that is open, for one run or for reading."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice

import attrs

from ...errors import JournalFailed, JournalUnusable
from ...uncut import to_the_end
from .. import matching
from ..entries import (
    KEY_HASH,
    EarlierResult,
    Ended,
    JournalSummary,
    Sent,
    first_difference,
)
from ..matching import NotedRow
from .session import TIMEOUT, Session, opening, running
from .tables import Tables

#: How many noted rows are converted at a time. The event loop is blocked for a millisecond each.
_BATCH = 250


class _Stored:
    """What both kinds of open journals have."""

    def __init__(self, session: Session, tables: Tables, name: str, key: bytes) -> None:
        self.key = key
        self._session = session
        self._tables = tables
        self._name = name
        self._recall = matching.Recall()

    async def other(self, about: dict[str, str]) -> str | None:
        """Return the first name in ``about`` for which the journal has another value."""
        with opening(self._name):
            return first_difference(await self._tables.about(), about)

    async def close(self) -> None:
        """End the session, and the lease with it."""
        await self._session.end()

    async def _noted(self) -> AsyncIterator[dict[bytes, list[NotedRow]]]:
        """Yield the rows of all notes by key, several at a time.

        :raises JournalUnusable: the notes are damaged.
        """
        reader = matching.NoteReader()
        try:
            async for notes in self._tables.notes():
                rows = reader.read(notes)
                while batch := list(islice(rows, _BATCH)):
                    yield matching.by_key(batch)
            rows = reader.unanswered()
            while batch := list(islice(rows, _BATCH)):
                yield matching.by_key(batch)
        except (LookupError, TypeError, ValueError):  # the notes were not written by a journal
            raise JournalUnusable(
                f"the journal {self._name} is damaged",
                hint="restore it from a backup, or start over with restart, which sends all rows "
                "again",
            ) from None


class PostgresJournal(_Stored):
    """A journal that is open for one run.

    See :class:`~lms_async.journal.store.LeasedJournal` for the methods.

    :param lease: the number of this lease. A write under a lease that is not the latest fails.
    """

    def __init__(
        self, session: Session, tables: Tables, name: str, key: bytes, *, lease: int
    ) -> None:
        super().__init__(session, tables, name, key)
        self._lease = lease
        self.has_rows = False

    async def convert_notes(self) -> None:
        """Convert the notes of the last run to rows that can be found by their tags."""
        unresolved: set[tuple[bytes, int]] = set()
        async with self._session.connection.transaction():
            async for groups in self._noted():
                known = await self._tables.rows_of(groups)
                await self._tables.apply(matching.changes(groups, known, unresolved))
            await self._tables.delete_notes()
        self.has_rows = await self._tables.has_rows()

    async def begin(self, about: dict[str, str]) -> None:
        """Begin or continue the import that ``about`` describes."""
        with running(self._name):
            known = await self._tables.about()
            await self._tables.set_about({"begun": time.time(), **known, **about})

    async def forget_rejected(self) -> None:
        """Delete the rows that were rejected."""

        async def forget() -> None:
            async with asyncio.timeout(TIMEOUT), self._session.connection.transaction():
                await self._tables.forget_rejected()

        with running(self._name):
            await to_the_end(forget())

    async def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Return what was noted about each row, in one round trip."""
        known: dict[bytes, list[NotedRow]] = {}

        async def find() -> None:
            async with asyncio.timeout(TIMEOUT):
                known.update(await self._tables.rows_of(tag[:KEY_HASH] for tag in tags))

        with running(self._name):
            # If this is cancelled, the statement is not: PostgreSQL could receive its cancellation
            # late and cancel the next note instead.
            await to_the_end(find())
        return self._recall.of(tags, known)

    async def write(self, entries: Iterable[Sent | Ended]) -> None:
        """Write all ``entries`` or none, in one round trip."""
        note = matching.note_of(entries)
        with running(self._name):
            async with asyncio.timeout(TIMEOUT):
                is_ours = await self._tables.add_note(note, lease=self._lease)
        if not is_ours:
            raise JournalFailed(
                f"the journal {self._name} is now used by another import, because this one lost "
                "its lease",
                hint="rows that could not be noted were not sent; the other import sends them",
            )

    async def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used."""
        with opening(self._name):
            return await self._tables.summarize()


class PostgresReader(_Stored):
    """A journal that is open for reading, as it was at one moment.

    It keeps the rows of the run that goes on in memory, about 0.4 KB each.
    """

    def __init__(self, session: Session, tables: Tables, name: str, key: bytes) -> None:
        super().__init__(session, tables, name, key)
        # The rows of keys that the notes have changed.
        self._changed: dict[bytes, list[NotedRow]] = {}
        self._counts: Counter[str] = Counter()
        # Whether earlier runs noted any row.
        self._has_rows = False

    async def read_notes(self) -> None:
        """Read what the run that goes on has noted."""
        self._has_rows = await self._tables.has_rows()
        unresolved: set[tuple[bytes, int]] = set()
        async for groups in self._noted():
            known = await self._rows_of(groups)
            gone, new = matching.changes(groups, known, unresolved)
            self._counts.subtract(row.status for row in gone)
            self._counts.update(row.status for row in new)
            removed, added = set(gone), matching.by_key(new)
            for key in groups:
                kept = [row for row in known.get(key, []) if row not in removed]
                self._changed[key] = kept + added.get(key, [])

    async def _rows_of(self, keys: Iterable[bytes]) -> dict[bytes, list[NotedRow]]:
        wanted = set(keys)
        unchanged = wanted - self._changed.keys() if self._has_rows else set()
        known = await self._tables.rows_of(unchanged)
        return known | {key: self._changed[key] for key in wanted & self._changed.keys()}

    async def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Return what was noted about each row."""
        with running(self._name):
            async with asyncio.timeout(TIMEOUT):
                known = await self._rows_of(tag[:KEY_HASH] for tag in tags)
        return self._recall.of(tags, known)

    async def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used."""
        with opening(self._name):
            summary = await self._tables.summarize()
        changed = [row.at for rows in self._changed.values() for row in rows]
        counts = Counter(summary.counts)
        counts.update(self._counts)
        return attrs.evolve(summary, counts=+counts, written=max(summary.written, *changed, 0.0))
