"""Fast checks of whole columns of texts.

These checks are stricter than the rules for single values in ``scalar_rules.py``: a valid value may
fail here, an invalid one never passes. If a column fails, its rows are checked one by one.
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
    """How to check and encode a column of texts.

    ``fits`` tells whether all texts are valid. It returns False or raises TypeError if a value is
    not a text. ``encoded`` maps each text to the JSON value that is sent; ``None`` if the texts are
    sent as they are.
    """

    fits: Callable[[Sequence[str]], bool]
    encoded: Mapping[str, Any] | None = None


def _all_text(texts: Sequence[str]) -> bool:
    "".join(texts)
    return True


def among(allowed: frozenset[str]) -> Callable[[Sequence[str]], bool]:
    """Return a check that every text of a column is one of ``allowed``."""
    # _all_text is needed too, since a value of another type may equal an allowed text.
    return lambda texts: _all_text(texts) and allowed.issuperset(texts)


def _all_digits(texts: Sequence[str]) -> bool:
    joined = "".join(texts)
    return joined.isascii() and joined.isdigit() and all(texts)


def _all_days(texts: Sequence[str]) -> bool:
    # fromisoformat also accepts week dates and dates without dashes, so check the dashes first.
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


#: The characters of nearly all email addresses.
_COMMON = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-@"
#: Matches a number before the @ that a spreadsheet rounded or wrote with decimals.
_ROUNDED = re.compile(r"@-?\d+(?:\.0*(?=@)|(?:\.\d+)?E)", re.ASCII | re.IGNORECASE).search


def _all_mailboxes(texts: Sequence[str]) -> bool:
    # Check that each text has one @, not at either end, and no blanks. This takes a third of the
    # time of one pattern match for each text.
    joined = f"@{'@'.join(texts)}@"
    return (
        joined.count("@") == 2 * len(texts) + 1
        and all(map(contains, texts, repeat("@")))
        and "@@" not in joined
        # Addresses with other characters are checked one by one, and so are rounded numbers.
        and joined.isascii()
        and not joined.encode().translate(None, _COMMON)
        and "@." not in joined
        and ".." not in joined
        and _ROUNDED(joined) is None
    )


def _all_ids(texts: Sequence[str]) -> bool:
    joined = f",{','.join(texts)},"
    return ",," not in joined and joined.split(None, 1) == [joined]


def _all_plain_lists(texts: Sequence[str]) -> bool:
    return _all_ids(texts) and all_ids(",".join(texts).split(","))


def or_blank(fits: Callable[[Sequence[str]], bool]) -> Callable[[Sequence[str]], bool]:
    """Return the check ``fits`` for a column in which texts may also be ``""``."""

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
    # An empty text is sent as it is, in fields that may be blank.
    Year: Column(among(frozenset(_YEARS)), {**_YEARS, "": ""}),
    Flag: Column(among(frozenset(_FLAGS)), {**_FLAGS, "": ""}),
}
