"""Read a CSV file with any delimiter and line ending, in a known encoding."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TextIO

import attrs

from ...csv_text import DELIMITERS, likely_delimiter
from ..exit_codes import CommandError
from ..wording import column_name, counted
from .encodings import find_encoding
from .formats import refuse_other_formats
from .source import Source, file_source

_BLOCK = 1 << 20
#: A first line that tells Excel the separator. Excel does not show it.
_SEPARATOR_LINE = re.compile(r'"?sep=([!-/:-@[-`{-~]|\t)"?\s*', re.IGNORECASE)

_LONGEST_SEPARATOR_LINE = 200


@attrs.frozen
class Table:
    """An open CSV file that can be read several times, row by row."""

    source: Source
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    #: Notes for the user, for example about an unusual delimiter.
    notes: tuple[str, ...]
    _state: tuple[int, ...] = attrs.field(repr=False)
    #: Restores the text of a cell that this command wrote; ``None`` for other files.
    restore_cell: Callable[[str], str] | None = None

    @classmethod
    def open(cls, given: Source | Path, *, encoding: str | None = None, again: str = "") -> Table:
        """Read the header of the input.

        :param encoding: the user's encoding, as :func:`~.encodings.checked_name` returns it.
        :param again: the user's command, to print it again with ``--encoding``.
        :raises CommandError: the input is not a text file, has no known encoding, or has no header.
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
            notes = (f"columns are separated by {DELIMITERS.get(delimiter, delimiter)}",)
        return cls(source, found, delimiter, header, notes, state)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and cells of each row after the header.

        Numbers are those of a spreadsheet: the header is row 1, and a row counts once however many
        lines it spans. Blank rows are counted and not yielded.

        :raises CommandError: the file cannot be read, or has changed.
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
                    restore = self.restore_cell
                    yield row, cells if restore is None else list(map(restore, cells))
            self._check_unchanged(file)  # it may have become shorter

    def _check_unchanged(self, file: IO[str]) -> None:
        """Make sure that the file is still the one whose rows were checked."""
        if _state(os.fstat(file.fileno())) != self._state:
            raise CommandError(
                f"{self.source.name} changed while it was being read. Run the command again.",
                "The results file lists the rows that were already sent. They are not sent again.",
            )


def _separator(file: IO[str]) -> str | None:
    """Return the separator if the first line names one. Otherwise go back to the start."""
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
                "Close every quotation mark. Inside a cell, write each quotation mark twice: "
                '"Dwayne ""The Rock"" Johnson".',
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
    """Return the delimiter and the trimmed cells of the first row."""
    with _text(source, encoding) as file:
        named = _separator(file)
        start = file.read(_BLOCK)
        delimiter = named or likely_delimiter(start)
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


def no_rows(source: Source, header: int) -> CommandError:
    """Return the error for a file with a header and no rows."""
    return CommandError(
        f"{source.name} has a header with {counted(header, 'column')}, but no rows."
    )
