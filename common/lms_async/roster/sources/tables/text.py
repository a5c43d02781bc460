"""Read a CSV file as text: its encoding, delimiter, and rows with their line numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

import attrs

from ....csv_text import (
    DELIMITERS,
    first_undecodable_line,
    likely_delimiter,
    marked_encoding,
    unmarked_encoding,
)
from ....errors import InvalidInput
from ...problems import ReadingReport, Severity, SourceRefused
from .bundle import BundleFile


@attrs.frozen
class TextFile:
    """A CSV file whose encoding and delimiter are known."""

    file: BundleFile
    encoding: str
    delimiter: str

    def rows(self, report: ReadingReport) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row starts, and its cells. Blank rows are left out.

        :raises SourceRefused: the file is damaged.
        """
        line = 1
        try:
            with self.file.opened(report) as binary:
                text = io.TextIOWrapper(binary, encoding=self.encoding, newline="")
                reader = csv.reader(text, delimiter=self.delimiter, strict=True)
                for cells in reader:
                    # Most rows have a value in the first cell.
                    if (cells and cells[0].strip()) or any(map(str.strip, cells)):
                        yield line, cells
                    line = reader.line_num + 1
        except csv.Error as error:
            why = "a quotation mark is missing or out of place"
            if "field limit" in str(error):
                why = "a cell has more than 131,072 characters"
            what = f"{why}. Correct the file, or export it again."
            raise report.refuse(self.file.name, line, "", "not_csv", what) from None
        except UnicodeError:  # the encoding was checked
            what = "the file changed while it was read. Read it again."
            raise report.refuse(self.file.name, line, "", "changed", what) from None


def open_text(file: BundleFile, encoding: str | None, report: ReadingReport) -> TextFile:
    """Find the encoding and the delimiter of a file.

    :param encoding: the encoding of files that are not UTF-8 and have no byte-order mark. It is
        never guessed: many encodings fit, and each yields other names.
    :raises SourceRefused: the file is empty, or its encoding is not known.
    """
    found = _encoding(file, encoding, report)
    with file.opened(report) as binary:
        text = io.TextIOWrapper(binary, encoding=found, newline="")
        first = next((line for line in text if line.strip()), "")
    if not first:
        raise report.refuse(file.name, 0, "", "empty", "the file is empty, without column names.")
    delimiter = likely_delimiter(first)
    if delimiter != ",":
        note = f"columns are separated by {DELIMITERS[delimiter]}, not by commas."
        report.add(Severity.ACCEPTED, file.name, 1, "", "delimiter", note)
    return TextFile(file, found, delimiter)


def checked_encoding(given: str) -> str:
    """Return Python's name of an encoding.

    :raises InvalidInput: Python has no encoding of text of this name.
    """
    try:
        found = codecs.lookup(given)
    except (LookupError, ValueError):
        found = None
    if found is None or not found._is_text_encoding:
        raise InvalidInput("encoding is not the name of an encoding of text, such as cp1252")
    return found.name


def _encoding(file: BundleFile, given: str | None, report: ReadingReport) -> str:
    with file.opened(report) as binary:
        start = binary.read(256)
    if marked := marked_encoding(start):
        shown = marked.removesuffix("-sig").upper()
        text = f"the file starts with the byte-order mark of {shown}."
        report.add(Severity.ACCEPTED, file.name, 1, "", "byte_order_mark", text)
        return _checked(file, marked, report)
    wide = unmarked_encoding(start)
    if wide and given is None:
        raise _not_text(file, 1, "this looks like UTF-16 or UTF-32 text", report, likely=wide)
    line = None if wide else _undecodable(file, "utf-8", report)
    if line is None and not wide:
        return "utf-8"
    if given is None:
        raise _not_text(file, line or 1, "this is not UTF-8 text", report)
    text = f"the file is not UTF-8 text. It is read as {given}."
    report.add(Severity.WARNING, file.name, line or 1, "", "encoding", text)
    return _checked(file, given, report)


def _checked(file: BundleFile, encoding: str, report: ReadingReport) -> str:
    """Return the encoding if the whole file can be decoded."""
    if line := _undecodable(file, encoding, report):
        raise _not_text(file, line, f"some bytes are not {encoding} text", report)
    return encoding


def _undecodable(file: BundleFile, encoding: str, report: ReadingReport) -> int | None:
    with file.opened(report) as binary:
        return first_undecodable_line(binary, encoding)


def _not_text(
    file: BundleFile, line: int, why: str, report: ReadingReport, likely: str = "cp1252"
) -> SourceRefused:
    hint = (
        "Save the file as UTF-8, or write its encoding in the mapping, below [source], for example "
        f'encoding = "{likely}".'
    )
    return report.refuse(file.name, line, "", "not_text", f"{why}. {hint}")
