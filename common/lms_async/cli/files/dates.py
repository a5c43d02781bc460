"""Read dates in a format that the user writes as ``MM/DD/YYYY``, and recognize formats."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import attrs

from ..exit_codes import CommandError
from ..wording import quoted

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_FULL_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_PARTS = {
    "YYYY": "year",
    "MM": "month",
    "M": "month",
    "Mon": "name",
    "DD": "day",
    "D": "day",
}
_TOKENS = re.compile(r"YYYY|Mon|MM?|DD?|[A-Za-z]+")
_HINT = "Use YYYY, MM, DD and Mon (Jan), for example MM/DD/YYYY, DD/MM/YYYY or DD Mon YYYY."
#: The formats that every target accepts as they are.
_ACCEPTED = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?|\d\d\.\d\d\.\d{4}", re.ASCII)


@attrs.frozen
class DateFormat:
    """A format of dates, such as ``MM/DD/YYYY``."""

    text: str
    _pattern: re.Pattern[str] = attrs.field(repr=False)

    def to_iso(self, cell: str) -> str | None:
        """Return the date as YYYY-MM-DD, or ``None`` if ``cell`` is not a date in this format."""
        found = self._pattern.fullmatch(cell)
        if found is None:
            return None
        parts = found.groupdict()
        month = int(parts["month"]) if "month" in parts else _month(parts["name"])
        try:
            return date(int(parts["year"]), month, int(parts["day"])).isoformat()
        except ValueError:  # there is no such day
            return None


def read_date_format(given: str, where: str = "--date-format") -> DateFormat:
    """Read the value of ``--date-format``.

    :param where: what the error names: the option, or the key of a mapping file.
    :raises CommandError: it is not a format.
    """
    text = given.strip()
    tokens = list(_TOKENS.finditer(text))
    parts = [_part_of(found[0]) for found in tokens]
    if any(found[0] in {"YY", "yy"} for found in tokens):
        raise CommandError(
            f"{where} {quoted(given)}: A year with two digits could be in either century. Export "
            "the dates with four digits, and write YYYY."
        )
    if sorted(parts) not in (["day", "month", "year"], ["day", "name", "year"]):
        raise CommandError(f"{where} {quoted(given)} is not a date format. {_HINT}")
    pattern = ""
    end = 0
    for place, (found, part) in enumerate(zip(tokens, parts, strict=True)):
        pattern += re.escape(text[end : found.start()])
        end = found.end()
        # Digits that touch other digits have their full number. Elsewhere, Excel drops zeros.
        touches = (place > 0 and tokens[place - 1].end() == found.start()) or (
            place + 1 < len(tokens) and tokens[place + 1].start() == end
        )
        short = r"\d{2}" if touches else r"\d{1,2}"
        digits = {"year": r"\d{4}", "name": r"[A-Za-z]{3,9}"}.get(part, short)
        pattern += f"(?P<{part}>{digits})"
    return DateFormat(text, re.compile(pattern + re.escape(text[end:]), re.ASCII))


def _part_of(letters: str) -> str:
    return _PARTS.get(letters, "")


def _month(name: str) -> int:
    """Return the number of a month by its English name, or 0."""
    low = name.casefold()
    known = _FULL_MONTHS if len(low) > 3 else _MONTHS
    return known.index(low) + 1 if low in known else 0


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
