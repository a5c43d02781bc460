"""Suggest encodings for a file that is not UTF-8, and show some letters in each.

The user chooses, because a wrong guess would damage names.
"""

from __future__ import annotations

import re
from unicodedata import category

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
    "euc_jp": "Japanese, EUC-JP",
    "cp874": "Windows, Thai",
    "cp1258": "Windows, Vietnamese",
}
#: Encodings in which the two bytes of a letter may also be a valid letter in UTF-8, by chance.
SEVERAL_BYTES = frozenset(
    "gb18030 gbk gb2312 big5 big5hkscs cp950 cp932 shift_jis shift_jis_2004 shift_jisx0213 euc_jp "
    "euc_jis_2004 euc_jisx0213 cp949 euc_kr johab".split()
)
#: Encodings that write every letter with ASCII characters, and the pattern of other letters.
_SEVEN_BITS = {
    "utf-7": re.compile(rb"\+(?=[0-9+/]*[A-Za-z])[A-Za-z0-9+/]{3,}-"),
    "hz": re.compile(rb"~\{[!-}][!-~]+?~\}"),
    "iso2022_jp": re.compile(rb"\x1b\$[@B][!-~]+\x1b\([BJ]"),
    "iso2022_kr": re.compile(rb"\x1b\$\)C"),
}
_MOST_PROPOSED = 6
_MOST_LETTERS = 12
#: How many bytes of lines that are not UTF-8 are used to suggest encodings.
_SAMPLE = 1 << 15


class Lines:
    """Counts the non-ASCII lines of a file that are UTF-8, and those that are not."""

    def __init__(self) -> None:
        #: The number of the first line that is UTF-8, and of the first that is not; 0 for none.
        self.first_utf8 = self.first_other = 0
        #: The number of the first line that is UTF-8 for certain, not by chance.
        self.first_sure = 0
        self._utf8 = self._others = 0
        self._sample: list[bytes] = []
        self._chance: list[bytes] = []
        self._size = 0

    def add(self, number: int, line: bytes) -> None:
        """Record a line that is not ASCII."""
        try:
            text = line.decode()
        except UnicodeDecodeError:
            self.first_other = self.first_other or number
            self._others += 1
            self._keep(self._sample, line)
            return
        self.first_utf8 = self.first_utf8 or number
        self._utf8 += 1
        # Three bytes hardly ever form a UTF-8 letter by chance. Two often do: of 100 Chinese names
        # in GBK, one or two are valid UTF-8 too.
        if max(text) >= "\u0800":
            self.first_sure = self.first_sure or number
        else:
            self._keep(self._chance, line)

    def _keep(self, lines: list[bytes], line: bytes) -> None:
        if self._size < _SAMPLE:
            lines.append(line)
            self._size += len(line)

    def may_be_chance(self) -> bool:
        """Return whether only a few lines are valid UTF-8, each of them possibly by chance."""
        return not self.first_sure and self._utf8 * 4 <= self._others

    @property
    def sample(self) -> bytes:
        """Some of the lines that are not UTF-8."""
        return b"".join(self._sample)

    def fits(self, encoding: str) -> bool:
        """Return whether the lines that may be UTF-8 by chance are text in ``encoding`` too."""
        if not self._chance:
            return True
        return encoding in SEVERAL_BYTES and bool(_letters(b"".join(self._chance), encoding))


def seven_bits(line: bytes) -> str | None:
    """Return the encoding, such as UTF-7, that ``line`` seems to use, or ``None``."""
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


def suggestions(seen: Lines, again: str) -> tuple[str, ...]:
    """Return the lines to show, with some letters in each encoding; none if no encoding fits."""
    sample = seen.sample
    if b"\0" in sample:
        what = "The file has NUL bytes. If it is UTF-16 without a byte-order mark, run one of:"
        return (what, *commands(["utf-16-le", "utf-16-be"], again))
    likely = [name for name in _ranked(sample) if _letters(sample, name) and seen.fits(name)][
        :_MOST_PROPOSED
    ]
    if not likely:
        return ()
    lines = [
        "Some letters of the file, as each likely encoding shows them:",
        *(
            f"  --encoding {name:10}  {' '.join(_letters(sample, name))}  ({_COMMON[name]})"
            for name in likely
        ),
        "Choose the encoding that shows the letters of the names in your file. Then run:",
    ]
    # The command has a placeholder, so that nobody copies a wrong encoding, which damages names.
    return (*lines, *commands(["NAME"], again))


def _ranked(sample: bytes) -> list[str]:
    """Return common encodings of ``sample``, the most likely first."""
    # Imported here because it is rarely needed. Without it, the suggestions have a fixed order.
    try:
        from charset_normalizer import from_bytes
    except ModuleNotFoundError:
        return list(_COMMON)
    found = from_bytes(
        sample, cp_isolation=list(_COMMON), threshold=0.6, preemptive_behaviour=False
    )
    likely = [name for match in found for name in (match.encoding, *match.could_be_from_charset)]
    # The detector errs on a few lines, so the two most common encodings are always suggested.
    first = [*likely[: _MOST_PROPOSED - 2], "cp1252", "cp1250", *likely, *_COMMON]
    return [name for name in dict.fromkeys(first) if name in _COMMON]


def _letters(sample: bytes, encoding: str) -> list[str]:
    """Return some letters beyond ASCII, or nothing if the sample is not text in this encoding.

    They are sorted and from several rows, so that no name can be recognized.
    """
    try:
        marks = {mark for mark in sample.decode(encoding) if not mark.isascii()}
    except UnicodeDecodeError:
        return []
    if any(category(mark) in {"Cc", "Cn", "Co", "Cs"} for mark in marks):
        return []
    return sorted(mark for mark in marks if mark.isalpha())[:_MOST_LETTERS]


def commands(names: list[str], again: str) -> list[str]:
    """Return the command ``again`` with each of the encodings."""
    return [f"  {again or 'lms import …'} --encoding {name}" for name in names]
