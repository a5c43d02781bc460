"""The base of the bulk methods that create records and update those that exist.

Before the first row is sent, the existing records are read. Whether the record of a row exists
decides which request sends the row, and with which fields. The journal identifies a row by
its content in the file, not by its request. So it recognizes the row in a second run, in which the
record exists.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

import attrs
import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found, Results
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.http.call import Call
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..bulk_results import explain, may_exist
from .many import ManyRecords

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class Route:
    """One way to send rows: for records that exist, or for records that do not exist."""

    call: Callable[[Rows[Any]], Call[Any]]
    parse: Callable[[Any, Rows[Any]], Results]
    look_up: Callable[[Rows[Any]], Awaitable[list[Found]]]
    #: See :class:`~lms_async.bulk.endpoint.BulkEndpoint`.
    path_names_rows: bool | Callable[[Rows[Any]], bool] = False


#: Takes the rows of a request. Returns how they are sent, and the rows with the keys and values
#: that this way of sending needs. Raises InvalidInput for rows that can't be sent.
Routing = Callable[[Rows[Any]], tuple[Route, Rows[Any]]]


class RoutedRecords(ManyRecords):
    """A resource with bulk methods that create records and update those that exist."""

    def _bulk_routed(
        self,
        items: Given[R],
        operation: str,
        *,
        prepare: Callable[[R], tuple[Hashable, Any]],
        begin: Callable[[], Awaitable[None]],
        route: Routing,
        group: Callable[[Any], Hashable] | None = None,
        max_rows: int = 1,
        one_record_each: bool = False,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Send each row the way that ``route`` chooses; see :meth:`Resource._bulk` for the rest.

        :param begin: reads the existing records, before the first row is sent.
        :param group: puts rows that are sent in different ways into different groups.
        """

        def call(rows: Rows[R]) -> Call[Any]:
            way, routed = route(rows)
            return way.call(routed)

        def parse(payload: Any, rows: Rows[R]) -> Results:
            way, routed = route(rows)
            return way.parse(payload, routed)

        async def look_up(rows: Rows[R]) -> list[Found]:
            way, routed = route(rows)
            return await way.look_up(routed)

        def path_names_rows(rows: Rows[R]) -> bool:
            way, routed = route(rows)
            named = way.path_names_rows
            return named(routed) if callable(named) else named

        return self._bulk(
            items,
            operation,
            prepare=one_by_one(prepare),
            call=call,
            parse_results=parse,
            max_rows=max_rows,
            distinct=True,
            one_record_each=one_record_each,
            path_names_rows=path_names_rows,
            group=group,
            look_up=look_up,
            is_conflict=may_exist,
            explain=explain(),
            begin=begin,
            journal=journal,
        )


def with_values(rows: Rows[R], keys: list[Hashable | None], values: list[Any]) -> Rows[R]:
    """Return ``rows`` with other keys and values."""
    return Rows(
        rows.indices,
        rows.items,
        keys,
        list(map(orjson.dumps, values)),
        sent_before=rows.sent_before,
    )
