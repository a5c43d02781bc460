"""What a store of journals must do. ``file_store.py`` and ``postgres`` implement it.

A store keeps notes and finds rows by their tags. Which row a note belongs to, and which results are
still valid, is decided by ``matching.py`` for every store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import attrs

from .entries import EarlierResult, Ended, JournalSummary, Sent


@attrs.frozen
class Wording:
    """How error messages name a journal.

    ``journal`` and ``key`` name the journal and its key, ``right_key`` says how to use the right
    key, and ``another`` how to use another journal.
    """

    journal: str
    key: str
    right_key: str
    another: str


class StoredJournal(Protocol):
    """A journal that is open for reading."""

    @property
    def key(self) -> bytes:
        """The key of the journal's hashes. It must not be stored with the rows."""

    async def other(self, about: dict[str, str]) -> str | None:
        """Compare the import that ``about`` describes with that of the journal.

        :returns: the first name whose value differs; ``None`` if all are equal.
        :raises JournalUnusable: the journal can't be read.
        """

    async def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Return what was noted about each row. Over all calls, rows are given in input order.

        :param tags: 24 bytes per row, see :class:`~lms_async.journal.tags.Tags`.
        :returns: a result without a status for a row that was sent without a response.
        :raises JournalFailed: the journal can't be read any more.
        """

    async def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used.

        :raises JournalUnusable: the journal can't be read.
        """

    async def close(self) -> None:
        """Close the journal. It does not raise if the store is unreachable."""


class LeasedJournal(StoredJournal, Protocol):
    """A journal that is open for one run. Until it is closed, nobody else can write it.

    The lease must end if the process or its connection ends. If it is lost, :meth:`write` fails.
    """

    @property
    def has_rows(self) -> bool:
        """Whether earlier runs noted any row."""

    async def begin(self, about: dict[str, str]) -> None:
        """Begin or continue the import that ``about`` describes.

        :raises JournalFailed: it can't be written.
        """

    async def forget_rejected(self) -> None:
        """Delete the rows that were rejected, see
        :func:`~lms_async.journal.matching.tags_to_retry`.

        :raises JournalFailed: the journal can't be written any more.
        """

    async def write(self, entries: Iterable[Sent | Ended]) -> None:
        """Write all ``entries`` or none. They survive a crash when this returns.

        :raises JournalFailed: they could not be written, or it is not known.
        """


class JournalStore(Protocol):
    """A place for the journal of one bulk.

    Pass your own implementation to :class:`~lms_async.journal.journal.Journal`. Methods must not
    block the event loop, and errors must not contain secrets or data of rows.
    """

    @property
    def wording(self) -> Wording:
        """How error messages name the journal."""

    async def open(self, *, wait: float, restart: bool) -> LeasedJournal:
        """Open the journal for one run, and create it if it does not exist.

        :param wait: how many seconds to wait while another run uses it.
        :param restart: whether to delete its contents first.
        :raises JournalUnusable: it is in use, or can't be opened; the message says why.
        """

    async def read(self) -> StoredJournal:
        """Open the journal for reading.

        A store may refuse this while a run uses the journal, as the file does.

        :raises JournalMissing: no run has begun it.
        :raises JournalUnusable: it can't be read now; the message says why.
        """


#: Returns the store of the journal with this name, e.g. ``PostgresStore(url, name, key=key)``.
Stores = Callable[[str], JournalStore]
