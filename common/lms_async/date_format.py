"""Dates in a format that a user writes as ``MM/DD/YYYY``."""

from __future__ import annotations

import re
from datetime import date

import attrs

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


@attrs.frozen
class DateFormat:
    """A format of dates, such as ``MM/DD/YYYY``."""

    text: str
    _pattern: re.Pattern[str] = attrs.field(repr=False)

    def read(self, cell: str) -> date | None:
        """Return the date, or ``None`` if ``cell`` is not a date in this format."""
        found = self._pattern.fullmatch(cell)
        if found is None:
            return None
        parts = found.groupdict()
        month = int(parts["month"]) if "month" in parts else _month(parts["name"])
        try:
            return date(int(parts["year"]), month, int(parts["day"]))
        except ValueError:  # there is no such day
            return None

    def to_iso(self, cell: str) -> str | None:
        """Return the date as YYYY-MM-DD, or ``None`` if ``cell`` is not a date in this format."""
        found = self.read(cell)
        return found.isoformat() if found else None


def parse_date_format(given: str) -> DateFormat:
    """Read a format, such as ``MM/DD/YYYY``.

    :raises ValueError: it is not a format. The text says why.
    """
    text = given.strip()
    tokens = list(_TOKENS.finditer(text))
    parts = [_part_of(found[0]) for found in tokens]
    if any(found[0] in {"YY", "yy"} for found in tokens):
        raise ValueError(
            "A year with two digits could be in either century. Export the dates with four digits, "
            "and write YYYY."
        )
    if sorted(parts) not in (["day", "month", "year"], ["day", "name", "year"]):
        raise ValueError(f"This is not a date format. {_HINT}")
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
