"""Which encoding a file's text is in: what its bytes prove, or what the user says. Never a guess.

UTF-8 and byte-order marks prove themselves. Anything else may be read in several ways that differ
in people's names, and is refused until ``--encoding`` says which is right.
"""

from __future__ import annotations

import codecs
import io
import re
from unicodedata import category

from .exits import CannotStart
from .source import Source
from .text import quoted

_BLOCK = 1 << 16
#: Byte-order marks, longest first, and the encoding that reads past each.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: The encodings that are proposed. Names by which Python knows them, and what people call them.
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
    "euc_jp": "Japanese, EUC-JP",
    "cp874": "Windows, Thai",
    "cp1258": "Windows, Vietnamese",
}
#: In these, two bytes of one letter may be two bytes of a letter in UTF-8, by chance.
_SEVERAL_BYTES = frozenset(
    "gb18030 gbk gb2312 big5 big5hkscs cp950 cp932 shift_jis shift_jis_2004 shift_jisx0213 euc_jp "
    "euc_jis_2004 euc_jisx0213 cp949 euc_kr johab".split()
)
#: Encodings of ASCII characters only, and what stands for other letters in them.
_SEVEN_BITS = {
    "utf-7": re.compile(rb"\+(?=[0-9+/]*[A-Za-z])[A-Za-z0-9+/]{3,}-"),
    "hz": re.compile(rb"~\{[!-}][!-~]+?~\}"),
    "iso2022_jp": re.compile(rb"\x1b\$[@B][!-~]+\x1b\([BJ]"),
    "iso2022_kr": re.compile(rb"\x1b\$\)C"),
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
_MOST_PROPOSED = 6
_MOST_LETTERS = 12
#: How many bytes of the lines that are not UTF-8 are looked at to propose encodings.
_SAMPLE = 1 << 15


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
            f"{source.name} seems to be {_WITHOUT_MARK[wide]}", *_to_type([wide], again)
        )
    return _utf8(source, again, may_propose=not (marked or given))


def _utf8(source: Source, again: str, *, may_propose: bool) -> str:
    """Look at each line. One pass, also over a file that is UTF-8: it costs little."""
    seen = _Lines()
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                seen.add(number, line)
            elif may_propose and (name := _seven_bits(line)):
                raise CannotStart(
                    f"{source.name}, line {number}: this looks like the encoding {name}",
                    *_to_type([name], again),
                    "if these characters are meant as they stand:",
                    *_to_type(["utf-8"], again),
                )
    if not seen.first_other:
        return "utf-8-sig"
    where = f"{source.name}, line {seen.first_other}: not UTF-8 text"
    if seen.first_utf8:
        mixed = f"{where}, and line {seen.first_utf8} is: the file is a mixture of encodings"
        by_chance = _proposals(seen, again) if may_propose and seen.may_be_chance() else ()
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
    proposals = _proposals(seen, again)
    raise CannotStart(
        where, *(proposals or ('save it as "CSV UTF-8", or name its encoding by --encoding',))
    )


class _Lines:
    """The lines of a file that are not ASCII: which of them are UTF-8."""

    def __init__(self) -> None:
        #: The first line that is UTF-8, and the first that is not; 0 for none.
        self.first_utf8 = self.first_other = 0
        #: The first line that is UTF-8 and can't be so by chance.
        self.first_sure = 0
        self._utf8 = self._others = 0
        self._sample: list[bytes] = []
        self._chance: list[bytes] = []
        self._size = 0

    def add(self, number: int, line: bytes) -> None:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            self.first_other = self.first_other or number
            self._others += 1
            self._keep(self._sample, line)
            return
        self.first_utf8 = self.first_utf8 or number
        self._utf8 += 1
        # Three bytes in a row hardly ever fit by chance. Two often do: of 100 Chinese names in
        # GBK, one or two are UTF-8 too.
        if max(text) >= "\u0800":
            self.first_sure = self.first_sure or number
        else:
            self._keep(self._chance, line)

    def _keep(self, lines: list[bytes], line: bytes) -> None:
        if self._size < _SAMPLE:
            lines.append(line)
            self._size += len(line)

    def may_be_chance(self) -> bool:
        """Whether few lines are UTF-8, and all of them may be so by chance."""
        return not self.first_sure and self._utf8 * 4 <= self._others

    @property
    def sample(self) -> bytes:
        """Some of the lines that are not UTF-8."""
        return b"".join(self._sample)

    def fits(self, encoding: str) -> bool:
        """Whether the lines that are UTF-8 by chance are text in this encoding too."""
        if not self._chance:
            return True
        return encoding in _SEVERAL_BYTES and bool(_letters(b"".join(self._chance), encoding))


def _seven_bits(line: bytes) -> str | None:
    """The encoding by which some ASCII characters of ``line`` stand for other letters."""
    if b"+" not in line and b"~{" not in line and b"\x1b" not in line:
        return None
    for name, pattern in _SEVEN_BITS.items():
        for found in pattern.finditer(line):
            try:
                text = found[0].decode(name)
            except UnicodeDecodeError:
                continue
            if name == "iso2022_kr" or (text.isalpha() and not text.isascii()):
                return name
    return None


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
    seen = _Lines()
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                seen.add(number, line)
    if seen.first_utf8 and not seen.first_other:
        raise CannotStart(f"{source.name} is UTF-8 text, not {given}: remove --encoding")
    sure = seen.first_sure if given in _SEVERAL_BYTES else seen.first_utf8
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


def _proposals(seen: _Lines, again: str) -> tuple[str, ...]:
    """What to type, with some letters by each encoding; empty if no common one fits."""
    sample = seen.sample
    if b"\0" in sample:
        what = "there are NUL bytes in it: it may be UTF-16 without a byte-order mark; type one of:"
        return (what, *_to_type(["utf-16-le", "utf-16-be"], again))
    likely = [name for name in _ranked(sample) if _letters(sample, name) and seen.fits(name)][
        :_MOST_PROPOSED
    ]
    if not likely:
        return ()
    lines = [
        "some letters of the file, sorted, as each of the likely encodings reads them:",
        *(
            f"  --encoding {name:10}  {' '.join(_letters(sample, name))}  ({_COMMON[name]})"
            for name in likely
        ),
        "choose the one whose letters are those of the people in the file, and type its name:",
    ]
    # None of them is put in: a wrong one that is copied would damage names.
    return (*lines, *_to_type(["NAME"], again))


def _ranked(sample: bytes) -> list[str]:
    """Common encodings by which ``sample`` is text, the likeliest first."""
    # Rarely needed, and so imported here. Without a detector (an installation that an older version
    # made) the order is only less good.
    try:
        from charset_normalizer import from_bytes
    except ModuleNotFoundError:
        return list(_COMMON)
    found = from_bytes(
        sample, cp_isolation=list(_COMMON), threshold=0.6, preemptive_behaviour=False
    )
    likely = [name for match in found for name in (match.encoding, *match.could_be_from_charset)]
    # Few lines tell a detector little. These two are the most common, so they are always shown.
    first = [*likely[: _MOST_PROPOSED - 2], "cp1252", "cp1250", *likely, *_COMMON]
    return [name for name in dict.fromkeys(first) if name in _COMMON]


def _letters(sample: bytes, encoding: str) -> list[str]:
    """Some letters beyond ASCII, sorted, of several people at once, so that they name nobody;
    empty where the sample is not text in this encoding."""
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
