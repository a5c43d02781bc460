"""Read dates in a format that the user writes as ``MM/DD/YYYY``, and recognize formats."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...date_format import DateFormat, parse_date_format
from ..exit_codes import CommandError
from ..wording import quoted

#: The formats that every target accepts as they are.
_ACCEPTED = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?|\d\d\.\d\d\.\d{4}", re.ASCII)


def read_date_format(given: str, where: str = "--date-format") -> DateFormat:
    """Read the value of ``--date-format``.

    :param where: what the error names: the option, or the key of a mapping file.
    :raises CommandError: it is not a format.
    """
    try:
        return parse_date_format(given)
    except ValueError as why:
        raise CommandError(f"{where} {quoted(given)}: {why}") from None


#: The formats that are recognized.
_COMMON = tuple(
    read_date_format(text)
    for text in (
        "MM/DD/YYYY",
        "DD/MM/YYYY",
        "YYYY/MM/DD",
        "MM-DD-YYYY",
        "DD-MM-YYYY",
        "DD.MM.YYYY",
        "YYYYMMDD",
        "DD Mon YYYY",
        "DD-Mon-YYYY",
        "Mon DD, YYYY",
    )
)


class DateColumn:
    """Finds out how a column writes its dates.

    Cells that are no date in any known format are not counted. The check of the row rejects them.
    """

    def __init__(self) -> None:
        #: How many cells have a format that every target accepts, and how many another one.
        self.accepted = self.others = 0
        #: The formats that fit every one of the others.
        self.formats: tuple[str, ...] = tuple(one.text for one in _COMMON)
        #: The first row whose cell has another format, and the first that excludes all formats.
        self.first_row = self.mixed_row = 0

    def add(self, row: int, cell: str) -> None:
        """Look at a cell that is not empty."""
        if _ACCEPTED.fullmatch(cell):
            self.accepted += 1
            return
        fits = _fitting(cell, _COMMON)
        if not fits:
            return
        self.others += 1
        self.first_row = self.first_row or row
        remaining = tuple(text for text in self.formats if text in fits)
        if not remaining and not self.mixed_row:
            self.mixed_row = row
        self.formats = remaining


def _fitting(cell: str, formats: Collection[DateFormat]) -> set[str]:
    return {one.text for one in formats if one.to_iso(cell) is not None}
