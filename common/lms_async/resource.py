"""The base class of all vendors' resources. With it, an endpoint needs a few lines of code.

::

    class Courses(Resource):
        def list(self, *, building_id: str | int | None = None) -> Pages[Course]:
            query = query_params(building_id=building_id)
            return self._list(build_path("courses"), Course, envelope_key="course", query=query)

        async def get(self, course_id: str | int) -> Course:
            path = build_path("courses/{course_id}", course_id=course_id)
            return await self._get(path, Course, required_key="id", about=about("id", course_id))

A method of a resource has the signature and the documentation. The base class builds the ``Call``.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from .bulk.bulk import Bulk
from .bulk.endpoint import BulkEndpoint, Found, Results
from .bulk.rows import Prepared, Rows
from .errors import ApiError, InvalidInput
from .http.call import Call, Method, get
from .http.pages import Pages
from .http.transport import Transport
from .http.urls import Path, Query
from .journal.journal import Journal
from .outcome import RowError
from .records.encoding import Sending

T = TypeVar("T")
R = TypeVar("R")

#: The rows of a ``…_many`` method.
Given = Iterable[R] | AsyncIterable[R]
#: Reads the payload of a bulk response: one result per row, ``None`` for a row it does not mention.
ParseResults = Callable[[Any, Rows[R]], Results]
LookUp = Callable[[Rows[R]], Awaitable[list[Found]]]
#: Continues after a response, see :class:`BulkEndpoint`.
FollowUp = Callable[[Rows[R], Results], Awaitable[Results]]


class Resource:
    """The base class of the resources. Subclasses add the typed methods for one kind of record."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    # These methods are not async: returning the transport's awaitable saves a frame per request.

    def _get(
        self,
        path: Path,
        returns: type[T],
        *,
        query: Query = (),
        envelope_key: str | None = None,
        required_key: str | None = None,
        about: tuple[str, str] | None = None,
    ) -> Awaitable[T]:
        """Read one record; see :class:`~lms_async.http.call.Call` for the parameters."""
        return self._transport.send(
            get(
                path,
                returns=returns,
                query=query,
                envelope_key=envelope_key,
                required_key=required_key,
                about=about,
            )
        )

    def _get_all(self, path: Path, row: type[T], *, envelope_key: str) -> Awaitable[list[T]]:
        """Read a list that the vendor never pages."""
        call: Call[list[T]] = get(path, returns=list[row], envelope_key=envelope_key)  # type: ignore[valid-type]
        return self._transport.send(call)

    def _send(
        self,
        method: Method,
        path: Path,
        body: Any = None,
        *,
        query: Query = (),
        returns: type[T] | None = None,
        envelope_key: str | None = None,
        required_key: str | None = None,
        repeatable: bool = False,
    ) -> Awaitable[T]:
        """Create, change or delete one record; see :class:`~lms_async.http.call.Call`."""
        return self._transport.send(
            Call(
                method,
                str(path),
                route=path.route,
                query=query,
                body=body,
                returns=returns,
                envelope_key=envelope_key,
                required_key=required_key,
                repeatable=repeatable,
            )
        )

    def _list(
        self,
        path: Path,
        row: type[T],
        *,
        envelope_key: str,
        query: Query = (),
        filters: Sequence[Query] = ((),),
        perhaps_unpaged: bool = False,
    ) -> Pages[T]:
        """List records over all pages.

        :param row: the model of one row.
        :param filters: parameters to add to ``query``. There is one list request per element, for
            filters that do not fit into one URL.
        :param perhaps_unpaged: see :class:`~lms_async.http.pages.Pages`.
        """
        calls: list[Call[list[T]]] = [
            get(path, returns=list[row], envelope_key=envelope_key, query=(*query, *one))  # type: ignore[valid-type]
            for one in filters
        ]
        return Pages(
            self._transport, calls[0], row, more=calls[1:], perhaps_unpaged=perhaps_unpaged
        )

    def _bulk(
        self,
        items: Given[R],
        operation: str,
        *,
        prepare: Callable[[list[R]], Prepared],
        call: Callable[[Rows[R]], Call[Any]],
        parse_results: ParseResults[R],
        journal: Journal | None,
        max_rows: int = 50,
        max_bytes: int = 1024 * 1024,
        distinct: bool = False,
        one_record_each: bool = False,
        path_names_rows: bool | Callable[[Rows[R]], bool] = False,
        group: Callable[[Any], Hashable] | None = None,
        look_up: LookUp[R] | None = None,
        is_conflict: Callable[[RowError], bool] = lambda error: error.code == "409",
        explain: Callable[[ApiError], RowError | None] = lambda error: None,
        follow_up: FollowUp[R] | None = None,
        begin: Callable[[], Awaitable[None]] | None = None,
    ) -> Bulk[R]:
        """Send many rows, several per request; see :class:`BulkEndpoint` for the parameters.

        :param operation: the name of the call in a journal: the method's name and the options that
            change its effect.
        """
        endpoint: BulkEndpoint[R] = BulkEndpoint(
            prepare=prepare,
            call=call,
            parse_results=parse_results,
            operation=operation,
            max_rows=max_rows,
            max_bytes=max_bytes,
            distinct=distinct,
            one_record_each=one_record_each,
            path_names_rows=path_names_rows,
            group=group,
            look_up=look_up,
            is_conflict=is_conflict,
            explain=explain,
            follow_up=follow_up,
            begin=begin,
        )
        return Bulk(self._transport, items, endpoint, journal=journal)


def changes_of(
    sending: Sending,
    changes: object,
    *,
    id_field: str = "id",
    id_: str | int,
    **other_ids: str | int | None,
) -> dict[str, Any]:
    """Check the changes of one record, and return them without ids.

    The changes may repeat the record's id, which is in the path.

    :param id_: the id in the path.
    :param other_ids: further ids in the path, by field; see :func:`without_ids`.
    :raises InvalidInput: a field does not fit, the changes contain another id, or there is nothing
        to change.
    """
    body = without_ids(sending(changes), **{id_field: id_}, **other_ids)
    if not body:
        raise InvalidInput("there is nothing to change")
    return body


def without_ids(body: dict[str, Any], **ids: str | int | None) -> dict[str, Any]:
    """Return ``body`` without the ids that are in the path.

    :param ids: the ids in the path, by field; ``None`` for an id that is not in the path.
    :raises InvalidInput: an id in ``body`` differs from the id in the path.
    """
    fields = {
        name: "differs from the id that the call names"
        for name, id_ in ids.items()
        if name in body and str(body.pop(name)).strip() != str(id_).strip()
    }
    if fields:
        raise InvalidInput("the record can't be sent", fields=fields)
    return body


def changes_by_id(
    sending: Sending, changes: object, *, id_field: str = "id"
) -> tuple[str, dict[str, Any]]:
    """Check one row of an ``update_many``: the id of the record, and the changes without it.

    :raises InvalidInput: a field does not fit, the id is missing, or there is nothing to change.
    """
    body = sending(changes)
    id_ = str(body.pop(id_field, ""))
    if not id_.strip():
        raise InvalidInput("the row can't be sent", fields={id_field: "is needed"})
    if not body:
        raise InvalidInput("there is nothing to change")
    return id_, body
