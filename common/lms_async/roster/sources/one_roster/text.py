"""Read a CSV file as text: its encoding, delimiter, and rows with their line numbers."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
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
            with self.file.open() as binary:
                text = io.TextIOWrapper(binary, encoding=self.encoding, newline="")
                reader = csv.reader(text, delimiter=self.delimiter, strict=True)
                for cells in reader:
                    yield line, cells
                    line = reader.line_num + 1
        except UnicodeError:
            why = f"some bytes are not {self.encoding} text"
            raise _not_text(self.file, line, why, report) from None
        except csv.Error as error:
            why = "a quotation mark is missing or out of place"
            if "field limit" in str(error):
                why = "a cell has more than 131,072 characters"
            text_ = f"{why}. Correct the file, or export it again."
            raise report.refuse(self.file.name, line, "", "not_csv", text_) from None
        except (zipfile.BadZipFile, zlib.error, EOFError):
            text_ = "the zip file is damaged here. Copy or export it again."
            raise report.refuse(self.file.name, line, "", "damaged_zip", text_) from None


def open_text(file: BundleFile, encoding: str | None, report: ReadingReport) -> TextFile:
    """Find the encoding and the delimiter of a file.

    :param encoding: the encoding of files that are not UTF-8 and have no byte-order mark. It is
        never guessed: many encodings fit, and each yields other names.
    :raises SourceRefused: the file is empty, or its encoding is not known.
    """
    found = _encoding(file, encoding, report)
    with file.open() as binary:
        text = io.TextIOWrapper(binary, encoding=found, newline="")
        try:
            first = next((line for line in text if line.strip()), "")
        except UnicodeError:
            raise _not_text(file, 1, f"some bytes are not {found} text", report) from None
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
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with file.open() as binary:
        block = binary.read(_BLOCK)
        for mark, name in _MARKS.items():
            if block.startswith(mark):
                text = f"the file starts with the byte-order mark of {name.removesuffix('-sig')}."
                report.add(Severity.ACCEPTED, file.name, 1, "", "byte_order_mark", text)
                return name
        try:
            while block:
                decoder.decode(block)
                lines += block.count(b"\n")
                block = binary.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n")
        else:
            return "utf-8"
    if given is None:
        raise _not_text(file, line, "this is not UTF-8 text", report)
    text = f"the file is not UTF-8 text. It is read as {given}."
    report.add(Severity.WARNING, file.name, line, "", "encoding", text)
    return given


def _not_text(file: BundleFile, line: int, why: str, report: ReadingReport) -> SourceRefused:
    hint = 'Save the file as UTF-8, or name its encoding, for example encoding="cp1252".'
    return report.refuse(file.name, line, "", "not_text", f"{why}. {hint}")
