"""A CSV file as it really comes: any delimiter, any line end, perhaps in Windows-1252.

What is wrong with the file as a whole is said with the line it stands in, before anything is done.
"""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import attrs

from .exits import CannotStart
from .text import counted

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAVE_AS_UTF8 = 'save it as "CSV UTF-8" and try again'
_BLOCK = 1 << 20
#: How a ZIP archive begins, which is what .xlsx and .ods are.
_WORKBOOK = b"PK\x03\x04"
#: A first line by which Excel is told the separator, and which it does not show.
_SEPARATOR_LINE = re.compile(r'"?sep=([!-/:-@[-`{-~]|\t)"?\s*', re.IGNORECASE)

_LONGEST_SEPARATOR_LINE = 200


@attrs.frozen
class Table:
    """A file that can be read from its beginning as often as needed, a row at a time."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    #: What was found out about the file and is not as usual.
    notes: tuple[str, ...]
    _state: tuple[int, ...] = attrs.field(repr=False)

    @classmethod
    def open(cls, path: Path) -> Table:
        """Look at ``path`` and read its header.

        :raises CannotStart: it is no file, no text, or has no header.
        """
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is no file"
            raise CannotStart(f"{path} {what if path.exists() else 'does not exist'}")
        try:
            state = _state(path.stat())
            encoding, notes = _encoding(path)
            delimiter, header = _header(path, encoding)
        except OSError as error:
            raise _unreadable(path, error) from None
        if delimiter != ",":
            by = _DELIMITERS.get(delimiter, delimiter)
            notes += (f"the columns are separated by {by}",)
        return cls(path, encoding, delimiter, header, notes, state)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row after the header, with its number as a spreadsheet shows it: the header is row
        1, and a row counts once however many lines its cells span. Blank rows are counted and left
        out.

        :raises CannotStart: the file can't be read on, or is not what it was.
        """
        try:
            opened = self.path.open(encoding=self.encoding, newline="")
        except OSError as error:
            raise _unreadable(self.path, error) from None
        with opened as file:
            self._check_unchanged(file)
            for row, cells in _records(self.path, file, self.delimiter):
                self._check_unchanged(file)
                if row > 1 and any(cell and not cell.isspace() for cell in cells):
                    yield row, cells
            self._check_unchanged(file)  # it may be shorter now

    def _check_unchanged(self, file: IO[str]) -> None:
        """What is in the file now was not checked, and the row numbers are of what was."""
        if _state(os.fstat(file.fileno())) != self._state:
            raise CannotStart(
                f"{self.path} was changed while it was read: try again",
                "what was sent by then stands in the results, and is not sent a second time",
            )


def _separator(file: IO[str]) -> str | None:
    """What the first line names as the separator; ``None`` if it is the header, which is next."""
    named = _SEPARATOR_LINE.fullmatch(file.readline(_LONGEST_SEPARATOR_LINE))
    if named is None:
        file.seek(0)
    return named[1] if named else None


def _records(path: Path, file: IO[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        skipped = _separator(file) is not None
    except OSError as error:
        raise _unreadable(path, error) from None
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
                raise CannotStart(
                    f"{path}, row {row + 1}: a cell of more than 131,072 characters"
                ) from None
            noticed = reader.line_num + skipped
            where = f"{path}, row {row + 1} (from line {line}, noticed in line {noticed})"
            raise CannotStart(
                f"{where}: a stray or missing quote",
                'a cell with a quote in it is written "…""…", and each opening quote is closed',
            ) from None
        except OSError as error:
            raise _unreadable(path, error) from None
        row += 1
        yield row, cells


def _unreadable(path: Path, error: OSError) -> CannotStart:
    return CannotStart(f"{path} can't be read: {error.strerror}")


def _state(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _encoding(path: Path) -> tuple[str, tuple[str, ...]]:
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise CannotStart(f"{path} is UTF-16 text: {_SAVE_AS_UTF8}")
        if start == _WORKBOOK:
            raise CannotStart(f"{path} is a workbook, no CSV text: {_SAVE_AS_UTF8}")
        file.seek(0)
        try:
            for _ in codecs.iterdecode(iter(lambda: file.read(_BLOCK), b""), "utf-8"):
                pass
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8-sig", ()
    return _windows_1252(path, marked=start.startswith(codecs.BOM_UTF8))


def _windows_1252(path: Path, *, marked: bool) -> tuple[str, tuple[str, ...]]:
    """Take the file for Windows-1252 if all of it can be. A file that is UTF-8 here and not there
    would be read wrongly either way, and names would be damaged without a word."""
    utf8 = other = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                other = other or number
            else:
                if not line.isascii():
                    utf8 = utf8 or number
                continue
            try:
                line.decode("cp1252")
            except UnicodeDecodeError:
                neither = f"{path}, line {number}: neither UTF-8 nor Windows-1252 text"
                raise CannotStart(neither, _SAVE_AS_UTF8) from None
    if marked or utf8:
        raise CannotStart(
            f"{path}, line {other}: not UTF-8 text, as line {utf8 or 1} is", _SAVE_AS_UTF8
        )
    return "cp1252", (f"it is not UTF-8 text (line {other}), and is read as Windows-1252",)


def _header(path: Path, encoding: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter, and the cells of the first row, trimmed."""
    with path.open(encoding=encoding, newline="") as file:
        named = _separator(file)
        start = file.read(_BLOCK)
        delimiter = named or _delimiter(start)
        file.seek(0)
        _, cells = next(_records(path, file, delimiter), (0, []))
    header = tuple(cell.strip() for cell in cells)
    if not start.strip():
        raise CannotStart(f"{path} is empty")
    if not any(header):
        raise CannotStart(f"{path}, row 1 is blank: it must name the columns")
    if any("\0" in cell for cell in header):
        raise CannotStart(f"{path}, row 1: NUL bytes among the column names: this is no CSV text")
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


def no_rows(path: Path, header: int) -> CannotStart:
    """What to say of a file with a header and nothing below it."""
    return CannotStart(f"{path} has a header of {counted(header, 'column')} and no rows")
