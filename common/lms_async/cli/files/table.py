"""A CSV file as it really comes: any delimiter, any line end, in a known encoding.

What is wrong with the file as a whole is said with the line it stands in, before anything is done.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO

import attrs

from ..exit_codes import CommandError
from ..wording import column_name, counted
from .encodings import find_encoding
from .formats import refuse_other_formats
from .source import Source, file_source

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BLOCK = 1 << 20
#: A first line by which Excel is told the separator, and which it does not show.
_SEPARATOR_LINE = re.compile(r'"?sep=([!-/:-@[-`{-~]|\t)"?\s*', re.IGNORECASE)

_LONGEST_SEPARATOR_LINE = 200


@attrs.frozen
class Table:
    """A file that can be read from its beginning as often as needed, a row at a time."""

    source: Source
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    #: What was found out about the file and is not as usual.
    notes: tuple[str, ...]
    _state: tuple[int, ...] = attrs.field(repr=False)

    @classmethod
    def open(cls, given: Source | Path, *, encoding: str | None = None, again: str = "") -> Table:
        """Look at the input and read its header.

        :param encoding: what the user says, as :func:`~.encodings.checked_name` gives it.
        :param again: the command that was typed, for what is proposed to type.
        :raises CommandError: it is no file, no text, not in a known encoding, or has no header.
        """
        source = file_source(given) if isinstance(given, Path) else given
        try:
            with source.open() as file:
                state = _state(os.fstat(file.fileno()))
                start = file.read(_BLOCK)
            refuse_other_formats(source, start)
            found = find_encoding(source, encoding, again)
            delimiter, header = _header(source, found)
        except OSError as error:
            raise _unreadable(source, error) from None
        notes: tuple[str, ...] = ()
        if delimiter != ",":
            notes = (f"columns are separated by {_DELIMITERS.get(delimiter, delimiter)}",)
        return cls(source, found, delimiter, header, notes, state)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row after the header, with its number as a spreadsheet shows it: the header is row
        1, and a row counts once however many lines its cells span. Blank rows are counted and left
        out.

        :raises CommandError: the file can't be read on, or is not what it was.
        """
        try:
            opened = _text(self.source, self.encoding)
        except OSError as error:
            raise _unreadable(self.source, error) from None
        with opened as file:
            self._check_unchanged(file)
            for row, cells in _records(self.source, file, self.delimiter):
                self._check_unchanged(file)
                if row > 1 and any(cell and not cell.isspace() for cell in cells):
                    yield row, cells
            self._check_unchanged(file)  # it may be shorter now

    def _check_unchanged(self, file: IO[str]) -> None:
        """What is in the file now was not checked, and the row numbers are of what was."""
        if _state(os.fstat(file.fileno())) != self._state:
            raise CommandError(
                f"{self.source.name} changed while it was being read. Run the command again.",
                "Rows that were already sent are in the results file and are not sent again.",
            )


def _separator(file: IO[str]) -> str | None:
    """What the first line names as the separator; ``None`` if it is the header, which is next."""
    named = _SEPARATOR_LINE.fullmatch(file.readline(_LONGEST_SEPARATOR_LINE))
    if named is None:
        file.seek(0)
    return named[1] if named else None


def _records(source: Source, file: IO[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        skipped = _separator(file) is not None
    except OSError as error:
        raise _unreadable(source, error) from None
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    row = 0
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise CommandError(
                    f"{source.name}, row {row + 1}: a cell has more than 131,072 characters."
                ) from None
            noticed = reader.line_num + skipped
            where = (
                f"{source.name}, row {row + 1} (starts in line {line}, detected in line {noticed})"
            )
            raise CommandError(
                f"{where}: a quotation mark is missing or out of place.",
                'Write a quotation mark inside a cell as "…""…", and close every opening one.',
            ) from None
        except OSError as error:
            raise _unreadable(source, error) from None
        row += 1
        yield row, cells


def _text(source: Source, encoding: str) -> TextIO:
    return io.TextIOWrapper(source.open(), encoding=encoding, newline="")


def _unreadable(source: Source, error: OSError) -> CommandError:
    return CommandError(f"{source.name} could not be read: {error.strerror}.")


def _state(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _header(source: Source, encoding: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter, and the cells of the first row, trimmed."""
    with _text(source, encoding) as file:
        named = _separator(file)
        start = file.read(_BLOCK)
        delimiter = named or _delimiter(start)
        file.seek(0)
        _, cells = next(_records(source, file, delimiter), (0, []))
    header = tuple(map(column_name, cells))
    if not start.strip(" \t\r\n\f\v\ufeff"):
        raise CommandError(f"{source.name} is empty.")
    if any("\0" in cell for cell in cells):
        what = "the column names contain NUL bytes. This is not CSV text."
        raise CommandError(f"{source.name}, row 1: {what}")
    if not any(header):
        raise CommandError(f"{source.name}, row 1 is blank. It must contain the column names.")
    return delimiter, header


def _delimiter(start: str) -> str:
    """What stands most often between the quotes of the first row. Cells are not looked at: a list
    in a cell has more of them than the row."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for mark in start:
        if mark == '"':
            quoted = not quoted
        elif not quoted and mark in counts:
            counts[mark] += 1
        elif not quoted and mark in "\r\n":
            break
    return max(counts, key=counts.__getitem__)


def no_rows(source: Source, header: int) -> CommandError:
    """Return the error for a file with a header and no rows."""
    return CommandError(
        f"{source.name} has a header with {counted(header, 'column')}, but no rows."
    )
