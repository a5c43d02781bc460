"""Check that a text can be an id. Files and the SDK's write models share these rules.

Spreadsheets and programs leave values where an id should be: ``#N/A``, ``nan``, ``1.23E+09``. Other
texts look like an id but contain an invisible character. An account created with such an id is hard
to find again, so these texts are rejected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category, is_normalized, normalize


class ExactId(str):
    """An id that is sent as it is, without a check, e.g. if a school really has the id "None".

    >>> row = {"school_uid": ExactId("None"), "name_first": "Ada", ...}
    """

    __slots__ = ()


#: What programs write for a missing value. None of these words contains a digit.
NO_VALUE = frozenset(
    "nan null none nil na nat undefined inf infinity true false wahr falsch vrai faux".split()
)
#: Month names as spreadsheets abbreviate them, in English, German, French, Spanish, Italian, Dutch.
_MONTHS = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|jän|mär|mrz|mai|okt|dez|janv|févr|mars|avr|"
    "juin|juil|août|sept|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei)"
)
#: Patterns of texts that are not ids, and the reason to report. The first match counts.
_NOT_IDS = {
    "formula": (r"=.*", "begins with =, like a spreadsheet formula"),
    "apostrophe": (r"['’‘`´].*", "begins with ', which spreadsheets use to mark a cell as text"),
    "quotes": (r'".*"', "is in quotes"),
    "error": (
        r"#[^#]*[!?]|#[^\W\d]+(?:/[^\W\d]*)?(?: [^\W\d/]+(?:/[^\W\d]*)?)?|err:\d+|[#]+\s*",
        "is what a spreadsheet shows for an error or a narrow column, such as #N/A or ####",
    ),
    "nothing": (
        r"[<(\[]\s*(?:na|nan|null|none|nil|object object|blank|empty|leer|vide|vacío)\s*[>)\]]|"
        r"n/a|n\.a\.?|pd\.na|\\n|[-+](?:nan|inf)",
        "is what programs write for a missing value, such as nan or n/a",
    ),
    "rounded": (
        r"[-+]?\d+(?:[.,]\d+E[-+]?|E[-+])\d+",
        "is a number that a spreadsheet rounded, such as 1.23E+09",
    ),
    "program": (
        r"b'.*'|b\".*\"|\[.*\]|\{.*\}",
        "is a value as a programming language prints it, such as b'7' or [1]",
    ),
    "decimal": (r"[-+]?\d+[.,]0*", "is a number with decimals, such as 12345.0"),
    "grouped": (
        r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:['’ ]\d{3})+(?:[.,]\d+)?|\d{1,3}(?:\.\d{3}){2,}",
        "is a number with commas, dots or spaces between its digits",
    ),
    "day": (
        rf"\d{{1,2}}(?:[-/]|\.? )(?:{_MONTHS})\.?(?:[-/ ]\d{{2,4}})?|(?:{_MONTHS})\.?-\d\d|"
        r"(?:\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}-\d{1,2}-\d{4})(?: \d+:\d.*)?|"
        r"\d{4}-\d\d-\d\d[ t]\d\d:\d\d.*",
        "is a date, such as 2-Jan, into which a spreadsheet may have converted an id",
    ),
    "empty": (r"[^\w]*", "contains no letter and no digit"),
}
_match_not_id = re.compile(
    "|".join(f"(?P<{kind}>{pattern})" for kind, (pattern, _) in _NOT_IDS.items()),
    re.IGNORECASE | re.DOTALL,
).fullmatch
# Matches most ids that contain other characters than letters and digits, and nothing in _NOT_IDS.
_USUAL = (
    r"(?:(?![A-Za-z]{3,5}-[0-9][0-9](?![A-Za-z0-9_.@/+-]))[A-Za-z][A-Za-z_./+-]*+[0-9@]"
    r"[A-Za-z0-9_.@/+-]*+|[-_./]?+[0-9]++(?:[-_/][0-9]++)?+"
    # UUIDs that begin with a digit.
    r"|[0-9][0-9A-Fa-f]{7}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
)
_ORDINARY = re.compile(_USUAL).fullmatch
_ALL_ORDINARY = re.compile(rf"(?:{_USUAL}\n)*+").fullmatch
#: Invisible characters that Unicode counts among the letters, marks or symbols.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def fault_of_id(text: str) -> str | None:
    """Return why ``text`` can't be an id, or ``None`` if it can.

    :param text: not blank, and without blanks at either end.
    """
    if text.isascii() and text.isalnum():
        if text.lower() in NO_VALUE:
            return _NOT_IDS["nothing"][1]
        return None
    if _ORDINARY(text):
        return None
    return fault_of_marks(text) or fault_of_value(text)


def fault_of_value(text: str) -> str | None:
    """Return why ``text`` is something that a spreadsheet or a program left there, or ``None``."""
    if _plain(text).lower() in NO_VALUE:
        return _NOT_IDS["nothing"][1]
    return leftover(text)


def leftover(text: str) -> str | None:
    """Like :func:`fault_of_value`, but allow words such as "null": it may be a login name."""
    match = _match_not_id(_plain(text))
    return _NOT_IDS[str(match.lastgroup)][1] if match else None


def fault_of_mailbox(text: str) -> str | None:
    """Return why ``text`` can't be the part of an email address before the ``@``, or ``None``.

    Words are allowed, since a person may be called Nan and have the address nan@school.example.
    """
    match = _match_not_id(_plain(text))
    if match and match.lastgroup in ("formula", "error", "rounded", "decimal"):
        return _NOT_IDS[match.lastgroup][1]
    return None


def _plain(text: str) -> str:
    """Replace full-width letters, as a Japanese keyboard writes them, with ordinary ones."""
    return text if text.isascii() else normalize("NFKC", text)


def fault_of_marks(text: str) -> str | None:
    """Return why a different text may look exactly like ``text``, or ``None`` if none can."""
    if text.isprintable() and (text.isascii() or _is_plain(text)):
        return None
    for char in text:
        code_point = f"U+{ord(char):04X}"
        kind = category(char)
        if char == "�":
            return "contains �, which replaces a character that was lost"
        if kind.startswith("Z") and char != " ":
            return f"contains a no-break space or another special space ({code_point})"
        if kind.startswith("C") or _BLANK.match(char):
            return f"contains an invisible character ({code_point})"
    return "stores letters and their accents separately (it is not in Unicode's form NFC)"


def visible_text(text: str) -> str:
    """Remove invisible characters from ``text``. Texts that look the same give the same result."""
    if text.isascii() and text.isprintable():
        return text
    visible = "".join(
        char
        for char in text
        if char.isspace() or not (category(char).startswith("C") or _BLANK.match(char))
    )
    return normalize("NFC", " ".join(visible.split()))


def _is_plain(text: str) -> bool:
    return _BLANK.search(text) is None and "�" not in text and is_normalized("NFC", text)


def all_ids(texts: Sequence[str]) -> bool:
    """Whether all of ``texts`` are ids without blanks at either end.

    Fast if the ids are letters and digits only, as in most files.
    """
    joined = "".join(texts)
    # Among texts of only letters and digits, just the words for a missing value are not ids, and
    # letters that look like other ones.
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
