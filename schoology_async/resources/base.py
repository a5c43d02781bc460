"""The base class of Schoology's resources: lists, bulk writes and bulk deletions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Results
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.rows import Prepared, Rows, json_of, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, Method, get
from lms_async.http.pages import Pages
from lms_async.http.urls import MOST_QUERY, Path, Query, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.records.encoding import Sending
from lms_async.records.ids import ExactId, fault_of_id
from lms_async.records.scalar_rules import id_text
from lms_async.resource import Given, LookUp, Resource

from ..bulk_results import FieldReader, ReadItems, parse_results
from ..models.converter import as_list

T = TypeVar("T")
R = TypeVar("R")

#: The maximum number of rows that Schoology returns per page.
PAGE_SIZE = 200
_ID = FieldReader("id")


class SchoologyResource(Resource):
    """A resource whose bulk writes wrap their rows, e.g. ``{"users": {"user": [...]}}``."""

    def _paged(
        self,
        path: Path,
        row: type[T],
        *,
        envelope_key: str,
        page_size: int,
        query: Query = (),
        filters: Sequence[Query] = ((),),
        perhaps_unpaged: bool = False,
    ) -> Pages[T]:
        """List records over all pages of ``page_size`` rows; see :meth:`Resource._list`.

        :raises InvalidInput: ``page_size`` is below 2.
        """
        if page_size < 2:  # pages of one row can't overlap, so skipped rows would not be noticed
            raise InvalidInput("page_size must be at least 2 rows per page")
        limit = query_params(limit=page_size)
        return self._list(
            path,
            row,
            envelope_key=envelope_key,
            query=(*query, *limit),
            filters=filters,
            perhaps_unpaged=perhaps_unpaged,
        )

    def _write_many(
        self,
        items: Given[R],
        operation: str,
        method: Method,
        path: Path | Callable[[Rows[R]], Path],
        *,
        wrapper: tuple[str, ...],
        response_wrapper: tuple[str, ...] | None = None,
        prepare: Callable[[list[R]], Prepared],
        read: ReadItems,
        query: Query = (),
        repeatable: bool | Callable[[Rows[R]], bool] = False,
        group: Callable[[Any], Hashable] | None = None,
        one_record_each: bool = False,
        distinct: bool = False,
        path_names_rows: bool = False,
        look_up: LookUp[R] | None = None,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Write many records, 50 per request.

        See :meth:`Resource._bulk` for the other parameters.

        :param path: the path of the requests, or a function that returns it for the rows of one
            request.
        :param wrapper: the keys around the rows of a request.
        :param response_wrapper: the keys around the items of a response; by default, the last key
            of ``wrapper``.
        :param read: reads the items of a response.
        :param repeatable: whether sending a request twice has the same effect as sending it once;
            or a function that returns this for the rows of one request.
        """
        *outer, inner = wrapper
        keys = response_wrapper or (inner,)

        def call(rows: Rows[R]) -> Call[Any]:
            body: Any = {inner: json_of(rows)}
            for name in reversed(outer):
                body = {name: body}
            to = path(rows) if callable(path) else path
            return Call(
                method,
                str(to),
                route=to.route,
                query=query,
                body=body,
                envelope_key=keys[0] if len(keys) == 1 else None,
                required_key=keys[0],
                repeatable=repeatable(rows) if callable(repeatable) else repeatable,
                is_bulk=True,
            )

        def parse(payload: Any, rows: Rows[R]) -> Results:
            return read(_items(payload, keys), rows)

        return self._bulk(
            items,
            with_options(operation, query),
            prepare=prepare,
            call=call,
            parse_results=parse,
            group=group,
            one_record_each=one_record_each,
            distinct=distinct,
            path_names_rows=path_names_rows,
            look_up=look_up,
            journal=journal,
        )

    def _delete_many(
        self,
        ids: Given[str | int],
        operation: str,
        path: Path,
        *,
        parameter: str,
        response_wrapper: tuple[str, ...],
        guard: Guard,
        count: Callable[[], Awaitable[int]] | None,
        options: Query = (),
        numbers_only: bool = False,
        look_up: LookUp[str | int] | None = None,
        journal: Journal | None,
    ) -> Bulk[str | int]:
        """Delete many records, 50 per request, with their ids in the query.

        A request whose response was lost is never sent again.

        :param parameter: the name of the query parameter for the ids.
        :param response_wrapper: the keys around the items of a response, if it has a body.
        :param count: counts the existing records, for a guard with a percentage; ``None`` if
            Schoology can't count them.
        :param options: further query parameters.
        :param numbers_only: reject ids that are not numbers.
        :raises InvalidInput: the guard is a percentage, and ``count`` is ``None``.
        """
        name = parameter.removesuffix("s")
        if count is None:
            count = no_count(guard)

        def prepare(item: str | int) -> tuple[Hashable, Any]:
            id_ = (id_text(item) or "").strip()
            fault = "must be one id" if not id_ or "," in id_ else None
            if not isinstance(item, ExactId):
                fault = fault or fault_of_id(id_)
            if numbers_only and not (id_.isascii() and id_.isdigit()):
                fault = fault or "must be a whole number"
            if fault:
                raise InvalidInput("the row can't be sent", fields={name: fault})
            return id_, quote(id_, safe="")  # max_bytes applies to the length of the ids in the URL

        def call(rows: Rows[str | int]) -> Call[Any]:
            query = ((parameter, ",".join(map(str, rows.keys))), *options)
            return Call("DELETE", str(path), route=path.route, query=query, is_bulk=True)

        def parse(payload: Any, rows: Rows[str | int]) -> Results:
            # The documents say "Return: none" (204). The vendor also answers 207 with rows.
            if payload is None:
                return [RowResult(Status.DONE, str(key)) for key in rows.keys]
            return parse_results(_items(payload, response_wrapper), rows, key=_ID, id=_ID)

        return self._bulk(
            guarded(ids, guard, count),
            with_options(operation, options),
            prepare=one_by_one(prepare),
            call=call,
            parse_results=parse,
            max_bytes=MOST_QUERY,
            look_up=look_up,
            journal=journal,
        )

    async def _count(self, path: Path, row: type[Any], *, envelope_key: str) -> int:
        """Count the records of a list: by its ``total``, or else by reading all pages."""
        call: Call[Any] = get(path, query=query_params(limit=2), envelope_key=envelope_key)
        total = str((await self._transport.fetch(call))[0].get("total", ""))
        if total.isdecimal():
            return int(total)
        return len(await self._list(path, row, envelope_key=envelope_key))


