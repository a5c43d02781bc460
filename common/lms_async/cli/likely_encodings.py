"""Encodings that a file which is not UTF-8 may be in, and what to show of each for a person to
choose by. Nothing is chosen here.
"""

from __future__ import annotations

import re
from unicodedata import category

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
SEVERAL_BYTES = frozenset(
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
_MOST_PROPOSED = 6
_MOST_LETTERS = 12
#: How many bytes of the lines that are not UTF-8 are looked at to propose encodings.
_SAMPLE = 1 << 15


class Lines:
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
        """Look at a line that is not ASCII."""
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
        return encoding in SEVERAL_BYTES and bool(_letters(b"".join(self._chance), encoding))


def seven_bits(line: bytes) -> str | None:
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


def proposals(seen: Lines, again: str) -> tuple[str, ...]:
    """What to type, with some letters by each encoding; empty if no common one fits."""
    sample = seen.sample
    if b"\0" in sample:
        what = "there are NUL bytes in it: it may be UTF-16 without a byte-order mark; type one of:"
        return (what, *to_type(["utf-16-le", "utf-16-be"], again))
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
    return (*lines, *to_type(["NAME"], again))


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


def to_type(names: list[str], again: str) -> list[str]:
    """The command ``again`` with each of the encodings named."""
    return [f"  {again or 'lms import …'} --encoding {name}" for name in names]
