"""What can be somebody's id: the one rule for keys, in files and in the SDK's write models.

Spreadsheets and programs leave things in an id's place that are no ids: ``#N/A``, ``nan``,
``1.23E+09``. Other ids look the same and are not: one has a character in it that cannot be seen.
Both make people at the vendor whom nobody finds again, and so they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category, is_normalized, normalize


class ExactId(str):
    """An id to be sent exactly as it is, unchecked: for a school that really has one called "None".

    >>> row = {"school_uid": ExactId("None"), "name_first": "Ada", ...}
    """

    __slots__ = ()


#: What programs write where they have no value. None of them has a digit in it.
NO_VALUE = frozenset(
    "nan null none nil na nat undefined inf infinity true false wahr falsch vrai faux".split()
)
#: As spreadsheets shorten them in English, German, French, Spanish, Italian and Dutch.
_MONTHS = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|jän|mär|mrz|mai|okt|dez|janv|févr|mars|avr|"
    "juin|juil|août|sept|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei)"
)
#: Each kind of thing that is no id, and why; the first that fits is said.
_ODD = {
    "formula": (r"=.*", "begins with =, as a formula of a spreadsheet"),
    "mark": (r"['’‘`´].*", "begins with the ' by which a spreadsheet marks text"),
    "quotes": (r'".*"', "stands in quotes"),
    "error": (
        r"#[^#]*[!?]|#[^\W\d]+(?:/[^\W\d]*)?(?: [^\W\d/]+(?:/[^\W\d]*)?)?|err:\d+|[#]+\s*",
        "is an error or a filler of a spreadsheet, such as #N/A or ####, not an id",
    ),
    "nothing": (
        r"[<(\[]\s*(?:na|nan|null|none|nil|object object|blank|empty|leer|vide|vacío)\s*[>)\]]|"
        r"n/a|n\.a\.?|pd\.na|\\n|[-+](?:nan|inf)",
        "is what programs write for no value, not an id",
    ),
    "rounded": (
        r"[-+]?\d+(?:[.,]\d+E[-+]?|E[-+])\d+",
        "is a number that a spreadsheet has rounded, such as 1.23E+09",
    ),
    "program": (
        r"b'.*'|b\".*\"|\[.*\]|\{.*\}",
        "is a value as a program shows it, such as b'7' or [1]",
    ),
    "decimal": (r"[-+]?\d+[.,]0*", "is a number with decimals, such as 12345.0"),
    "grouped": (
        r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:['’ ]\d{3})+(?:[.,]\d+)?|\d{1,3}(?:\.\d{3}){2,}",
        "is a number with commas, dots or blanks between its digits",
    ),
    "day": (
        rf"\d{{1,2}}(?:[-/]|\.? )(?:{_MONTHS})\.?(?:[-/ ]\d{{2,4}})?|(?:{_MONTHS})\.?-\d\d|"
        r"(?:\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}-\d{1,2}-\d{4})(?: \d+:\d.*)?|"
        r"\d{4}-\d\d-\d\d[ t]\d\d:\d\d.*",
        "is a day that a spreadsheet has made of it, such as 2-Jan",
    ),
    "empty": (r"[^\w]*", "has no letter and no digit"),
}
_ANY_ODD = re.compile(
    "|".join(f"(?P<{kind}>{pattern})" for kind, (pattern, _) in _ODD.items()),
    re.IGNORECASE | re.DOTALL,
).fullmatch
# Most ids that are not only letters and digits. None of them is odd.
_USUAL = (
    r"(?:(?![A-Za-z]{3,5}-[0-9][0-9](?![A-Za-z0-9_.@/+-]))[A-Za-z][A-Za-z_./+-]*+[0-9@]"
    r"[A-Za-z0-9_.@/+-]*+|[-_./]?+[0-9]++(?:[-_/][0-9]++)?+)"
)
_ORDINARY = re.compile(_USUAL).fullmatch
_ALL_ORDINARY = re.compile(rf"(?:{_USUAL}\n)*+").fullmatch
#: Characters that show nothing, although Unicode counts them among letters, marks or symbols.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def fault_of_id(text: str) -> str | None:
    """Why ``text``, which is not blank and has no blanks around it, is no id; ``None`` if it is
    one."""
    if text.isascii() and text.isalnum():
        if text.lower() in NO_VALUE:
            return _ODD["nothing"][1]
        return None
    if _ORDINARY(text):
        return None
    return fault_of_marks(text) or fault_of_value(text)


def fault_of_value(text: str) -> str | None:
    """Why ``text`` is what a spreadsheet or a program leaves where it has no id."""
    if _plain(text).lower() in NO_VALUE:
        return _ODD["nothing"][1]
    return leftover(text)


def leftover(text: str) -> str | None:
    """The same without the words: somebody's login name may be "null"."""
    odd = _ANY_ODD(_plain(text))
    return _ODD[str(odd.lastgroup)][1] if odd else None


def fault_of_mailbox(text: str) -> str | None:
    """Why what stands before the ``@`` is a spreadsheet's or a program's. People have most other
    names: somebody may be called Nan, and write from nan@school.example."""
    odd = _ANY_ODD(_plain(text))
    if odd and odd.lastgroup in ("formula", "error", "rounded", "decimal"):
        return _ODD[odd.lastgroup][1]
    return None


def _plain(text: str) -> str:
    """``text`` with ordinary letters for full-width ones, as a Japanese keyboard writes them."""
    return text if text.isascii() else normalize("NFKC", text)


def fault_of_marks(text: str) -> str | None:
    """Why another text may look like ``text`` and not equal it; ``None`` if none does."""
    if text.isprintable() and (text.isascii() or _is_plain(text)):
        return None
    for mark in text:
        point = f"U+{ord(mark):04X}"
        kind = category(mark)
        if mark == "�":
            return "has the mark � in it, which stands for a letter that was lost"
        if kind.startswith("Z") and mark != " ":
            return f"has a no-break space or another special blank in it ({point})"
        if kind.startswith("C") or _BLANK.match(mark):
            return f"has a character in it that cannot be seen ({point})"
    return "has letters and their accents apart (it is not in Unicode's form NFC)"


def seems(text: str) -> str:
    """``text`` without what cannot be seen: texts that look the same give the same."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(
        mark
        for mark in text
        if mark.isspace() or not (category(mark).startswith("C") or _BLANK.match(mark))
    )
    return normalize("NFC", " ".join(shown.split()))


def _is_plain(text: str) -> bool:
    return _BLANK.search(text) is None and "�" not in text and is_normalized("NFC", text)


def all_ids(texts: Sequence[str]) -> bool:
    """Whether all of ``texts`` are ids without blanks around them. Quick: most files have letters
    and digits only."""
    joined = "".join(texts)
    # Of letters and digits alone, only the words for no value are odd, and what looks like others.
    plain = joined.encode().isalnum() if joined.isascii() else _is_plain(joined)
    if plain and (joined.isascii() or (joined.isalnum() and is_normalized("NFKC", joined))):
        if any(map(str.isalpha, texts)) and not NO_VALUE.isdisjoint(map(str.lower, texts)):
            return False
        return all(texts)
    lines = "\n".join(texts)
    if lines.count("\n") == len(texts) - 1 and _ALL_ORDINARY(lines + "\n"):
        return True
    return all(map(_is_id, texts))


def _is_id(text: str) -> bool:
    return bool(_ORDINARY(text)) or (
        bool(text) and text == text.strip() and fault_of_id(text) is None
    )
