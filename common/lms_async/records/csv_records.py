"""Read CSV while it arrives, in pieces of any size.

Python's csv module reads records from whole lines. So the text is cut into lines, and lines are
handed over when the record that they belong to is complete: a line break inside of quotes does not
end one.
"""

from __future__ import annotations

import codecs
import csv

#: The longest record that is read, in characters.
_MOST = 1024 * 1024


class MalformedCsv(Exception):
    """The text is not CSV. The message does not show it."""


class CsvRecords:
    """The records of a CSV text that comes in pieces. Blank lines are no records.

    :param charset: of the text; a byte-order mark at its beginning is dropped.
    """

    def __init__(self, charset: str = "utf-8") -> None:
        try:
            "a".encode(charset)  # raises LookupError for a codec that does not give text
            codec = codecs.lookup(charset)
            if codec.name == "utf-8":
                codec = codecs.lookup("utf-8-sig")
            self._decoder = codec.incrementaldecoder()
        except (LookupError, TypeError):
            raise MalformedCsv("its character set is not known here") from None
        self._rest = ""
        self._lines: list[str] = []
        self._size = 0
        self._is_open = False

    @property
    def ends_in_a_line(self) -> bool:
        """Whether the text so far does not end with a line break."""
        return bool(self._rest) or self._is_open

    def feed(self, piece: bytes) -> list[list[str]]:
        """Return the records that are complete with this piece.

        :raises MalformedCsv: the text is not CSV.
        """
        return self._read(piece, final=False)

    def finish(self) -> list[list[str]]:
        """Return the last record, if it has no line break at its end.

        :raises MalformedCsv: the text is not CSV, or ends inside of quotes.
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
        if self._size + len(self._rest) > _MOST:
            raise MalformedCsv(f"a record is longer than {_MOST:,} characters")
        if final and self._is_open:
            raise MalformedCsv("it ends inside of quotes")
        try:
            return [record for record in csv.reader(complete) if record]
        except csv.Error:
            pass
        raise MalformedCsv("a record can't be read")

    def _decoded(self, piece: bytes, *, final: bool) -> str:
        try:
            return self._decoder.decode(piece, final)
        except UnicodeError:  # it holds the text, so it must not be the context
            pass
        raise MalformedCsv("it is not text in its character set")


def _ends_in_quotes(line: str, *, is_open: bool) -> bool:
    """Return whether a field of ``line`` has opening quotes and no closing ones, by the rules of
    the csv module: quotes open a field only where it begins.

    :param is_open: whether the line begins inside of quotes.
    """
    at = 0
    is_start = not is_open
    while True:
        if is_open:
            at = line.find('"', at) + 1
            if not at:
                return True
            if line[at : at + 1] == '"':  # doubled: a quote that belongs to the text
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
