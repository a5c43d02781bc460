"""The rows of one file of the standard: find its columns, and which records were deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ....date_format import DateFormat
from ...problems import Coverage, Mode, ReadingReport
from ..tables.cells import read_standard_date, unclear_formats
from ..tables.layout import Layout
from ..tables.row import Row
from ..tables.table import Table, read_header
from ..tables.text import TextFile
from .columns import FileFormat, Header, find_columns

_YEAR_FIRST = re.compile(r"\d{4}", re.ASCII)


class OneRosterTable(Table):
    """One file of a bundle.

    :param mode: whether it is whole, or lists changes.
    :param coverage: counts its rows.
    :param date_format: how dates are written that are not written as YYYY-MM-DD; ``None`` if
        the school did not say.
    :param complete: the school said that a bulk file lists all records, whatever its columns are.
    :raises SourceRefused: a column is missing without which no row can be read.
    """

    def __init__(
        self,
        text: TextFile,
        form: FileFormat,
        mode: Mode,
        coverage: Coverage,
        report: ReadingReport,
        date_format: DateFormat | None,
        *,
        complete: bool,
    ) -> None:
        self.mode = mode
        self._complete = complete
        self._format = date_format
        line, cells = read_header(text, report)
        header = find_columns(cells, form)
        id_field = form.key if form.key == "sourcedId" else ""
        layout = Layout(
            positions=header.positions,
            key=(form.key,),
            id_field=id_field,
            not_compared=("dateLastModified",),
            shown=form.shown,
        )
        super().__init__(text, cells, layout, coverage, report)
        self._judge_header(form, line, cells, header)

    def _judge_header(self, form: FileFormat, line: int, cells: list[str], header: Header) -> None:
        for column in (form.key, *form.needs):
            if column in header.missing:
                text = "the file has no such column, and no row can be read without this column."
                raise self._report.refuse(self.name, line, column, "no_column", text)
        if header.repeated:
            text = "the file has this column more than once."
            raise self._report.refuse(self.name, line, header.repeated[0], "column_twice", text)
        optional = {"status", "dateLastModified", *form.optional}
        for column in header.missing:
            if column not in optional:
                self.warn(line, column, "no_column", "the file has no such column.")
        for position in header.unknown:
            # A file without a header has no column for the key, and is refused above. So this is a
            # name, and not a value of a person.
            text = "the standard does not have this column, so it is not read."
            self.warn(line, cells[position].strip(), "unknown_column", text)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be taken apart, and report and count all others."""
        if self.mode is not Mode.BULK or self._complete:
            yield from super().rows()
            return
        for row in super().rows():
            if row["status"] or row["dateLastModified"]:
                self._note_delta_values(row)
            yield row

    def _note_delta_values(self, row: Row) -> None:
        if "delta_values" not in self.coverage.gaps:
            column = "status" if row["status"] else "dateLastModified"
            text = (
                "a bulk file must not fill this column. So missing records are not removed. If the "
                "file lists all records, say so in the mapping, below [source]: "
                "bulk_files_are_complete = true."
            )
            row.warn(column, "delta_values", text)
            self.coverage.gaps.add("delta_values")

    def date(self, row: Row, column: str) -> date | None:
        """Return a date, ``None`` for a blank cell. A time behind the date is not read.

        :raises RowRejected: it is not a date, or day and month cannot be told apart.
        """
        cell = row[column]
        if not cell:
            return None
        if found := read_standard_date(cell):
            return found
        if _YEAR_FIRST.match(cell):
            return row.date(column)
        if self._format:
            found = self._format.read(cell) or self._format.read(cell.split()[0])
            if found is None:
                text = f"this is not a date that is written as {self._format.text}."
                row.reject(column, "date", text)
            return found
        if formats := unclear_formats(cell):
            one, other = formats
            text = (
                f"the date could be {one} or {other}. Look at the dates of this column, and say "
                f'which it is in the mapping, below [source]: date_format = "{one}" or '
                f'date_format = "{other}".'
            )
            row.reject(column, "date", text)
        return row.date(column)

    def is_deleted(self, row: Row) -> bool:
        """Return whether the row says that its record was deleted.

        :raises RowRejected: the status is unknown.
        """
        status = row["status"]
        if not status or status == "active":
            return False
        word = status.casefold()
        if word == "active":
            return False
        if word != "tobedeleted":
            row.reject("status", "unknown_status", "the status is not active or tobedeleted.")
        if self.mode is Mode.BULK:
            row.warn("status", "deleted_in_bulk", "a bulk file should not have deleted records.")
        return True
