"""Read an uploaded CSV file of people, whose columns are named like the fields of Schoology."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import attrs

from schoology_async import UserCreate

_FIELDS = attrs.fields_dict(UserCreate)
_REQUIRED = [name for name, one in _FIELDS.items() if one.default is attrs.NOTHING]
#: Long enough for any real header. A file without line breaks is not read into memory.
_MAX_HEADER = 10_000


class NotUsable(Exception):
    """The file can't be imported. The message says why, and quotes only the names of columns."""


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the people of a file. Empty cells are left out.

    :raises NotUsable: the file is not a CSV file, or has other columns.
    """
    for _, row in numbered_rows(path):
        yield row


def numbered_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the people of a file, with the numbers that a spreadsheet shows for their rows.

    :raises NotUsable: the file is not a CSV file, or has other columns.
    """
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline(_MAX_HEADER)
            if "\0" in header:
                raise NotUsable("This is not a CSV file. Save the table as CSV, and upload that.")
            file.seek(0)
            delimiter = max(",;\t", key=header.count)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            columns = _checked_columns(next(reader, []))
            for number, cells in enumerate(reader, 2):
                if not any(map(str.strip, cells)):
                    continue
                if len(cells) != len(columns):
                    raise NotUsable(
                        f"Row {number} has {len(cells)} cells, and the header has {len(columns)}. "
                        "The file may be damaged or cut off."
                    )
                if any("\0" in cell for cell in cells):
                    raise NotUsable(f"Row {number} has a NUL character. The file may be damaged.")
                yield (
                    number,
                    {name: cell for name, cell in zip(columns, cells, strict=True) if cell},
                )
    except UnicodeError:
        problem = "The file is not UTF-8 text. Save it as “CSV UTF-8”, and upload that."
    except csv.Error:
        problem = (
            f"The file is not valid CSV after row {number}: a quotation mark is missing, or the "
            "file is cut off."
        )
    else:
        return
    # Not while the error is handled, since its text may quote a person's data.
    raise NotUsable(problem)


def check(path: Path, *, max_rows: int) -> int:
    """Check a file before it is planned, and return how many people it has.

    :raises NotUsable: the file can't be imported.
    """
    places: dict[str, int] = {}
    count = 0
    for number, row in numbered_rows(path):
        count += 1
        if count > max_rows:
            raise NotUsable(f"The file has more than {max_rows:,} people. Divide the file.")
        key = row.get("school_uid")
        if key is not None and places.setdefault(key, number) != number:
            raise NotUsable(
                f"Rows {places[key]} and {number} have the same school_uid. Remove one."
            )
    if not count:
        raise NotUsable("The file has no people below its header.")
    return count


def _checked_columns(header: list[str]) -> list[str]:
    columns = [name.strip() for name in header]
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        raise NotUsable(
            f"The first row must have the names of the columns. Missing: {', '.join(missing)}."
        )
    unknown = [name[:40] or "(no name)" for name in columns if name not in _FIELDS]
    if unknown:
        raise NotUsable(
            f"Schoology has no such columns: {', '.join(unknown[:10])}. Remove or rename them."
        )
    if len(set(columns)) < len(columns):
        raise NotUsable("Two columns have the same name. Remove one of them.")
    return columns
