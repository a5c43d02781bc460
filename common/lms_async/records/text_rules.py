"""The rules of the scalars for many texts at once, as the columns of a file are.

They let pass what the rule of each value in ``scalars.py`` would let pass, if not all of
it: where one says no, each value is looked at by itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import repeat
from operator import contains
from typing import Any, NamedTuple

from .ids import all_ids
from .scalars import (
    AnyId,
    AnyIdList,
    Day,
    Email,
    Flag,
    Id,
    IdList,
    Login,
    Needed,
    NeededId,
    NeededNumber,
    Year,
)


class Column(NamedTuple):
    """A scalar's rule for many texts at once: whether all fit, and what each is on the wire where
    that is not the text itself. Where it says no, each value is looked at; where a value is no
    text, it says no or raises TypeError."""

    fits: Callable[[Sequence[str]], bool]
    wire: Mapping[str, Any] | None = None


def _all_text(texts: Sequence[str]) -> bool:
    "".join(texts)
    return True


def among(allowed: frozenset[str]) -> Callable[[Sequence[str]], bool]:
    """Whether all of a column are one of the ``allowed`` texts."""
    # What is no text may equal one.
    return lambda texts: _all_text(texts) and allowed.issuperset(texts)


def _all_digits(texts: Sequence[str]) -> bool:
    joined = "".join(texts)
    return joined.isascii() and joined.isdigit() and all(texts)


def _all_days(texts: Sequence[str]) -> bool:
    # fromisoformat takes other forms too, by the week or without dashes; none is longer than ten.
    joined = "".join(texts)
    if not joined[4::10] == joined[7::10] == "-" * len(texts) or len(joined) != 10 * len(texts):
        return False
    try:
        deque(map(date.fromisoformat, texts), maxlen=0)
    except ValueError:
        return False
    return True


def _all_there(texts: Sequence[str]) -> bool:
    return all(map(str.strip, texts))


#: What nearly all mail addresses consist of.
_USUAL = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-@"
#: A number before the @ that a spreadsheet has rounded or given decimals.
_ROUNDED = re.compile(r"@-?\d+(?:\.0*(?=@)|(?:\.\d+)?E)", re.ASCII | re.IGNORECASE).search


def _all_mailboxes(texts: Sequence[str]) -> bool:
    # One @ each, not at an end, and no blanks, at a third of what a pattern for each costs.
    apart = f"@{'@'.join(texts)}@"
    return (
        apart.count("@") == 2 * len(texts) + 1
        and all(map(contains, texts, repeat("@")))
        and "@@" not in apart
        # Other letters and marks are looked at one by one, and what a spreadsheet leaves behind.
        and apart.isascii()
        and not apart.encode().translate(None, _USUAL)
        and "@." not in apart
        and ".." not in apart
        and _ROUNDED(apart) is None
    )


def _all_ids(texts: Sequence[str]) -> bool:
    apart = f",{','.join(texts)},"
    return ",," not in apart and apart.split(None, 1) == [apart]


def _all_plain_lists(texts: Sequence[str]) -> bool:
    return _all_ids(texts) and all_ids(",".join(texts).split(","))


def or_blank(fits: Callable[[Sequence[str]], bool]) -> Callable[[Sequence[str]], bool]:
    """The same of a column some of which may be ``""``, as the cells of a whole row of a file."""

    def fit(texts: Sequence[str]) -> bool:
        if fits(texts):
            return True
        filled = [text for text in texts if text != ""]
        return len(filled) < len(texts) and (not filled or fits(filled))

    return fit


_YEARS = {str(year): year for year in range(1900, 2100)}
_FLAGS = {"0": 0, "1": 1}

COLUMNS: dict[Any, Column] = {
    str: Column(_all_text),
    Id: Column(_all_text),
    AnyId: Column(or_blank(all_ids)),
    Needed: Column(_all_there),
    NeededId: Column(all_ids),
    Login: Column(or_blank(all_ids)),
    NeededNumber: Column(_all_digits),
    Email: Column(or_blank(_all_mailboxes)),
    Day: Column(_all_days),
    IdList: Column(or_blank(_all_ids)),
    AnyIdList: Column(or_blank(_all_plain_lists)),
    # A blank stays one, where it may stand.
    Year: Column(among(frozenset(_YEARS)), {**_YEARS, "": ""}),
    Flag: Column(among(frozenset(_FLAGS)), {**_FLAGS, "": ""}),
}
