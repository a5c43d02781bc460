"""Format names, numbers and commands for messages."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import time
from collections.abc import Iterable, Sequence
from unicodedata import category

#: Plurals that are not made with an s.
_SINGULAR = {"people": "person", "classes": "class", "children": "child"}
_CLOSE_ENOUGH = 0.88
_LONGEST = 60
#: Characters that a shell interprets inside double quotes.
_SHELL_CHARACTERS = frozenset('"$`\\!')
#: Unicode categories of invisible characters.
_CONTROL = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def quoted(name: str) -> str:
    """Return a name in quotation marks, shortened and without control characters."""
    shown = "".join(mark if mark.isprintable() else "�" for mark in name)
    return f'"{shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"}"'


def typed(name: str) -> str:
    """Return a name quoted so that it can be typed in a shell, and the shell runs no part of it.

    A name with control characters cannot be typed. It is returned as :func:`quoted` shows it.
    """
    if any(category(mark) in _CONTROL for mark in name):
        name = quoted(name)[1:-1]
    return shlex.quote(name) if _SHELL_CHARACTERS.intersection(name) else f'"{name}"'


def column_name(cell: str) -> str:
    """Return a column's name without invisible characters, and with single spaces only."""
    seen = "".join(mark for mark in cell if mark.isspace() or category(mark) not in _CONTROL)
    return " ".join(seen.split())


def visible(text: str) -> str:
    """Return ``text`` with control and invisible characters as escapes such as ``\\x1b``.

    They could move the cursor or hide text.
    """
    if text.isprintable():
        return text
    return "".join(mark if can_be_seen(mark) else _escape(mark) for mark in text)


def escaped_json(line: str) -> str:
    """Return a line of JSON with control and invisible characters as JSON escapes.

    The value of the line stays the same.
    """
    if line.isprintable():
        return line
    return "".join(mark if can_be_seen(mark) else _json_escape(mark) for mark in line)


def command_line(words: Iterable[str]) -> str:
    """Return a command that can be copied into a shell.

    File names with control characters, or not in UTF-8, are quoted for bash and zsh:
    ``$'a\\x1bb'``.
    """
    return " ".join(shlex.quote(w) if visible(w) == w else _with_escapes(w) for w in words)


def can_be_seen(mark: str) -> bool:
    """Return whether a character is visible or a space."""
    return mark.isprintable() or category(mark) == "Zs"


def _escape(mark: str) -> str:
    return mark.encode("unicode_escape").decode()


def _json_escape(mark: str) -> str:
    units = mark.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _with_escapes(word: str) -> str:
    escapes = {"\\": "\\\\", "'": "\\'"}
    parts = [
        escapes.get(mark, mark)
        if can_be_seen(mark)
        else "".join(f"\\x{byte:02x}" for byte in os.fsencode(mark))
        for mark in word
    ]
    return f"$'{''.join(parts)}'"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar name in ``known``, if one is similar enough."""
    likest = max(known, key=lambda other: likeness(name, other), default=None)
    return likest if likest is not None and likeness(name, likest) else None


def plain(name: str) -> str:
    """Return ``name`` without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def likeness(name: str, other: str) -> float:
    """Return how similar two names are: 1 for equal, 0 for not similar enough.

    Names with different digits, such as ``language1`` and ``language2``, are not similar.
    """
    one, two = plain(name), plain(other)
    if not one or not two or re.findall(r"\d", one) != re.findall(r"\d", two):
        return 0.0
    if 2 * min(len(one), len(two)) < _CLOSE_ENOUGH * (len(one) + len(two)):
        return 0.0  # lengths that differ this much are never similar; comparing would be slow
    ratio = difflib.SequenceMatcher(None, one, two).ratio()
    return ratio if ratio >= _CLOSE_ENOUGH else 0.0


def listed(words: Sequence[object], last: str = "and") -> str:
    """Join words: ``a, b and c``."""
    *others, final = map(str, words)
    return f"{', '.join(others)} {last} {final}" if others else final


def counted(number: int, noun: str) -> str:
    """Return a number with a noun: ``1 row``, ``2,500 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counted_records(number: int, nouns: str) -> str:
    """Return a number with a noun: ``1 person``, ``2,500 people``.

    :param nouns: the noun in the plural.
    """
    if number != 1:
        return f"{number:,} {nouns}"
    return f"1 {_SINGULAR.get(nouns) or nouns.removesuffix('s')}"


def duration(seconds: float) -> str:
    """Format a duration: ``8 s``, ``2 min 05 s``, ``1 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def ago(moment: float) -> str:
    """Format how long ago ``moment`` was.

    :param moment: in seconds since 1970.
    """
    seconds = max(0.0, time.time() - moment)
    days = int(seconds // 86400)
    return f"{counted(days, 'day')} ago" if days else f"{duration(seconds)} ago"
