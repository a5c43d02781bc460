"""What the cells of a row mean: dates, years, words, lists, yes and no."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?", re.ASCII)
_TWO_YEARS = re.compile(r"(\d{4})\s*[-/–]\s*(\d{4}|\d\d)", re.ASCII)

_FLAGS = {
    **dict.fromkeys("true 1 yes y".split(), True),
    **dict.fromkeys("false 0 no n".split(), False),
}

ORG_TYPES = {
    word.casefold(): word for word in "department school district local state national".split()
}
TERM_TYPES = {word.casefold(): word for word in "gradingPeriod semester schoolYear term".split()}
CLASS_TYPES = {word: word for word in ("homeroom", "scheduled")}
#: Roles of people, the one first that counts if a vendor holds a single role.
ROLES_BY_RANK = (
    "systemAdministrator districtAdministrator siteAdministrator administrator principal teacher"
    " counselor aide proctor student guardian parent relative".split()
)
PERSON_ROLES = {word.casefold(): word for word in ROLES_BY_RANK}
ENROLLMENT_ROLES = {word: word for word in "student teacher administrator proctor aide".split()}
GENDERS = {
    **{word: word for word in "male female other unspecified".split()},
    "m": "male",
    "f": "female",
}


class Ambiguous(ValueError):
    """A cell can be read in several ways, or in none. The text says why, without the cell."""


def unclear_formats(cell: str) -> tuple[str, str] | None:
    """Return the two formats that a date can have whose day and month cannot be told apart."""
    found = _YEAR_LAST.fullmatch(cell)
    if found is None or found[1] == found[2] or max(int(found[1]), int(found[2])) > 12:
        return None
    mark = cell[len(found[1])]
    return mark.join(("MM", "DD", "YYYY")), mark.join(("DD", "MM", "YYYY"))


@lru_cache(maxsize=1024)  # most rows of a file have the same few dates
def read_standard_date(cell: str) -> date | None:
    """Return a date that is written as the standard says; ``None`` if the cell is not one."""
    found = _ISO.fullmatch(cell)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:  # there is no such day
        return None


@lru_cache(maxsize=1024)
def read_date(cell: str) -> tuple[date | None, bool]:
    """Return a date, and whether it is written as the standard says.

    :raises Ambiguous: it is not a date, or day and month cannot be told apart.
    """
    if not cell:
        return None, True
    if standard := read_standard_date(cell):
        return standard, True
    try:
        if found := _YEAR_FIRST.fullmatch(cell) or _COMPACT.fullmatch(cell):
            return date(*map(int, found.groups())), False
        if found := _YEAR_LAST.fullmatch(cell):
            first, second, year = map(int, found.groups())
            if first != second and max(first, second) <= 12:
                raise Ambiguous("day and month cannot be told apart. Write YYYY-MM-DD.")
            day, month = (first, second) if first > 12 else (second, first)
            return date(year, month, day), False
    except Ambiguous:
        raise
    except ValueError:  # there is no such day
        pass
    raise Ambiguous("this is not a date. Write YYYY-MM-DD.")


def read_school_year(cell: str) -> tuple[int | None, bool]:
    """Return the year in which a school year ends, and whether it is written as the standard says.

    :raises Ambiguous: it is not a year.
    """
    if not cell:
        return None, True
    if len(cell) == 4 and cell.isascii() and cell.isdigit():
        return int(cell), True
    if found := _TWO_YEARS.fullmatch(cell):
        begins, ends = int(found[1]), int(found[1][: 4 - len(found[2])] + found[2])
        if ends == begins + 1:
            return ends, False
    raise Ambiguous("this is not a school year. Write the year in which it ends, such as 2026.")


def read_flag(cell: str, *, blank: bool) -> bool:
    """Return yes or no.

    :param blank: what a blank cell means.
    :raises Ambiguous: it is neither.
    """
    if not cell:
        return blank
    found = _FLAGS.get(cell.casefold())
    if found is None:
        raise Ambiguous("this is neither true nor false.")
    return found


def read_list(cell: str) -> tuple[str, ...]:
    """Return the values between the commas of a cell, without blank ones."""
    if "," not in cell:
        return (cell,) if cell else ()
    return tuple(value for part in cell.split(",") if (value := part.strip()))
