"""Read the rows of a file, and check each row as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from ....records.ids import fault_of_id
from ...model import KEY_SEPARATOR
from ...problems import Coverage, Mode, ReadingReport, Severity
from .layout import Layout
from .row import Row, RowRejected
from .text import TextFile

#: Control characters other than tabs and line breaks, and halves of characters. A wrong encoding
#: leaves them behind.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
#: Replaces a letter that was lost in a conversion.
_LOST_LETTER = "\ufffd"
#: If fewer ids than this share are shorter than the others, they may have lost zeros.
_FEW = 0.15


def read_header(text: TextFile, report: ReadingReport) -> tuple[int, list[str]]:
    """Return the line and the cells of the first row that is not blank."""
    return next(
        ((line, cells) for line, cells in text.rows(report) if not _is_blank(cells)), (1, [])
    )


class Table:
    """The rows of one file.

    :param text: the file.
    :param header: the cells of its header.
    :param layout: where the fields are.
    :param coverage: counts the rows.
    :param reported: whether another table of this file reports which rows are ragged or damaged.
    """

    def __init__(
        self,
        text: TextFile,
        header: Sequence[str],
        layout: Layout,
        coverage: Coverage,
        report: ReadingReport,
        *,
        reported: bool = False,
    ) -> None:
        self.layout = layout
        self.coverage = coverage
        self.name = text.file.name
        self._text = text
        self._report = report
        self._reported = reported
        # Each row gets one more cell, a blank one, which fields without a column show.
        self._width = len(header)
        self._fields = tuple(layout.positions)
        places = [self._width if at is None else at for at in layout.positions.values()]
        self._places = dict(zip(self._fields, places, strict=True))
        self._pick = itemgetter(*places)
        self._nameless = tuple(place for place, cell in enumerate(header) if not cell.strip())
        self._where = [(place, frozenset(words)) for place, words in layout.where.items()]

    def warn(self, line: int, column: str, code: str, text: str) -> None:
        """Report something that does not keep a row from being read."""
        self._report.add(Severity.WARNING, self.name, line, column, code, text)

    def _warn_of_row(self, line: int, field: str, code: str, text: str) -> None:
        self.warn(line, self.layout.name(field), code, text)

    def accept(self, line: int, code: str, text: str) -> None:
        """Report something that is read as it was meant, such as a row that repeats another."""
        self._report.add(Severity.ACCEPTED, self.name, line, "", code, text)

    def has(self, field: str) -> bool:
        """Return whether the file has a field."""
        return self.layout.positions[field] is not None

    def reject(self, line: int, why: RowRejected, coverage: Coverage | None = None) -> None:
        """Report and count what is not read.

        :param coverage: the kind that it counts for, by default that of the file.
        """
        coverage = coverage or self.coverage
        coverage.rejected += 1
        coverage.orphans += why.orphan
        column = self.layout.name(why.column)
        self._report.add(Severity.REJECTED, self.name, line, column, why.code, why.text)

    def scan(
        self, fields: Sequence[str] = (), wanted: Callable[[str], bool] | None = None
    ) -> Iterator[Row]:
        """Yield rows, and report nothing.

        :param wanted: tells from what :meth:`keys` yields for ``fields`` whether to yield the row;
            by default, all rows are yielded.
        """
        key_of = self._joins(fields)
        for line, cells in self._fitted():
            if wanted is None or wanted(key_of(cells)):
                yield self._row(line, cells)

    def keys(self, fields: Sequence[str]) -> Iterator[str]:
        """Yield the cells of these fields, joined to one text, and report nothing.

        A row in which all of them are blank yields nothing.
        """
        key_of = self._joins(fields)
        for _, cells in self._fitted():
            if key := key_of(cells):
                yield key

    def _joins(self, fields: Sequence[str]) -> Callable[[list[str]], str]:
        """Return a function that joins the cells of a row of full width."""
        constants, places, width = self.layout.constants, self._places, self._width
        if len(fields) == 1 and fields[0] not in constants:
            place = places[fields[0]]
            return lambda cells: cells[place].strip() if place < width else ""
        parts = [(constants.get(field, ""), places[field]) for field in fields]

        def join(cells: list[str]) -> str:
            values = [
                cells[place].strip() if place < width else constant for constant, place in parts
            ]
            return KEY_SEPARATOR.join(values) if any(values) else ""

        return join

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be taken apart, and report and count all others."""
        id_field = self.layout.id_field
        ids = _IdWidths()
        count = left_out = without_key = 0
        for line, cells in self._lines():
            try:
                self._check(line, cells)
            except RowRejected as why:
                count += 1
                self.coverage.rows += 1
                self._reject_whole(line, why)
                continue
            if not self._selects(cells):
                left_out += 1
                continue
            row = self._row(line, cells)
            missing = next((field for field in self.layout.key if not row[field]), "")
            if missing and self.layout.may_lack_key:
                without_key += 1
                continue
            count += 1
            self.coverage.rows += 1
            if missing:
                text = "the cell is blank, so the record cannot be identified."
                self.reject(line, RowRejected(missing, "blank", text))
                continue
            if id_field:
                ids.add(row[id_field])
                if fault := fault_of_id(row[id_field]):
                    text = f"the id {fault}. Export the file again without a spreadsheet."
                    row.warn(id_field, "damaged_id", text)
            yield row
        self._report_rows_not_read(left_out, without_key)
        if not count:
            text = "no row of this file is read. So no record of this kind is removed."
            self.warn(0, "", "no_rows", text)
            if self.coverage.mode is Mode.BULK:
                self.coverage.doubts.add("no_rows")
        if ids.may_lack_zeros():
            text = "some ids are shorter than the others. A spreadsheet may have removed zeros."
            self.warn(0, self.layout.name(id_field), "lost_zeros", text)

    def _report_rows_not_read(self, left_out: int, without_key: int) -> None:
        if left_out:
            text = f"rows that the mapping leaves out: {left_out:,}."
            self.accept(0, "left_out", text)
        if without_key:
            names = " or ".join(map(self.layout.name, self.layout.key))
            text = f"rows without {names}, so that no record is read from them: {without_key:,}."
            self.accept(0, "without_key", text)

    def _reject_whole(self, line: int, why: RowRejected) -> None:
        """Reject a row that is damaged for every kind that is read from the file."""
        if self._reported:
            self.coverage.rejected += 1
        else:
            self.reject(line, why)

    def _fitted(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are selected, brought to the width of the header."""
        for line, cells in self._lines():
            if len(cells) != self._width:
                self._fit(cells)
            if not self._where or self._selects(cells):
                yield line, cells

    def _selects(self, cells: list[str]) -> bool:
        return all(cells[place].strip().casefold() in words for place, words in self._where)

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
        values = dict(zip(self._fields, map(str.strip, self._pick(cells)), strict=True))
        if self.layout.constants:
            values.update(self.layout.constants)
        return Row(line, values, self._warn_of_row)

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
            if not self._reported:
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
