"""A file whose rows were checked, before its import or dry run."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..files.columns import Columns
from ..files.rows import CheckedRows, InputRow, read_rows
from ..files.table import Table
from ..kinds import Listing
from ..reporting.progress import Change
from .comparison import Comparison
from .references import Translation
from .request import ImportRequest


@attrs.frozen
class Prepared:
    """The rows of a file, checked as far as that is possible.

    :param checked: the rows that can be sent, and the errors of the others.
    :param translation: replaces names by the vendor's ids; ``None`` if the file has no names.
    :param comparison: what each valid row changes; ``None`` if that was not asked for.
    :param exported: the listing whose columns the file has, if ``lms list`` wrote it.
    """

    request: ImportRequest = attrs.field(repr=False)
    table: Table
    columns: Columns
    checked: CheckedRows
    translation: Translation | None = None
    comparison: Comparison | None = None
    exported: Listing | None = None

    def rows(self) -> list[InputRow]:
        """Return the valid rows with the vendor's ids."""
        return [row for row in self.read() if row.number not in self.checked.rejected]

    def rows_to_send(self) -> list[InputRow]:
        """Return the valid rows without those that are known to change nothing."""
        changes = {} if self.comparison is None else self.comparison.changes
        return [row for row in self.rows() if changes.get(row.number) is not Change.UNCHANGED]

    def read(self) -> Iterator[InputRow]:
        """Read all rows of the file, valid or not."""
        return read_rows(self.table, self.columns, self.request.kind.key, self.translation)
