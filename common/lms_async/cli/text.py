"""Words for the screen."""

from __future__ import annotations

import difflib
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