def no_count(guard: Guard) -> Callable[[], Awaitable[int]]:
    """Return a ``count`` that is never called, for records that Schoology can't count.

    :raises InvalidInput: the guard is a percentage.
    """
    if isinstance(guard, Guard) and isinstance(guard.max_removals, str):
        raise InvalidInput(
            "Schoology can't count these records, so the guard can't be a percentage",
            hint="use a number, such as Guard(500)",
        )

    async def count() -> int:
        raise NotImplementedError

    return count


def changes_by_id(sending: Sending) -> Callable[[list[Any]], Prepared]:
    """Return a function that checks the rows of an ``update_many``.

    A row must have an ``id`` and at least one other field.
    """

    def prepare(item: Any) -> tuple[Hashable, Any]:
        body = sending(item)
        if not str(body.get("id", "")).strip():
            raise InvalidInput("the row can't be sent", fields={"id": "is needed"})
        if len(body) == 1:
            raise InvalidInput("there is nothing to change")
        return str(body["id"]), body

    return one_by_one(prepare)


def _items(payload: Any, keys: tuple[str, ...]) -> list[Any]:
    """Return the items of a bulk response, which are under ``keys``."""
    for key in keys:
        payload = payload[key]
    return as_list(payload)


def with_options(operation: str, query: Query) -> str:
    """Return the operation's name for a journal, with the options that change what it does."""
    chosen = [f"{name}={value}" for name, value in query if not name.endswith("comment")]
    return " ".join([operation, *chosen])
