"""State and functions that the readers of all files share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from ....date_format import DateFormat
from ...model import Deleted, Record
from ...problems import Coverage, Mode, ReadingReport
from ..tables.bundle import BundleFile
from ..tables.known import Known
from ..tables.repeats import find_repeats, rows_once
from ..tables.row import Row, RowRejected
from ..tables.text import open_text
from .columns import FileFormat
from .manifest import Manifest
from .table import OneRosterTable

#: The key of most files.
SOURCED_ID = ("sourcedId",)


@attrs.define
class Reading:
    """One reading of a bundle."""

    files: Mapping[str, BundleFile]
    manifest: Manifest
    encoding: str | None
    date_format: DateFormat | None
    bulk_files_are_complete: bool
    report: ReadingReport
    known: Known = attrs.field(factory=Known)
    _tables: dict[str, OneRosterTable] = attrs.field(factory=dict, init=False)

    def mode(self, form: FileFormat) -> Mode:
        """Return what the manifest says of a file, and the bundle confirms."""
        return self.manifest.modes[form.name.lower()]

    def is_whole_list(self, form: FileFormat) -> bool:
        """Return whether a file lists all records, so that a reference can be checked."""
        return self.mode(form) is Mode.BULK

    def table(self, form: FileFormat, kind: str = "") -> OneRosterTable | None:
        """Open a file, or return the one that is open already; ``None`` if it is absent.

        :param kind: the kind of record whose coverage the file decides, ``""`` for none.
        :raises SourceRefused: the file cannot be read.
        """
        if form.name in self._tables:
            return self._tables[form.name]
        mode = self.mode(form)
        coverage = self.report.of(kind) if kind else Coverage()
        if kind:
            coverage.mode = mode
            coverage.gaps |= self.manifest.gaps[form.name.lower()]
        if mode is Mode.ABSENT or form.name.lower() not in self.files:
            return None
        if kind:
            self.known.files[kind] = [form.file]
        text = open_text(self.files[form.name.lower()], self.encoding, self.report)
        table = self._tables[form.name] = OneRosterTable(
            text,
            form,
            mode,
            coverage,
            self.report,
            self.date_format,
            complete=self.bulk_files_are_complete,
        )
        return table


def read_rows(
    table: OneRosterTable,
    plural: str,
    build: Callable[[Row], Record | None],
    *,
    rows: Callable[[], Iterable[Row]] | None = None,
    deleted_key: Callable[[Row], str] = lambda row: row["sourcedId"],
) -> Iterator[Record | Deleted]:
    """Yield what ``build`` makes of each row.

    :param build: returns ``None`` for a row that says nothing, and may reject a row.
    :param rows: the rows, by default those that :func:`each_once` gives.
    """
    for row in each_once(table) if rows is None else rows():
        try:
            if table.is_deleted(row):
                yield Deleted(plural=plural, key=deleted_key(row))
            elif (record := build(row)) is not None:
                yield record
        except RowRejected as why:
            table.reject(row.line, why)


def each_once(table: OneRosterTable) -> Iterator[Row]:
    """Yield the rows of a table, each id once; see :func:`~..tables.repeats.rows_once`."""
    return rows_once(table, SOURCED_ID, find_repeats((table,), SOURCED_ID))
