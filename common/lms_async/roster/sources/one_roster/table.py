"""Read the rows of one file of a bundle: find its columns, and check each row as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from operator import itemgetter

from ....records.ids import fault_of_id
from ...problems import Coverage, Mode, ReadingReport, Severity
from .columns import FileFormat, Header, read_header
from .row import Row, RowRejected
from .text import TextFile

#: Control characters other than tabs and line breaks, and halves of characters. A wrong encoding
#: leaves them behind.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
#: Replaces a letter that was lost in a conversion.
_LOST_LETTER = "\ufffd"
#: If fewer ids than this share are shorter than the others, they may have lost zeros.
_FEW = 0.15


class Table:
    """One file of a bundle.

    :param mode: whether it is whole, or lists changes.
    :param coverage: counts its rows.
    :raises SourceRefused: a column is missing without which no row can be read.
    """

    def __init__(
        self,
        text: TextFile,
        form: FileFormat,
        mode: Mode,
        coverage: Coverage,
        report: ReadingReport,
    ) -> None:
        self.form = form
        self.mode = mode
        self.coverage = coverage
        self.name = text.file.name
        self._text = text
        self._report = report
        header_line, cells = next(
            ((line, cells) for line, cells in text.rows(report) if not _is_blank(cells)), (1, [])
        )
        header = read_header(cells, form)
        self._judge_header(header_line, header)
        self._missing = header.missing
        # Each row gets one more cell, a blank one, which the missing columns show.
        self._width = len(cells)
        places = [self._width if place is None else place for place in header.positions]
        self._places = dict(zip(form.columns, places, strict=True))
        self._pick = itemgetter(*places)
        self._nameless = tuple(place for place, cell in enumerate(cells) if not cell.strip())

    def _judge_header(self, header_line: int, header: Header) -> None:
        for column in (self.form.key, *self.form.needs):
            if column in header.missing:
                text = "the file has no such column, without which no row can be read."
                raise self._report.refuse(self.name, header_line, column, "no_column", text)
        if header.repeated:
            text = "the file has this column more than once."
            raise self._report.refuse(
                self.name, header_line, header.repeated[0], "column_twice", text
            )
        optional = {"status", "dateLastModified", *self.form.optional}
        for column in header.missing:
            if column not in optional:
                self.warn(header_line, column, "no_column", "the file has no such column.")
        for position in header.unknown:
            # The name is not shown: in a file without a header it is a value of a person.
            text = f"column {position + 1} is not of the standard and is not read."
            self.warn(header_line, "", "unknown_column", text)

    def warn(self, line: int, column: str, code: str, text: str) -> None:
        """Report something that does not keep a row from being read."""
        self._report.add(Severity.WARNING, self.name, line, column, code, text)

    def has(self, column: str) -> bool:
        """Return whether the file has a column."""
        return column not in self._missing

    def reject(self, line: int, why: RowRejected, coverage: Coverage | None = None) -> None:
        """Report and count what is not read.

        :param coverage: the kind that it counts for, by default that of the file.
        """
        coverage = coverage or self.coverage
        coverage.rejected += 1
        coverage.orphans += why.orphan
        self._report.add(Severity.REJECTED, self.name, line, why.column, why.code, why.text)

    def skip(self, line: int, code: str, text: str) -> None:
        """Report a row that repeats an earlier one."""
        self._report.add(Severity.ACCEPTED, self.name, line, "", code, text)

    def scan(self, column: str = "", wanted: Callable[[str], bool] | None = None) -> Iterator[Row]:
        """Yield rows, and report nothing.

        :param wanted: tells from the cell in ``column`` whether to yield the row; by default, all
            rows are yielded.
        """
        place = self._places[column] if column else 0
        for line, cells in self._lines():
            if len(cells) != self._width:
                self._fit(cells)
            if wanted is None or (place < self._width and wanted(cells[place].strip())):
                yield self._row(line, cells)

    def cells(self, column: str) -> Iterator[str]:
        """Yield the cells of a column that are not blank, and report nothing."""
        place = self._places[column]
        for _, cells in self._lines():
            if place < len(cells) and (cell := cells[place].strip()):
                yield cell

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be taken apart, and report and count all others."""
        judge_ids = self.form.key == "sourcedId"
        ids = _IdWidths()
        for line, cells in self._lines():
            self.coverage.rows += 1
            try:
                self._check(line, cells)
                row = self._row(line, cells)
                if not row[self.form.key]:
                    text = "the cell is blank, so the record cannot be identified."
                    row.reject(self.form.key, "blank", text)
            except RowRejected as why:
                self.reject(line, why)
                continue
            if judge_ids:
                ids.add(row["sourcedId"])
                if fault := fault_of_id(row["sourcedId"]):
                    text = f"the id {fault}. Export the file again without a spreadsheet."
                    row.warn("sourcedId", "damaged_id", text)
            if self.mode is Mode.BULK and (row["status"] or row["dateLastModified"]):
                self._note_delta_values(row)
            yield row
        if not self.coverage.rows:
            text = "the file has column names and no rows. So no record of it is removed."
            self.warn(0, "", "no_rows", text)
        if ids.may_lack_zeros():
            text = "some ids are shorter than the others. A spreadsheet may have removed zeros."
            self.warn(0, "sourcedId", "lost_zeros", text)

    def _note_delta_values(self, row: Row) -> None:
        if "delta_values" not in self.coverage.doubts:
            column = "status" if row["status"] else "dateLastModified"
            text = "a bulk file must not fill this column. So missing records are not removed."
            row.warn(column, "delta_values", text)
            self.coverage.doubts.add("delta_values")

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

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows after the header that are not blank."""
        rows = self._text.rows(self._report)
        for _, cells in rows:
            if not _is_blank(cells):
                break
        for line, cells in rows:
            if not _is_blank(cells):
                yield line, cells

    def _row(self, line: int, cells: list[str]) -> Row:
        cells.append("")
        values = dict(zip(self.form.columns, map(str.strip, self._pick(cells)), strict=True))
        return Row(line, values, self.warn)

    def _fit(self, cells: list[str]) -> None:
        del cells[self._width :]
        cells.extend([""] * (self._width - len(cells)))

    def _check(self, line: int, cells: list[str]) -> None:
        """Bring the row to the width of the header.

        :raises RowRejected: it has content where it should have none, or is damaged.
        """
        if len(cells) != self._width:
            if any(cell.strip() for cell in cells[self._width :]):
                text = f"the row has more than the {self._width} cells of the header."
                raise RowRejected("", "surplus_cells", text)
            text = f"the row has {len(cells)} cells, but the header has {self._width}."
            self.warn(line, "", "ragged", text)
            self._fit(cells)
        if any(cells[place].strip() for place in self._nameless):
            raise RowRejected(
                "", "surplus_cells", "the row has a value in a column without a name."
            )
        whole = "".join(cells)
        if _LOST_LETTER in whole or (not whole.isprintable() and _DAMAGE.search(whole)):
            raise RowRejected("", "damaged", "the row has a control character or a lost letter.")


def _is_blank(cells: list[str]) -> bool:
    return not any(map(str.strip, cells))


class _IdWidths:
    """Notices ids that may have lost zeros in a spreadsheet: a few are shorter than the rest."""

    def __init__(self) -> None:
        self._widths: Counter[int] = Counter()
        self._has_zeros = False

    def add(self, of: str) -> None:
        if of.isascii() and of.isdigit():
            self._widths[len(of)] += 1
            self._has_zeros = self._has_zeros or of[0] == "0"

    def may_lack_zeros(self) -> bool:
        if self._has_zeros or len(self._widths) < 2:
            return False
        common, number = self._widths.most_common(1)[0]
        shorter = self._widths.total() - number
        return common == max(self._widths) > 3 and shorter <= _FEW * self._widths.total()
