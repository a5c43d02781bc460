"""Show what a roster command is doing, as one line on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TextIO

import attrs

from ...bulk.bulk import Bulk
from ...events import Event, ResponseReceived
from ...roster import Change, Deleted, ReadingReport, Record, Source
from ..listing.progress import shown_on
from ..wording import counted


@attrs.define
class RosterProgress:
    """Counts what a roster command has read and changed.

    :param vendor: the vendor's name.
    :param changes: how many changes are to be made; 0 if the command makes none.
    """

    vendor: str
    changes: int = 0
    _records: int = attrs.field(default=0, init=False)
    _responses: int = attrs.field(default=0, init=False)
    _bulks: list[Bulk[Change]] = attrs.field(factory=list, init=False)

    @property
    def text(self) -> str:
        """The state as one line."""
        responses = f"{counted(self._responses, 'response')} from {self.vendor}"
        if self._bulks:
            finished = sum(bulk.report.counts.total() for bulk in self._bulks)
            return f"Applying: {finished:,} of {counted(self.changes, 'change')}, {responses}"
        if self._records:
            return f"Reading: {counted(self._records, 'record')} of the source, {responses}"
        return f"Reading: {responses}"

    @property
    def has_begun(self) -> bool:
        """Whether a change may have been sent."""
        return bool(self._bulks)

    def shown_on(self, err: TextIO) -> AbstractAsyncContextManager[None]:
        """Show the state on a terminal, until the end of the context. Logs need no progress."""
        return shown_on(err, self) if err.isatty() else nullcontext()

    def notice(self, event: Event) -> None:
        """Count one of the client's events."""
        self._responses += isinstance(event, ResponseReceived)

    def begin(self, bulk: Bulk[Change]) -> None:
        """Count the outcomes of ``bulk`` too."""
        self._bulks.append(bulk)

    def counting(self, source: Source) -> Source:
        """Return ``source``, whose records are counted when they are read."""
        return _Counting(source, self)

    def add_record(self) -> None:
        """Count a record of the source."""
        self._records += 1


@attrs.frozen
class _Counting:
    _source: Source
    _progress: RosterProgress

    def read(self, report: ReadingReport) -> Iterator[Record | Deleted]:
        for record in self._source.read(report):
            self._progress.add_record()
            yield record
