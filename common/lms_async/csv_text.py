"""What the bytes of a CSV file say about its encoding and its delimiter."""

from __future__ import annotations

import codecs
import io
from typing import IO

#: The delimiters that are recognized, and their names.
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

_BLOCK = 1 << 16
#: Byte-order marks, longest first, and the encoding that reads past each.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def marked_encoding(start: bytes) -> str | None:
    """Return Python's name of the encoding whose byte-order mark is at the start of a file.

    :param start: at least the first four bytes.
    """
    return next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)


def unmarked_encoding(start: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 variant in which ``start`` is mostly ASCII text, or ``None``.

    :param start: the first 256 bytes, or more.
    """
    start = start[:256]
    if start.count(0) * 4 < len(start):
        return None
    for name, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        text = start[: len(start) // width * width].decode(name, "replace")
        if text and "\0" not in text and sum(mark.isascii() for mark in text) * 2 >= len(text):
            return name
    return None


def first_undecodable_line(file: IO[bytes], encoding: str) -> int | None:
    """Return the number of the first line that cannot be decoded; ``None`` if all can.

    :param file: open at its start. It is read to its end, block by block.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        block = file.read(_BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding, "ignore")
            return line + newlines.decode(good).count("\n")
        except UnicodeError:  # UTF-16 or UTF-32 without its byte-order mark
            return 1
        line += newlines.decode(text).count("\n")
        if not block:
            return None


def likely_delimiter(text: str) -> str:
    """Return the most frequent delimiter in the first row of ``text``, outside quotation marks.

    A list inside quotation marks may have more delimiters than the row itself.
    """
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for mark in text:
        if mark == '"':
            quoted = not quoted
        elif not quoted and mark in counts:
            counts[mark] += 1
        elif not quoted and mark in "\r\n":
            break
    return max(counts, key=counts.__getitem__)
