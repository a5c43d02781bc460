"""Use an endpoint for items that are not its rows, such as the changes of a plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..errors import InvalidInput
from .endpoint import Results
from .rows import Prepared, Rows

R = TypeVar("R")

#: Continues after a response, see :class:`~lms_async.bulk.endpoint.BulkEndpoint`.
FollowUp = Callable[[Rows[Any], Results], Awaitable[Results]]


def converting(
    to_row: Callable[[Any], R], prepare: Callable[[list[R]], Prepared]
) -> Callable[[list[Any]], Prepared]:
    """Return a ``BulkEndpoint.prepare`` that converts each item to a row before ``prepare``.

    :param to_row: converts an item, or raises InvalidInput.
    """

    def each(items: list[Any]) -> Prepared:
        rows: list[R] = []
        places: list[int] = []
        refused: dict[int, InvalidInput] = {}
        for place, item in enumerate(items):
            try:
                rows.append(to_row(item))
            except InvalidInput as invalid:
                refused[place] = invalid
            else:
                places.append(place)
        prepared = prepare(rows)
        refused |= {places[at]: invalid for at, invalid in prepared.refused.items()}
        return Prepared(prepared.keys, prepared.values, refused)

    return each
