"""Compare the vendor's records with the rows that were sent.

``sending.py`` decides when rows are looked up. A vendor's look-ups read the records, and call
:func:`look_up` to compare them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar

import orjson

from ..outcome import RowResult, Status
from .endpoint import ABSENT, DIFFERENT, Found, Present, SendAgain
from .rows import Rows

T = TypeVar("T")

#: The vendor's record for a row, ``ABSENT`` if there is none, or ``None`` if that is not known.
FoundRecord: TypeAlias = T | Literal[SendAgain.ABSENT] | None
#: Reads the vendor's record for each row. The rows are passed in the form in which they were sent.
Find = Callable[[Sequence[dict[str, Any]]], Awaitable[Sequence[FoundRecord[T]]]]


async def look_up(
    rows: Rows[Any],
    find: Find[T],
    *,
    is_same: Callable[[Mapping[str, Any], T], bool],
    id_of: Callable[[T], str | None],
    resend_changes: bool | Callable[[Mapping[str, Any]], bool],
) -> list[Found]:
    """Find the vendor's record of each row and compare it with what was sent.

    If the record shows the values that were sent, the row is ``done``. If it has other values, the
    row is sent again, provided that this changes the record. Otherwise the row stays unknown: the
    record may be older, or the vendor may have changed the values that were sent.

    :param is_same: tells whether a record shows the values that were sent.
    :param id_of: returns the vendor's id of a record.
    :param resend_changes: whether sending a row again changes an existing record; or a function
        that returns this for a row in the form in which it was sent.
    :returns: one result per row, in order.
    :raises LmsError: the records could not be read.
    """
    sent = [orjson.loads(body) for body in rows.bodies]
    found: list[Found] = []
    for row, record in zip(sent, await find(sent), strict=True):
        if record is None or record is ABSENT:
            found.append(record)
        elif is_same(row, record):
            found.append(RowResult(Status.DONE, id_of(record)))
        else:
            again = resend_changes(row) if callable(resend_changes) else resend_changes
            found.append(DIFFERENT if again else Present(id_of(record)))
    return found
