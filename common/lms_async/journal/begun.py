"""Read a journal that perhaps no run has begun yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from ..errors import JournalMissing
from .entries import EarlierResult, JournalSummary
from .store import JournalStore, LeasedJournal, StoredJournal, Wording


@attrs.frozen
class PerhapsBegun:
    """A :class:`~lms_async.journal.store.JournalStore` that reads a missing journal as empty."""

    store: JournalStore

    @property
    def wording(self) -> Wording:
        """How error messages name the journal."""
        return self.store.wording

    async def open(self, *, wait: float, restart: bool) -> LeasedJournal:
        """Open the journal for one run."""
        return await self.store.open(wait=wait, restart=restart)

    async def read(self) -> StoredJournal:
        """Open the journal for reading; an empty one if there is none."""
        try:
            return await self.store.read()
        except JournalMissing:
            return _Empty()


class _Empty:
    """A journal without rows. See :class:`~lms_async.journal.store.StoredJournal`."""

    key = bytes(32)  # nothing is compared with hashes that this key makes

    async def other(self, about: dict[str, str]) -> str | None:
        """Return ``None``, because no import has begun."""
        return None

    async def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Return ``None`` for each row."""
        return [None] * len(tags)

    async def summarize(self) -> JournalSummary:
        """Return a summary without rows."""
        return JournalSummary(Counter(), "", 0.0, 0.0)

    async def close(self) -> None:
        """Do nothing."""
