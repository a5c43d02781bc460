"""The base class of Schoology's resources, with its way to send many rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Prepared, Rows, json_of
from lms_async.http.call import Call, Method
from lms_async.http.urls import Path, Query
from lms_async.journal.journal import Journal
from lms_async.outcome import AllDone, RowResult
from lms_async.resource import Given, LookUp, Resource

from ..bulk_results import ItemReader, parse_results

R = TypeVar("R")


class SchoologyResource(Resource):
    """A resource whose bulk writes wrap their rows, e.g. ``{"users": {"user": [...]}}``."""

    def _write_many(
        self,
        items: Given[R],
        operation: str,
        method: Method,
        path: Path,
        *,
        wrapper: tuple[str, ...],
        prepare: Callable[[list[R]], Prepared],
        key: ItemReader[Hashable],
        id: ItemReader[str],  # noqa: A002 - the vendor's field
        query: Query = (),
        repeatable: bool = False,
        one_record_each: bool = False,
        look_up: LookUp[R] | None = None,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Write many records, 50 per request; see :meth:`Resource._bulk` for the rest.

        :param wrapper: the keys around the rows. The response has its items under the last key.
        :param key: reads the key of an item of the response, which tells which row it belongs to.
        :param id: reads the vendor's id from an item of the response.
        """
        *outer, inner = wrapper

        def call(rows: Rows[R]) -> Call[Any]:
            body: Any = {inner: json_of(rows)}
            for name in reversed(outer):
                body = {name: body}
            return Call(
                method,
                str(path),
                route=path.route,
                query=query,
                body=body,
                envelope_key=inner,
                repeatable=repeatable,
                is_bulk=True,
            )

        def parse(payload: Any, rows: Rows[R]) -> AllDone | list[RowResult | None]:
            return parse_results(payload[inner], rows, key=key, id=id)

        return self._bulk(
            items,
            with_options(operation, query),
            prepare=prepare,
            call=call,
            parse_results=parse,
            one_record_each=one_record_each,
            look_up=look_up,
            journal=journal,
        )


def with_options(operation: str, query: Query) -> str:
    """Return the operation's name for a journal, with the options that change what it does."""
    chosen = [f"{name}={value}" for name, value in query if not name.endswith("comment")]
    return " ".join([operation, *chosen])
