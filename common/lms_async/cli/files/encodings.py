"""Find the encoding of a file, from its bytes or from ``--encoding``. Never guess.

UTF-8 and byte-order marks are unambiguous. Any other file could be read in several encodings that
yield different names, so it is refused until ``--encoding`` names one.
"""

from __future__ import annotations

import codecs

from ...csv_text import first_undecodable_line, marked_encoding, unmarked_encoding
from ..exit_codes import CommandError
from ..wording import quoted
from .likely_encodings import SEVERAL_BYTES, Lines, commands, seven_bits, suggestions
from .source import Source

_BLOCK = 1 << 16
_WITHOUT_MARK = {
    "utf-16-le": "UTF-16 without a byte-order mark",
    "utf-16-be": "UTF-16, big-endian, without a byte-order mark",
    "utf-32-le": "UTF-32 without a byte-order mark",
    "utf-32-be": "UTF-32, big-endian, without a byte-order mark",
}
#: Python codecs that are not used for files.
_NOT_FOR_FILES = frozenset(
    "idna punycode raw-unicode-escape unicode-escape undefined charmap mbcs oem".split()
)


def checked_name(given: str) -> str:
    """Return Python's name for the value of ``--encoding``.

    :raises CommandError: Python does not know it, or it is not an encoding of text files.
    """
    hint = "Use a name such as cp1252, cp1250, gb18030, big5, shift_jis or utf-16-le."
    try:
        found = codecs.lookup(given.strip())
    except (LookupError, ValueError):
        raise CommandError(f"--encoding: There is no encoding {quoted(given)}. {hint}") from None
    name = found.name.replace("_", "-")
    if not found._is_text_encoding or name in _NOT_FOR_FILES:
        raise CommandError(f"--encoding: {quoted(given)} is not an encoding of text files. {hint}")
    return found.name


def find_encoding(source: Source, given: str | None, again: str = "") -> str:
    """Return the encoding of ``source``.

    :param given: the user's encoding, as :func:`checked_name` returns it.
    :param again: the user's command, to print it again with ``--encoding``.
    :raises CommandError: the encoding is unknown or wrong.
    """
    with source.open() as file:
        start = file.read(_BLOCK)
    marked = marked_encoding(start)
    if marked and given and not given.replace("_", "-").startswith(marked.removesuffix("-sig")):
        raise CommandError(
            f"{source.name} is {_family(marked)}, not {given}: it starts with the byte-order mark "
            f"of {_family(marked)}. Remove --encoding."
        )
    if marked and marked != "utf-8-sig":
        _check(source, marked)
        return marked
    if given and given not in {"utf-8", "utf-8-sig"}:
        _refuse_utf8(source, given)
        _check(source, given)
        return given
    if not given and (wide := unmarked_encoding(start)):
        raise CommandError(
            f"{source.name} looks like {_WITHOUT_MARK[wide]}. If so, run:", *commands([wide], again)
        )
    return _utf8(source, again, may_propose=not (marked or given))


def _utf8(source: Source, again: str, *, may_propose: bool) -> str:
    """Return the encoding if every line is UTF-8.

    :raises CommandError: a line is not UTF-8. The error suggests encodings if ``may_propose``.
    """
    seen = Lines()
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                seen.add(number, line)
            elif may_propose and (name := seven_bits(line)):
                raise CommandError(
                    f"{source.name}, line {number}: this looks like {name}. If so, run:",
                    *commands([name], again),
                    "If the characters are right as they are, run:",
                    *commands(["utf-8"], again),
                )
    if not seen.first_other:
        return "utf-8-sig"
    where = f"{source.name}, line {seen.first_other} is not UTF-8 text"
    if seen.first_utf8:
        mixed = f"{where}, but line {seen.first_utf8} is. The file mixes two encodings"
        by_chance = suggestions(seen, again) if may_propose and seen.may_be_chance() else ()
        raise CommandError(
            mixed + (", or the whole file is in one of these encodings:" if by_chance else "."),
            *by_chance,
            'Correct the names in both lines, then save the file again as "CSV UTF-8".',
        )
    if not may_propose:
        raise CommandError(
            f"{where}, although its byte-order mark or --encoding says that it is.",
            'Save the file again as "CSV UTF-8".',
        )
    likely = suggestions(seen, again)
    raise CommandError(
        f"{where}.",
        *(likely or ('Save the file as "CSV UTF-8", or name its encoding with --encoding.',)),
    )


def _check(source: Source, encoding: str) -> None:
    """Check that the whole file can be decoded.

    :raises CommandError: a line cannot.
    """
    with source.open() as file:
        line = first_undecodable_line(file, encoding)
    if line is not None:
        raise CommandError(
            f"{source.name}, line {line}: some bytes are not {_family(encoding)} text.",
            'Choose another --encoding, or save the file again as "CSV UTF-8".',
        )


def _refuse_utf8(source: Source, given: str) -> None:
    """Refuse a file that has UTF-8 lines: another encoding would damage the names in them."""
    if given.replace("_", "-").startswith(("utf-16", "utf-32")):
        return  # newlines are not single bytes in these; the caller checks the whole text
    seen = Lines()
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                seen.add(number, line)
    if seen.first_utf8 and not seen.first_other:
        raise CommandError(f"{source.name} is UTF-8 text, not {given}. Remove --encoding.")
    sure = seen.first_sure if given in SEVERAL_BYTES else seen.first_utf8
    if sure:
        raise CommandError(
            f"{source.name}, line {sure} is UTF-8 text, but line {seen.first_other} is not. "
            "The file mixes two encodings.",
            'Correct the names in both lines, then save the file again as "CSV UTF-8".',
        )


def _family(encoding: str) -> str:
    known = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
    return known.get(encoding, encoding)
