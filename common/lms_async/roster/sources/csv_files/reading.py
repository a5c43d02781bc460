"""State and functions that the readers of all kinds share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import attrs

from ...model import Record
from ...problems import Mode, ReadingReport, Severity
from ..tables.bundle import BundleFile
from ..tables.known import Known
from ..tables.repeats import find_repeats, rows_once
from ..tables.row import Row, RowLeftOut, RowRejected
from ..tables.text import TextFile, open_text
from .fields import FIELDS
from .settings import CsvFile, SourceSettings
from .table import CsvTable


@attrs.define
class Reading:
    """One reading of the files.

    :param files: the files that are there, by name in lower case.
    """

    settings: SourceSettings
    files: Mapping[str, BundleFile]
    report: ReadingReport
    known: Known = attrs.field(factory=Known)
    _texts: dict[str, TextFile] = attrs.field(factory=dict, init=False)
    _tables: dict[str, list[CsvTable]] = attrs.field(factory=dict, init=False)

    def tables(self, kind: str) -> Sequence[CsvTable]:
        """Open the files of a kind. Those that are open already are not opened again.

        :raises SourceRefused: a file cannot be read.
        """
        if kind not in self._tables:
            self._tables[kind] = []
            for described in self.settings.files:
                if described.kind == kind and (table := self._open(described)):
                    self._tables[kind].append(table)
        return self._tables[kind]

    def _open(self, described: CsvFile) -> CsvTable | None:
        coverage = self.report.of(described.kind)
        name = described.file.lower()
        file = self.files.get(name)
        if file is None:
            text = "the file is not there. So missing records of its kinds are not removed."
            self.report.add(Severity.WARNING, described.file, 0, "", "no_file", text)
            coverage.gaps.add("no_file")
            return None
        coverage.mode = Mode.BULK
        files = self.known.files.setdefault(described.kind, [])
        if described.file not in files:
            files.append(described.file)
        reported = name in self._texts
        if not reported:
            self._texts[name] = open_text(file, self.settings.encoding, self.report)
        shared = Counter(one.file.lower() for one in self.settings.files)[name] > 1
        return CsvTable(
            self._texts[name], described, coverage, self.report, shared=shared, reported=reported
        )

    def is_whole_list(self, kind: str) -> bool:
        """Return whether all files of a kind are there, so that a reference can be checked."""
        return bool(self.tables(kind)) and "no_file" not in self.report.of(kind).gaps


def read_rows(
    reading: Reading,
    kind: str,
    build: Callable[[CsvTable, Row], Record | None],
    *,
    rows: Callable[[CsvTable], Iterable[Row]] | None = None,
) -> Iterator[Record]:
    """Yield what ``build`` makes of each row of the files of a kind.

    :param build: returns ``None`` for a row whose record was given, and may reject a row, or leave
        it out.
    :param rows: returns the rows of a table; by default those whose records are not repeated.
    """
    tables = reading.tables(kind)
    if rows is None:
        same = FIELDS[kind].same
        repeats = find_repeats(tables, same)

        def rows(table: CsvTable) -> Iterable[Row]:
            return rows_once(table, same, repeats, quiet=table.shared)

    for table in tables:
        for row in rows(table):
            try:
                if (record := build(table, row)) is not None:
                    yield record
            except RowLeftOut:
                table.leave_out(row)
            except RowRejected as why:
                table.reject(row.line, why)
    reading.known.left_out[kind] = {of for table in tables for of in table.left_out}
