"""Look-ups: what the vendor holds of rows whose response was lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar

import orjson

from ..outcome import RowResult, Status
from .endpoint import ABSENT, DIFFERENT, Found, Present, SendAgain
from .rows import Rows

T = TypeVar("T")

#: The record that the vendor has for a row, ``ABSENT``, or ``None`` where it could not be asked.
FoundRecord: TypeAlias = T | Literal[SendAgain.ABSENT] | None
#: Asks the vendor for the records of some rows, each given as it was sent; one result per row.
Find = Callable[[Sequence[dict[str, Any]]], Awaitable[Sequence[FoundRecord[T]]]]


async def look_up(
    rows: Rows[Any],
    find: Find[T],
    *,
    is_same: Callable[[Mapping[str, Any], T], bool],
    id_of: Callable[[T], str | None],
    resend_changes: bool | Callable[[Mapping[str, Any]], bool],
) -> list[Found]:
    """Find each row at the vendor and compare it with what was sent.

    A record that shows what was sent is ``done``: we made it, or it needs no more. A record with
    other values is sent again if that changes it; if not, nothing tells whether we made it and the
    vendor altered what was sent.

    :param is_same: whether a record shows the values that were sent.
    :param id_of: the vendor's id of a record.
    :param resend_changes: whether sending a row again changes a record that exists; or a function
        that says so of a row as it was sent.
    :returns: what became of each row, in order.
    :raises LmsError: the vendor could not be asked.
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
