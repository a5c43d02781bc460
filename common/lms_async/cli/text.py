"""Words for the screen."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

_CLOSE_ENOUGH = 0.5
_LONGEST = 60


def quoted(name: str) -> str:
    """A name from a file as it may be shown: in quotes, short, and without control characters,
    which could move the cursor or hide what stands before them."""
    shown = "".join(mark if mark.isprintable() else "�" for mark in name)
    return f'"{shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"}"'


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` may have been meant to be, if one is near."""
    plain = {_plain(other): other for other in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=_CLOSE_ENOUGH)
    return plain[close[0]] if close else None


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


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
