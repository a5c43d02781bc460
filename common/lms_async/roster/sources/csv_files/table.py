"""The rows of one CSV file, for one kind of record: find the columns, and read dates."""

from __future__ import annotations

import re
from datetime import date

from ....date_format import parse_date_format
from ...problems import Coverage, ReadingReport
from ..tables.cells import Ambiguous, read_date, read_standard_date, unclear_formats
from ..tables.layout import Layout, normalized
from ..tables.row import Row
from ..tables.table import Table, read_header
from ..tables.text import TextFile
from .fields import FIELDS
from .settings import CsvFile

_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class CsvTable(Table):
    """One CSV file.

    :param described: what the school says of it.
    :param shared: whether other kinds are read from the same file.
    :param reported: see :class:`~..tables.table.Table`.
    :raises SourceRefused: a column is missing.
    """

    def __init__(
        self,
        text: TextFile,
        described: CsvFile,
        coverage: Coverage,
        report: ReadingReport,
        *,
        shared: bool,
        reported: bool,
    ) -> None:
        self.described = described
        self.shared = shared
        self._format = described.date_format and parse_date_format(described.date_format)
        line, header = read_header(text, report)
        found: dict[str, list[int]] = {}
        for position, cell in enumerate(header):
            found.setdefault(normalized(cell), []).append(position)
        for column in (*described.columns.values(), *described.where):
            positions = found.get(normalized(column), [])
            if len(positions) == 1:
                continue
            code, what = "no_column", "the file does not have it"
            if positions:
                code, what = "column_twice", "the file has it more than once"
            why = f"the mapping names this column, and {what}. Correct the mapping, or the file."
            raise report.refuse(text.file.name, line, column, code, why)
        places = {field: found[normalized(name)][0] for field, name in described.columns.items()}
        fields = FIELDS[described.kind]
        layout = Layout(
            positions={field: places.get(field) for field in fields.names},
            kind=described.kind,
            key=fields.key,
            id_field=fields.id_field,
            constants=described.constants,
            names=described.columns,
            where={
                found[normalized(column)][0]: {word.strip().casefold() for word in words}
                for column, words in described.where.items()
            },
            may_lack_key=shared,
            shown=fields.shown,
            can_be_left_out=[name for name in described.columns if name not in fields.required],
        )
        super().__init__(text, header, layout, coverage, report, reported=reported)

    def date(self, row: Row, field: str) -> date | None:
        """Return a date, ``None`` for a blank cell.

        :raises RowRejected: it is not a date.
        :raises SourceRefused: day and month can be told apart only if the school says how. All
            other dates of the file may be misread, so this does not concern one row.
        """
        cell = row[field]
        if not cell:
            return None
        if found := read_standard_date(cell):
            return found
        if _ISO.fullmatch(cell):
            return row.date(field)
        if self._format:
            found = self._format.read(cell)
            if found is None:
                text = f"this is not a date that is written as {self._format.text}."
                row.reject(field, "date", text)
            return found
        if formats := unclear_formats(cell):
            one, other = formats
            text = (
                f"the date could be {one} or {other}. Look at the dates of this column, and say "
                f'which it is in the mapping: date_format = "{one}" or date_format = "{other}".'
            )
            column = self.layout.name(field)
            raise self._report.refuse(self.name, row.line, column, "unclear_date", text)
        try:
            read_date(cell)
        except Ambiguous:
            text = (
                "this is not a date that is written as YYYY-MM-DD. If the file writes all dates "
                'like this, say so in the mapping, such as date_format = "DD Mon YYYY".'
            )
            row.reject(field, "date", text)
        return row.date(field)
