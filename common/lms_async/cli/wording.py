"""Words for the screen."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import time
from collections.abc import Iterable, Sequence
from unicodedata import category

_CLOSE_ENOUGH = 0.88
_LONGEST = 60
#: What means something within double quotes; and characters that move the cursor, or can't be seen.
_OF_THE_SHELL = frozenset('"$`\\!')
_CONTROL = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def quoted(name: str) -> str:
    """A name from a file as it may be shown: in quotes, short, and without control characters,
    which could move the cursor or hide what stands before them."""
    shown = "".join(mark if mark.isprintable() else "�" for mark in name)
    return f'"{shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"}"'


def typed(name: str) -> str:
    """A name from a file as it can be typed on a command line: whole, and nothing in it is run by
    the shell. One with control characters can't be typed, and is only shown."""
    if any(category(mark) in _CONTROL for mark in name):
        name = quoted(name)[1:-1]
    return shlex.quote(name) if _OF_THE_SHELL.intersection(name) else f'"{name}"'


def column_name(cell: str) -> str:
    """A column's name as it can be typed: without the characters that cannot be seen, and with a
    single space wherever there is a line break, a no-break space or several spaces."""
    seen = "".join(mark for mark in cell if mark.isspace() or category(mark) not in _CONTROL)
    return " ".join(seen.split())


def visible(text: str) -> str:
    """``text`` on one line, with each control or invisible character as its escape, such as
    ``\\x1b``: it could move the cursor, or hide what stands before it."""
    if text.isprintable():
        return text
    return "".join(mark if can_be_seen(mark) else _escape(mark) for mark in text)


def escaped_json(line: str) -> str:
    """A line of JSON with the same characters as JSON escapes: it reads back as the same value."""
    if line.isprintable():
        return line
    return "".join(mark if can_be_seen(mark) else _json_escape(mark) for mark in line)


def command_line(words: Iterable[str]) -> str:
    """A command that can be typed into a shell as it is printed. A file name with control
    characters, or one that is not UTF-8, is written as bash and zsh take it: ``$'a\\x1bb'``."""
    return " ".join(shlex.quote(w) if visible(w) == w else _with_escapes(w) for w in words)


def can_be_seen(mark: str) -> bool:
    """Whether a character shows, or is a blank."""
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
    """The one of ``known`` that ``name`` may have been meant to be, if one is near."""
    likest = max(known, key=lambda other: likeness(name, other), default=None)
    return likest if likest is not None and likeness(name, likest) else None


def plain(name: str) -> str:
    """``name`` without what people write in many ways: case, spaces, ``_``, ``-`` and the like."""
    return re.sub(r"[\W_]+", "", name.casefold())


def likeness(name: str, other: str) -> float:
    """How much alike two names are, up to 1; 0 if one can hardly have been meant by the other.
    Names with different digits are no two writings of one: ``language1``, ``language2``."""
    one, two = plain(name), plain(other)
    if not one or not two or re.findall(r"\d", one) != re.findall(r"\d", two):
        return 0.0
    if 2 * min(len(one), len(two)) < _CLOSE_ENOUGH * (len(one) + len(two)):
        return 0.0  # one is so much longer that they can't be near; to look would take long
    ratio = difflib.SequenceMatcher(None, one, two).ratio()
    return ratio if ratio >= _CLOSE_ENOUGH else 0.0


def listed(words: Sequence[object], last: str = "and") -> str:
    """``a, b and c``."""
    *others, final = map(str, words)
    return f"{', '.join(others)} {last} {final}" if others else final


def counted(number: int, noun: str) -> str:
    """``1 row``, ``2,500 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """``8 s``, ``2 min 05 s``, ``1 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def ago(moment: float) -> str:
    """How long ago ``moment`` was, in seconds since 1970."""
    seconds = max(0.0, time.time() - moment)
    days = int(seconds // 86400)
    return f"{counted(days, 'day')} ago" if days else f"{duration(seconds)} ago"
