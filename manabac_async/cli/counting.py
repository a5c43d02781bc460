"""Count the records that ManageBac has, and the requests that an import takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from lms_async.bulk.chunks import MOST_OPEN
from lms_async.cli.kinds import Row

from ..client import ManageBac

#: Rows of one class or year group per request. The vendor documents no maximum.
CHUNK = 100


def count_of(
    path: str, read: Callable[[ManageBac], Awaitable[list[Any]]], **query: str
) -> Callable[[ManageBac], Awaitable[int]]:
    """Return a function that counts the records of a list.

    :param path: the list.
    :param read: reads the whole list, if ManageBac does not say how long it is.
    :param query: the filters of the list.
    """

    async def count(client: ManageBac) -> int:
        response = await client.request("GET", path, query={**query, "per_page": 1})
        payload = response.json()
        meta = payload.get("meta") if isinstance(payload, dict) else None
        total = str(meta.get("total_count", "")) if isinstance(meta, dict) else ""
        return int(total) if total.isdecimal() else len(await read(client))

    return count


def requests_by(field: str, *, requests_per_group: int = 1) -> Callable[[Iterable[Row]], int]:
    """Return a function that counts the requests of rows that are grouped by a field.

    :param requests_per_group: how many requests each group of :data:`CHUNK` rows takes.
    """

    def count(rows: Iterable[Row]) -> int:
        open_: dict[str, int] = {}
        calls = 0
        for row in rows:
            group = row[field].lstrip("0")
            open_[group] = open_.get(group, 0) + 1
            if open_[group] >= CHUNK:
                del open_[group]
                calls += 1
            elif len(open_) > MOST_OPEN:  # as in lms_async.bulk.chunks
                del open_[next(iter(open_))]
                calls += 1
        return (calls + len(open_)) * requests_per_group

    return count
