"""Find rows in which a spreadsheet replaced letters by ``?``.

A spreadsheet that saves a file as "CSV (ANSI)" writes ``?`` for each letter that the encoding does
not have. An import would then write "?ukasz" over the vendor's "Łukasz".
"""

from __future__ import annotations

from ...outcome import RowError
from ..kinds import Row
from ..wording import listed


def fields_with_lost_letters(wanted: Row, record: Row) -> list[str]:
    """Return the fields of a row that differ from the record only in such letters."""
    return [field for field in wanted if _has_lost_letters(wanted[field], record.get(field, ""))]


def _has_lost_letters(wanted: str, there: str) -> bool:
    if "?" not in wanted or wanted == there or len(wanted) != len(there):
        return False
    return all(
        mine == theirs or (mine == "?" and not theirs.isascii())
        for mine, theirs in zip(wanted, there, strict=True)
    )


def lost_letters(fields: list[str]) -> RowError:
    """Return why a row with these fields is not sent."""
    why = "a spreadsheet replaced letters by ?. Correct the letters, and save the file as CSV UTF-8"
    return RowError("lost_letters", f"{listed(fields)}: {why}", dict.fromkeys(fields, why))
