"""What the user asked ``lms import`` to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import attrs

from ...bulk.guard import Guard
from ...events import Listener
from ...journal.entries import JournalSummary
from ...journal.journal import Journal
from ...outcome import Status
from .. import journals
from ..credentials import Environment
from ..files.source import is_stream, name_of, need_results
from ..kinds import Kind, KindOptions
from ..mapping.field_mapping import FieldMapping
from ..reporting.results import default_results_path
from ..target import Target


@attrs.frozen(kw_only=True)
class ImportRequest:
    """The input, the target, the kind of record and the options of one import."""

    path: Path
    target: Target
    kind: Kind
    environment: Environment | Mapping[str, str] = attrs.field(repr=False)
    options: KindOptions = attrs.field(factory=KindOptions)
    #: How columns become fields.
    mapping: FieldMapping = attrs.field(factory=FieldMapping)
    #: The results file; ``None`` puts it beside the input.
    results: Path | None = None
    dry_run: bool = False
    #: Send ids even if they look like an error value of a spreadsheet.
    allow_odd_ids: bool = False
    #: The rate limit: requests, seconds. ``None`` keeps the target's own.
    limit: tuple[int, float] | None = None
    #: Ignore what the journal of an earlier run says.
    restart: bool = False
    #: Send rows again that the vendor rejected in an earlier run.
    retry_rejected: bool = False
    #: How many records the import may remove; ``None`` takes a safe share.
    max_removals: Guard | None = None
    #: Whether removals were confirmed with ``--yes``.
    yes: bool = False
    #: Asks the person at the terminal a question. ``None`` if nobody is there.
    confirm: Callable[[str], bool] | None = None
    #: The shell command that continues this import.
    again: str = ""
    #: Called with each of the client's events, beside the reporter.
    listeners: Collection[Listener] = ()

    @property
    def results_path(self) -> Path:
        """The results file. Its name contains the kind, except for the target's first kind.

        So one file can be imported as several kinds, each with its own results and journal.

        :raises CommandError: the input is a stream, and no results file is given.
        """
        if self.results is not None:
            return self.results
        if is_stream(self.path):
            raise need_results(self.path)
        is_first = self.kind.name == self.target.kinds[0].name
        return default_results_path(self.path, "" if is_first else self.kind.name)

    def make_journal(self) -> Journal:
        """Return the journal of this import, not yet open."""
        return Journal(
            journals.journal_path(self.results_path),
            name_of(self.path),
            restart=self.restart,
            retry_rejected=self.retry_rejected,
            keep_reasons=True,  # the results file contains them too
        )

    def has_journal(self) -> bool:
        """Return whether there is a journal of this import."""
        if self.results is None and is_stream(self.path):
            return False
        return journals.journal_path(self.results_path).exists()

    def earlier_run(self) -> JournalSummary | None:
        """What the journal says about an earlier run; ``None`` without one, or if it is ignored.

        :raises CommandError: the journal cannot be opened.
        """
        if self.restart or not self.has_journal():
            return None
        summary = journals.read_summary(journals.journal_path(self.results_path))
        if self.retry_rejected:
            del summary.counts[Status.REJECTED]
        return summary if summary.counts else None
