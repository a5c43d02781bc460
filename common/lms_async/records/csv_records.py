"""Read CSV while it arrives, in pieces of any size.

Python's csv module needs whole records. A record may have several lines, because a line break
inside quotes does not end it. So this module splits the text into lines, and passes them to the csv
module once their record is complete.
"""

from __future__ import annotations

import codecs
import csv

#: The maximum length of a record, in characters.
_MAX_LENGTH = 1024 * 1024


class MalformedCsv(Exception):
    """The text is not CSV. The message does not quote the text."""


class CsvRecords:
    """Reads the records of a CSV text that arrives in pieces. Blank lines are skipped.

    :param charset: the character set. A byte-order mark at the beginning is removed.
    :raises MalformedCsv: the character set is not known.
    """

    def __init__(self, charset: str = "utf-8") -> None:
        try:
            "a".encode(charset)  # raises LookupError for a codec that is not for text
            codec = codecs.lookup(charset)
            if codec.name == "utf-8":
                codec = codecs.lookup("utf-8-sig")
            self._decoder = codec.incrementaldecoder()
        except (LookupError, TypeError):
            raise MalformedCsv("its character set is not supported") from None
        self._rest = ""
        self._lines: list[str] = []
        self._size = 0
        self._is_open = False

    @property
    def is_within_line(self) -> bool:
        """Whether the text so far ends in the middle of a line or record."""
        return bool(self._rest) or self._is_open

    def feed(self, piece: bytes) -> list[list[str]]:
        """Return the records that ``piece`` completes.

        :raises MalformedCsv: the text is not CSV.
        """
        return self._read(piece, final=False)

    def finish(self) -> list[list[str]]:
        """Return the last record, if the text does not end with a line break.

        :raises MalformedCsv: the text is not CSV, or ends inside quotes.
        """
        return self._read(b"", final=True)

    def _read(self, piece: bytes, *, final: bool) -> list[list[str]]:
        text = self._decoded(piece, final=final)
        *lines, self._rest = (self._rest + text).split("\n")
        if final:
            lines.append(self._rest)
            self._rest = ""
        complete: list[str] = []
        for line in lines:
            if self._is_open or '"' in line:
                self._is_open = _ends_in_quotes(line, is_open=self._is_open)
            self._lines.append(line + "\n")
            self._size += len(line) + 1
            if not self._is_open:
                complete += self._lines
                self._lines, self._size = [], 0
        if self._size + len(self._rest) > _MAX_LENGTH:
            raise MalformedCsv(f"a record is longer than {_MAX_LENGTH:,} characters")
        if final and self._is_open:
            raise MalformedCsv("it ends inside quotes")
        try:
            return [record for record in csv.reader(complete) if record]
        except csv.Error:
            pass
        raise MalformedCsv("a record can't be read")

    def _decoded(self, piece: bytes, *, final: bool) -> str:
        try:
            return self._decoder.decode(piece, final)
        except UnicodeError:  # holds the text, so it must not become the context of our error
            pass
        raise MalformedCsv("it is not text in its character set")


def _ends_in_quotes(line: str, *, is_open: bool) -> bool:
    """Return whether ``line`` ends inside quotes.

    By the rules of the csv module, a quote is an opening quote only at the beginning of a field.

    :param is_open: whether the line begins inside quotes.
    """
    at = 0
    is_start = not is_open
    while True:
        if is_open:
            at = line.find('"', at) + 1
            if not at:
                return True
            if line[at : at + 1] == '"':  # a doubled quote stands for one quote
                at += 1
            else:
                is_open = False
        elif is_start and line[at : at + 1] == '"':
            is_open, is_start = True, False
            at += 1
        else:
            at = line.find(",", at) + 1
            if not at:
                return False
            is_start = True
