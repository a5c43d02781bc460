"""Find the encoding of a file, from its bytes or from ``--encoding``. Never guess.

UTF-8 and byte-order marks are unambiguous. Any other file could be read in several encodings that
yield different names, so it is refused until ``--encoding`` names one.
"""

from __future__ import annotations

import codecs
import io
from unicodedata import category

from ..exit_codes import CommandError
from ..wording import quoted
from .source import Source

_BLOCK = 1 << 16
#: Byte-order marks, longest first, and the encoding that reads past each.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: The encodings that are suggested: Python's name, and a description.
_COMMON = {
    "cp1252": "Windows, Western Europe",
    "cp1250": "Windows, Central Europe",
    "cp1251": "Windows, Cyrillic",
    "gb18030": "Chinese, GBK and GB 18030",
    "big5hkscs": "Chinese, Big5",
    "cp932": "Japanese, Shift-JIS",
    "cp949": "Korean, EUC-KR",
    "mac_roman": "Macintosh, Western Europe",
    "cp1253": "Windows, Greek",
    "cp1254": "Windows, Turkish",
    "cp1255": "Windows, Hebrew",
    "cp1256": "Windows, Arabic",
    "cp1257": "Windows, Baltic",
    "koi8_r": "KOI8-R, Cyrillic",
    "mac_latin2": "Macintosh, Central Europe",
    "cp850": "DOS, Western Europe",
    "cp852": "DOS, Central Europe",
}
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
_MOST_PROPOSED = 6
_MOST_LETTERS = 12
#: How many bytes of lines that are not UTF-8 are used to suggest encodings.
_SAMPLE = 1 << 15


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
    :param again: the command that was typed, to print it with ``--encoding``.
    :raises CommandError: the encoding is unknown or wrong.
    """
    with source.open() as file:
        start = file.read(_BLOCK)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
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
    if not given and (wide := _wide(start)):
        raise CommandError(
            f"{source.name} looks like {_WITHOUT_MARK[wide]}. If so, run:", *_to_type([wide], again)
        )
    return _utf8(source, again, may_propose=not (marked or given))


def _utf8(source: Source, again: str, *, may_propose: bool) -> str:
    """Check that every line is UTF-8, in one pass."""
    first_utf8 = first_other = 0
    others: list[bytes] = []
    size = 0
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            try:
                line.decode()
            except UnicodeDecodeError:
                first_other = first_other or number
                if size < _SAMPLE:
                    others.append(line)
                    size += len(line)
            else:
                first_utf8 = first_utf8 or number
    if not first_other:
        return "utf-8-sig"
    where = f"{source.name}, line {first_other}: not UTF-8 text"
    if first_utf8:
        raise CommandError(
            f"{where}, but line {first_utf8} is. The file mixes two encodings.",
            'Correct the names in both lines, then save the file again as "CSV UTF-8".',
        )
    if not may_propose:
        raise CommandError(
            f"{where}, although its byte-order mark or --encoding says that it is.",
            'Save the file again as "CSV UTF-8".',
        )
    raise CommandError(where, *_proposals(b"".join(others), again))


def _check(source: Source, encoding: str) -> None:
    """Check that the whole file can be decoded.

    :raises CommandError: a line cannot.
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
            raise CommandError(
                f"{source.name}, line {line}: some bytes are not {_family(encoding)} text.",
                'Choose another --encoding, or save the file again as "CSV UTF-8".',
            )


def _refuse_utf8(source: Source, given: str) -> None:
    """Refuse a file that is valid UTF-8: another encoding would damage its names."""
    found = False
    with source.open() as file:
        for line in file:
            if not line.isascii():
                try:
                    line.decode()
                except UnicodeDecodeError:
                    return
                found = "\0" not in line.decode()
    if found:
        raise CommandError(f"{source.name} is UTF-8 text, not {given}. Remove --encoding.")


def _wide(start: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 variant in which the start is mostly ASCII, if there is one."""
    start = start[:256]
    if start.count(0) * 4 < len(start):
        return None
    for name, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        text = start[: len(start) // width * width].decode(name, "replace")
        if text and "\0" not in text and sum(mark.isascii() for mark in text) * 2 >= len(text):
            return name
    return None


def _proposals(sample: bytes, again: str) -> tuple[str, ...]:
    if b"\0" in sample:
        what = "The file has NUL bytes. If it is UTF-16 without a byte-order mark, run one of:"
        return (what, *_to_type(["utf-16-le", "utf-16-be"], again))
    likely = [name for name in _ranked(sample) if _letters(sample, name)][:_MOST_PROPOSED]
    if not likely:
        return ('Save the file as "CSV UTF-8", or name its encoding with --encoding.',)
    lines = [
        "Here are some letters of the file, sorted, as each likely encoding reads them:",
        *(
            f"  --encoding {name:10}  {' '.join(_letters(sample, name))}  ({_COMMON[name]})"
            for name in likely
        ),
        "Choose the encoding whose letters are right for the names in your file. Then run:",
    ]
    # No suggestion is filled in, because a wrong encoding that is copied would damage names.
    return (*lines, *_to_type(["NAME"], again))


def _ranked(sample: bytes) -> list[str]:
    """Return common encodings of ``sample``, the most likely first."""
    # Rarely needed, so it is imported here. Without the detector the order is only less good.
    try:
        from charset_normalizer import from_bytes
    except ModuleNotFoundError:
        return list(_COMMON)
    found = from_bytes(
        sample, cp_isolation=list(_COMMON), threshold=0.6, preemptive_behaviour=False
    )
    likely = [name for match in found for name in (match.encoding, *match.could_be_from_charset)]
    # A few lines are not enough for a detector, so the two most common encodings are always shown.
    first = [*likely[: _MOST_PROPOSED - 2], "cp1252", "cp1250", *likely, *_COMMON]
    return [name for name in dict.fromkeys(first) if name in _COMMON]


def _letters(sample: bytes, encoding: str) -> list[str]:
    """Return some letters beyond ASCII, or nothing if the sample is not text in this encoding.

    They are sorted and mixed from several rows, so that they show no one's name.
    """
    try:
        marks = {mark for mark in sample.decode(encoding) if not mark.isascii()}
    except UnicodeDecodeError:
        return []
    if any(category(mark) in {"Cc", "Cn", "Co", "Cs"} for mark in marks):
        return []
    return sorted(mark for mark in marks if mark.isalpha())[:_MOST_LETTERS]


def _to_type(names: list[str], again: str) -> list[str]:
    return [f"  {again or 'lms import …'} --encoding {name}" for name in names]


def _family(encoding: str) -> str:
    known = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
    return known.get(encoding, encoding)
