"""Read a CSV file as text: its encoding, delimiter, and rows with their line numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

import attrs

from ...problems import ReadingReport, Severity, SourceRefused
from .bundle import BundleFile

_BLOCK = 1 << 16
#: Byte-order marks, longest first, and the encoding that reads past each.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DELIMITERS = ",;\t|"


@attrs.frozen
class TextFile:
    """A CSV file whose encoding and delimiter are known."""

    file: BundleFile
    encoding: str
    delimiter: str

    def rows(self, report: ReadingReport) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row starts, and its cells.

        :raises SourceRefused: the file is damaged.
        """
        line = 1
        try:
            with self.file.opened(report) as binary:
                text = io.TextIOWrapper(binary, encoding=self.encoding, newline="")
                reader = csv.reader(text, delimiter=self.delimiter, strict=True)
                for cells in reader:
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
    if "\0" in first:
        why = "the column names have NUL bytes, as UTF-16 without a byte-order mark has"
        raise _not_text(file, 1, why, report)
    delimiter = max(_DELIMITERS, key=first.count)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
        note = f"columns are separated by {name}, not by commas."
        report.add(Severity.ACCEPTED, file.name, 1, "", "delimiter", note)
    return TextFile(file, found, delimiter)


def _encoding(file: BundleFile, given: str | None, report: ReadingReport) -> str:
    with file.opened(report) as binary:
        start = binary.read(4)
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            shown = name.removesuffix("-sig").upper()
            text = f"the file starts with the byte-order mark of {shown}."
            report.add(Severity.ACCEPTED, file.name, 1, "", "byte_order_mark", text)
            return _checked(file, name, report)
    line = _not_decodable(file, "utf-8", report)
    if not line:
        return "utf-8"
    if given is None:
        raise _not_text(file, line, "this is not UTF-8 text", report)
    text = f"the file is not UTF-8 text. It is read as {given}."
    report.add(Severity.WARNING, file.name, line, "", "encoding", text)
    return _checked(file, given, report)


def _checked(file: BundleFile, encoding: str, report: ReadingReport) -> str:
    """Return the encoding if the whole file can be decoded."""
    if line := _not_decodable(file, encoding, report):
        raise _not_text(file, line, f"some bytes are not {encoding} text", report)
    return encoding


def _not_decodable(file: BundleFile, encoding: str, report: ReadingReport) -> int:
    """Return the first line that is not text in an encoding, ``0`` if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with file.opened(report) as binary:
        while True:
            block = binary.read(_BLOCK)
            try:
                lines += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                return lines + good.count("\n")
            if not block:
                return 0


def _not_text(file: BundleFile, line: int, why: str, report: ReadingReport) -> SourceRefused:
    hint = 'Save the file as UTF-8, or name its encoding, for example encoding="cp1252".'
    return report.refuse(file.name, line, "", "not_text", f"{why}. {hint}")
