"""State and functions that the readers of all files share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from ...model import Deleted, Record
from ...problems import Coverage, Mode, ReadingReport
from .bundle import BundleFile
from .columns import FileFormat
from .known import Known
from .manifest import Manifest
from .repeats import find_repeats
from .row import Row, RowRejected
from .table import Table
from .text import open_text


@attrs.define
class Reading:
    """One reading of a bundle."""

    files: Mapping[str, BundleFile]
    manifest: Manifest
    encoding: str | None
    report: ReadingReport
    known: Known = attrs.field(factory=Known)
    _tables: dict[str, Table] = attrs.field(factory=dict, init=False)

    def mode(self, form: FileFormat) -> Mode:
        """Return what the manifest says of a file, and the bundle confirms."""
        return self.manifest.modes[form.name.lower()]

    def is_whole_list(self, form: FileFormat) -> bool:
        """Return whether a file lists all records, so that a reference can be checked."""
        return self.mode(form) is Mode.BULK

    def table(self, form: FileFormat, kind: str = "") -> Table | None:
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
            coverage.doubts |= self.manifest.doubts[form.name.lower()]
        if mode is Mode.ABSENT or form.name.lower() not in self.files:
            return None
        text = open_text(self.files[form.name.lower()], self.encoding, self.report)
        table = self._tables[form.name] = Table(text, form, mode, coverage, self.report)
        return table


def read_rows(
    table: Table,
    plural: str,
    build: Callable[[Row], Record | None],
    *,
    rows: Callable[[], Iterable[Row]] | None = None,
    deleted_key: Callable[[Row], str] = lambda row: row["sourcedId"],
) -> Iterator[Record | Deleted]:
    """Yield what ``build`` makes of each row.

    :param build: returns ``None`` for a row that says nothing, and may reject a row.
    :param rows: the rows, by default those that :func:`rows_once` gives.
    """
    for row in rows_once(table) if rows is None else rows():
        try:
            if table.is_deleted(row):
                yield Deleted(plural=plural, key=deleted_key(row))
            elif (record := build(row)) is not None:
                yield record
        except RowRejected as why:
            table.reject(row.line, why)


def rows_once(table: Table) -> Iterator[Row]:
    """Yield the rows of a table, each id once.

    Of rows that are equal, the first is given. Rows that have the same id and differ are rejected,
    because nothing says which of them is right.
    """
    repeats = find_repeats(table)
    for row in table.rows():
        repeat = repeats.get(row["sourcedId"])
        if repeat is None or (repeat.equal and repeat.line == row.line):
            yield row
        elif repeat.equal:
            table.skip(
                row.line, "same_row_twice", f"the row is the same as that on line {repeat.line}."
            )
        else:
            table.reject(row.line, different(repeat.line, row.line))


def different(first: int, line: int) -> RowRejected:
    """Return why rows with the same id are rejected."""
    other = f"line {first} has" if line != first else "another line has"
    return RowRejected("sourcedId", "same_id", f"{other} the same id and other values.")
