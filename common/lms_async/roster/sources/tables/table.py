"""Read the rows of a file, and check each row as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from ....records.ids import fault_of_id
from ...model import KEY_SEPARATOR
from ...problems import Coverage, Mode, ReadingReport, Severity
from .layout import Layout
from .lost_zeros import IdWidths
from .row import Row, RowRejected
from .text import TextFile

#: Control characters other than tabs and line breaks, and halves of characters. A wrong encoding
#: leaves them behind.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
#: Replaces a letter that was lost in a conversion.
_LOST_LETTER = "\ufffd"


def read_header(text: TextFile, report: ReadingReport) -> tuple[int, list[str]]:
    """Return the line and the cells of the first row that is not blank."""
    return next(text.rows(report), (1, []))


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
        #: The ids of the records that the mapping leaves out, when the rows were read.
        self.left_out: set[str] = set()
        self._refer_to_left_out = 0
        self._text = text
        self._report = report
        self._reported = reported
        # Each row gets one more cell, a blank one, which fields without a column show, and then the
        # values that are the same in all rows.
        self._width = len(header)
        self._tail = ["", *layout.constants.values()]
        constants = {field: at for at, field in enumerate(layout.constants, self._width + 1)}
        self._places = {
            field: constants.get(field, self._width) if at is None else at
            for field, at in layout.positions.items()
        }
        self._fields = tuple(self._places)
        self._pick = itemgetter(*self._places.values())
        self._nameless = tuple(place for place, cell in enumerate(header) if not cell.strip())
        # The cells of the key, if a row without a key has no record of this kind.
        needed = layout.key if layout.may_lack_key else ()
        self._needed = tuple(self._places[field] for field in needed)
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

    def leave_out(self, row: Row) -> None:
        """Count a row that refers to a record that the mapping leaves out."""
        self.coverage.rows -= 1
        self._refer_to_left_out += 1
        if self.layout.id_field:
            self.left_out.add(row[self.layout.id_field])

    def scan(self) -> Iterator[Row]:
        """Yield all rows, and report nothing."""
        for line, cells in self._fitted():
            yield self._row(line, cells)

    def keys(self, fields: Sequence[str]) -> Iterator[str]:
        """Yield the cells of these fields, joined to one text, and report nothing.

        A row in which all of them are blank yields nothing.
        """
        join = self._joins(fields)
        for _, cells in self._fitted():
            if key := join(cells):
                yield key

    def contents(
        self, fields: Sequence[str], wanted: Callable[[str], bool], apart: Sequence[str] = ()
    ) -> Iterator[tuple[int, str, tuple[str, ...], tuple[str, ...]]]:
        """Yield line, key, content and some cells of rows, and report nothing.

        :param fields: the fields of the key, which is joined as :meth:`keys` does.
        :param wanted: tells from the key whether to yield the row.
        :param apart: the fields whose cells are yielded, and are no part of the content.
        """
        join = self._joins(fields)
        content = [self._places[field] for field in self.compared(apart)]
        rest = [self._places[field] for field in apart]
        for line, cells in self._fitted():
            key = join(cells)
            if wanted(key):
                values = tuple(cells[place].strip() for place in content)
                yield line, key, values, tuple(cells[place].strip() for place in rest)

    def compared(self, apart: Sequence[str] = ()) -> list[str]:
        """Return the fields of the content of a row.

        :param apart: fields that are no part of it.
        """
        without = {*apart, *self.layout.not_compared}
        return [field for field in self._places if field not in without]

    def _joins(self, fields: Sequence[str]) -> Callable[[list[str]], str]:
        """Return a function that joins the cells of a row that :meth:`_fitted` yields."""
        places = [self._places[field] for field in fields]
        if len(places) == 1:
            place = places[0]
            return lambda cells: cells[place].strip()
        pick = itemgetter(*places)

        def join(cells: list[str]) -> str:
            joined = KEY_SEPARATOR.join(map(str.strip, pick(cells)))
            return joined if joined.strip(KEY_SEPARATOR) else ""

        return join

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be taken apart, and report and count all others."""
        id_field, key = self.layout.id_field, self.layout.key
        ids = IdWidths()
        count = left_out = without_key = 0
        for line, cells in self._lines():
            try:
                self._check(line, cells)
            except RowRejected as why:
                count += 1
                self.coverage.rows += 1
                self._reject_whole(line, why)
                continue
            if self._where and not self._selects(cells):
                left_out += 1
                if id_field:
                    cells += self._tail
                    self.left_out.add(cells[self._places[id_field]].strip())
                continue
            cells += self._tail
            row = self._row(line, cells)
            missing = "" if all(map(row.get, key)) else next(of for of in key if not row[of])
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
            text = f"no {self.layout.kind} are read from this file. So none are removed."
            self.warn(0, "", "no_rows", text)
            if self.coverage.mode is Mode.BULK:
                self.coverage.gaps.add("no_rows")
        if ids.may_lack_zeros():
            text = "some ids are shorter than the others. A spreadsheet may have removed zeros."
            self.warn(0, self.layout.name(id_field), "lost_zeros", text)

    def _report_rows_not_read(self, left_out: int, without_key: int) -> None:
        if left_out:
            text = f"rows that the mapping leaves out of {self.layout.kind}: {left_out:,}."
            self.accept(0, "left_out", text)
        if self._refer_to_left_out:
            text = (
                f"rows of {self.layout.kind} that refer to records that the mapping leaves out: "
                f"{self._refer_to_left_out:,}. They are left out, too."
            )
            self.accept(0, "refers_to_left_out", text)
        if without_key:
            names = " or ".join(map(self.layout.name, self.layout.key))
            kind = self.layout.kind
            text = f"{without_key:,} rows have no {names}, so no {kind} are read from them."
            self.accept(0, "without_key", text)

    def _reject_whole(self, line: int, why: RowRejected) -> None:
        """Reject a row that is damaged for every kind that is read from the file."""
        if self._reported:
            self.coverage.rejected += 1
        else:
            self.reject(line, why)

    def _fitted(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows from which a record is read, with a cell for each field."""
        for line, cells in self._lines():
            if len(cells) != self._width:
                self._fit(cells)
            if self._where and not self._selects(cells):
                continue
            cells += self._tail
            if self._needed and not all(cells[place].strip() for place in self._needed):
                continue
            yield line, cells

    def _selects(self, cells: list[str]) -> bool:
        return all(cells[place].strip().casefold() in words for place, words in self._where)

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Return the rows after the header that are not blank."""
        rows = self._text.rows(self._report)
        next(rows, None)
        return rows

    def _row(self, line: int, cells: list[str]) -> Row:
        values = map(str.strip, self._pick(cells))
        return Row(line, zip(self._fields, values, strict=True), self._warn_of_row)

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
        if self._nameless and any(cells[place].strip() for place in self._nameless):
            raise RowRejected(
                "", "surplus_cells", "the row has a value in a column without a name."
            )
        whole = "".join(cells)
        if _LOST_LETTER in whole or (not whole.isprintable() and _DAMAGE.search(whole)):
            raise RowRejected("", "damaged", "the row has a control character or a lost letter.")
