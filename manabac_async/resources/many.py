"""The base of ManageBac's bulk methods, with the helpers that several of them need."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import DIFFERENT, Found, Results
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput, NotFound
from lms_async.http.call import Call, Method, get
from lms_async.http.pages import Pages
from lms_async.http.urls import (
    Path,
    Query,
    build_path,
    encode_query,
    portions,
    query_params,
)
from lms_async.journal.journal import Journal
from lms_async.outcome import RowError, RowResult, Status
from lms_async.records.scalar_rules import id_text
from lms_async.resource import FollowUp, Given, LookUp, Resource

from ..bulk_results import MISSING, explain

R = TypeVar("R")
T = TypeVar("T")

#: How many removals one call may make by default.
GUARD = Guard(max_removals=500)
#: Rows per page of the lists that a bulk reads; the vendor returns at most 200.
PAGE = query_params(per_page=200)


class ManyRecords(Resource):
    """A resource with bulk methods."""

    def _one_each(
        self,
        items: Given[R],
        operation: str,
        method: Method,
        path: Path | Callable[[Any], Path],
        *,
        prepare: Callable[[R], tuple[Hashable, Any]],
        body: Callable[[Any], Any],
        required_key: str | None,
        parse: Callable[[Any, Rows[R]], RowResult | None],
        path_fields: tuple[str, ...] = (),
        missing: str = MISSING,
        path_names_rows: bool | Callable[[Rows[R]], bool] = True,
        repeatable: bool,
        look_up: LookUp[R],
        is_conflict: Callable[[RowError], bool] = lambda error: error.code == "409",
        follow_up: FollowUp[R] | None = None,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Send one record per request, several requests at once; see :meth:`Resource._bulk`.

        :param path: the path, or a function that returns it for the key of a row.
        :param body: returns the body of the request for a checked row.
        :param parse: returns the row's result from the payload of the response.
        :param path_fields: the fields of a row whose ids are in the path.
        :param missing: what a 404 says about these fields.
        """

        def call(rows: Rows[R]) -> Call[Any]:
            to = path(rows.keys[0]) if callable(path) else path
            return Call(
                method,
                str(to),
                route=to.route,
                body=body(orjson.loads(rows.bodies[0])),
                required_key=required_key,
                repeatable=repeatable,
                is_bulk=True,
            )

        return self._bulk(
            items,
            operation,
            prepare=one_by_one(prepare),
            call=call,
            parse_results=lambda payload, rows: [parse(payload, rows)],
            max_rows=1,
            distinct=True,
            path_names_rows=path_names_rows,
            look_up=look_up,
            is_conflict=is_conflict,
            explain=explain(*path_fields, why=missing),
            follow_up=follow_up,
            journal=journal,
        )

    async def _count(self, path: Path, row: type[Any], *, envelope_key: str, query: Query) -> int:
        """Count the records of a list, from ``meta`` or, if it has no count, by reading all."""
        call: Call[Any] = get(
            path, query=(*query, *query_params(per_page=1)), envelope_key=envelope_key
        )
        payload, _ = await self._transport.fetch(call)
        meta = payload.get("meta")
        total = str(meta.get("total_count", "")) if isinstance(meta, dict) else ""
        if total.isdecimal():
            return int(total)
        return len(await self._list(path, row, envelope_key=envelope_key, query=(*query, *PAGE)))

    def _read(
        self, path: Path, row: type[T], *, envelope_key: str, ids: tuple[str, list[str]]
    ) -> Pages[T]:
        """List the records with these ids, as many ids per request as fit into the URL.

        :param ids: the name of the filter, such as ``ids[]``, and the ids.
        """
        name, wanted = ids
        around = len(encode_query(((name, ""),))) + 1
        return self._list(
            path,
            row,
            envelope_key=envelope_key,
            query=PAGE,
            filters=[
                tuple((name, one) for one in portion) for portion in portions(wanted, around=around)
            ],
        )

    async def _find_each(
        self,
        rows: Rows[Any],
        path: Callable[[Any], Path],
        model: type[T],
        *,
        envelope_key: str,
        is_done: Callable[[dict[str, Any], T], bool | None],
    ) -> list[Found]:
        """Look up rows by reading the record of each row, one request per row.

        A row whose record has other values is sent again, because its call may be repeated.

        :param is_done: returns whether a record shows the values that were sent; ``None`` if it
            can't tell.
        """
        found: list[Found] = []
        for key, body in zip(rows.keys, rows.bodies, strict=True):
            call = get(path(key), returns=model, envelope_key=envelope_key)
            try:
                record = await self._transport.send(call)
            except NotFound:
                found.append(None)
                continue
            done = is_done(orjson.loads(body), record)
            if done is None:
                found.append(None)
            else:
                found.append(RowResult(Status.DONE, str(key)) if done else DIFFERENT)
        return found


def by_id(template: str) -> Callable[[Any], Path]:
    """Return a function that returns the path of the record with an ``id``."""
    return lambda key: build_path(template, id=key)


def whole_id(item: object) -> tuple[str, Any]:
    """Check a row that is an id. Return the key and the value of the row.

    :raises InvalidInput: the id is not a whole number.
    """
    text = (id_text(item) or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise InvalidInput("the row can't be sent", fields={"id": "must be a whole number"})
    return str(int(text)), int(text)


def is_ok(payload: Any, rows: Rows[Any]) -> RowResult | None:
    """Read ``{"status": "ok"}``, the response to a request with one row."""
    return RowResult(Status.DONE, str(rows.keys[0])) if payload.get("status") == "ok" else None


def all_ok(payload: Any, rows: Rows[Any]) -> Results:
    """Read ``{"status": "ok"}``, the response to a request that is done for all rows or none."""
    if payload.get("status") == "ok":
        return [RowResult(Status.DONE)] * len(rows)
    return [None] * len(rows)
