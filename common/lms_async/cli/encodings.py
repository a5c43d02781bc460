"""Which encoding a file's text is in: what its bytes prove, or what the user says. Never a guess.

UTF-8 and byte-order marks prove themselves. Anything else may be read in several ways that differ
in people's names, and is refused until ``--encoding`` says which is right.
"""

from __future__ import annotations

import codecs
import io

from .exit_codes import CannotStart
from .likely_encodings import SEVERAL_BYTES, Lines, proposals, seven_bits, to_type
from .source import Source
from .wording import quoted

_BLOCK = 1 << 16
#: Byte-order marks, longest first, and the encoding that reads past each.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WITHOUT_MARK = {
    "utf-16-le": "UTF-16 without a byte-order mark",
    "utf-16-be": "UTF-16, big-endian, without a byte-order mark",
    "utf-32-le": "UTF-32 without a byte-order mark",
    "utf-32-be": "UTF-32, big-endian, without a byte-order mark",
}
#: Codecs of Python that turn names or program text into bytes, and not files.
_NOT_FOR_FILES = frozenset(
    "idna punycode raw-unicode-escape unicode-escape undefined charmap mbcs oem".split()
)


def checked_name(given: str) -> str:
    """The encoding that ``--encoding`` names, by the name that Python gives it.

    :raises CannotStart: Python knows none of this name, or it is no encoding of text files.
    """
    hint = "such as cp1252, cp1250, gb18030, big5, shift_jis or utf-16-le"
    try:
        found = codecs.lookup(given.strip())
    except (LookupError, ValueError):
        raise CannotStart(f"--encoding: there is no encoding {quoted(given)}; {hint}") from None
    name = found.name.replace("_", "-")
    if not found._is_text_encoding or name in _NOT_FOR_FILES:
        raise CannotStart(
            f"--encoding: {quoted(given)} is not an encoding of text files; give one {hint}"
        )
    return found.name


def find_encoding(source: Source, given: str | None, again: str = "") -> str:
    """The encoding to read ``source`` by.

    :param given: what the user says, as :func:`checked_name` gives it.
    :param again: the command that was typed, to be printed with an ``--encoding``.
    :raises CannotStart: nothing tells the encoding, or the text cannot be read by it.
    """
    with source.open() as file:
        start = file.read(_BLOCK)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    if marked and given and not given.replace("_", "-").startswith(marked.removesuffix("-sig")):
        raise CannotStart(
            f"{source.name} is {_family(marked)}, as its byte-order mark says, not {given}: "
            "remove --encoding"
        )
    if marked and marked != "utf-8-sig":
        _check(source, marked)
        return marked
    if given and given not in {"utf-8", "utf-8-sig"}:
        _refuse_utf8(source, given)
        _check(source, given)
        return given
    if not given and (wide := _wide(start)):
        raise CannotStart(
            f"{source.name} seems to be {_WITHOUT_MARK[wide]}", *to_type([wide], again)
        )
    return _utf8(source, again, may_propose=not (marked or given))


def _utf8(source: Source, again: str, *, may_propose: bool) -> str:
    """Look at each line. One pass, also over a file that is UTF-8: it costs little."""
    seen = Lines()
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                seen.add(number, line)
            elif may_propose and (name := seven_bits(line)):
                raise CannotStart(
                    f"{source.name}, line {number}: this looks like the encoding {name}",
                    *to_type([name], again),
                    "if these characters are meant as they stand:",
                    *to_type(["utf-8"], again),
                )
    if not seen.first_other:
        return "utf-8-sig"
    where = f"{source.name}, line {seen.first_other}: not UTF-8 text"
    if seen.first_utf8:
        mixed = f"{where}, and line {seen.first_utf8} is: the file is a mixture of encodings"
        by_chance = proposals(seen, again) if may_propose and seen.may_be_chance() else ()
        raise CannotStart(
            mixed + (", or all of it is in one of these:" if by_chance else ""),
            *by_chance,
            'save it anew as "CSV UTF-8", and look at the names in both lines first',
        )
    if not may_propose:
        raise CannotStart(
            f"{where}, although the file is marked as UTF-8 or --encoding says so",
            'save it anew as "CSV UTF-8"',
        )
    likely = proposals(seen, again)
    raise CannotStart(
        where, *(likely or ('save it as "CSV UTF-8", or name its encoding by --encoding',))
    )


def _check(source: Source, encoding: str) -> None:
    """Make sure that all of the text can be read.

    :raises CannotStart: says in which line it can't.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    line = 1
    with source.open() as file:
        decoder = codecs.getincrementaldecoder(encoding)()
        while True:
            block = file.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                line += newlines.decode(good).count("\n")
            except UnicodeError:  # UTF-16 or UTF-32 that does not begin with its mark
                line = 1
            else:
                line += newlines.decode(text).count("\n")
                if block:
                    continue
                return
            raise CannotStart(
                f"{source.name}, line {line}: there are bytes that are not {_family(encoding)} text"
            )


def _refuse_utf8(source: Source, given: str) -> None:
    """Refuse a file that is UTF-8 in some lines or all: read in any other way, names would be
    damaged."""
    if given.replace("_", "-").startswith(("utf-16", "utf-32")):
        return  # in these, ASCII is no ASCII: the text is checked as a whole
    seen = Lines()
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                seen.add(number, line)
    if seen.first_utf8 and not seen.first_other:
        raise CannotStart(f"{source.name} is UTF-8 text, not {given}: remove --encoding")
    sure = seen.first_sure if given in SEVERAL_BYTES else seen.first_utf8
    if sure:
        raise CannotStart(
            f"{source.name}, line {sure} is UTF-8 text, and line {seen.first_other} is not: "
            "the file is a mixture of encodings",
            'save it anew as "CSV UTF-8", and look at the names in both lines first',
        )


def _wide(start: bytes) -> str | None:
    """The encoding of two or four bytes a character by which the beginning, which has no mark,
    reads as the mostly plain letters of a header; ``None`` if there is none."""
    start = start[:256]
    if start.count(0) * 4 < len(start):
        return None
    for name, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        text = start[: len(start) // width * width].decode(name, "replace")
        if text and "\0" not in text and sum(mark.isascii() for mark in text) * 2 >= len(text):
            return name
    return None


def _family(encoding: str) -> str:
    known = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
    return known.get(encoding, encoding)
