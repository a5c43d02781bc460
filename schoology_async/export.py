"""Read a CSV export of Schoology while it arrives. Vendor page: "CSV Export".

Rows are returned as they arrive, so that the users of a district need not fit in memory.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from contextlib import aclosing
from email.message import Message
from typing import Any, Generic, TypeVar

import attrs

from lms_async.errors import InvalidResponse, ResponseLost, UnexpectedResponse
from lms_async.http.call import Call, get
from lms_async.http.responses import Response
from lms_async.http.stream import Stream, stream
from lms_async.http.transport import Transport
from lms_async.http.urls import Path
from lms_async.records.csv_records import CsvRecords, MalformedCsv

T = TypeVar("T")

#: The field of the model for each column of an export whose name differs.
FIELD_OF_COLUMN = {
    "name": "username",
    "mail": "primary_email",
    "building_nid": "building_id",
    "birthday": "birthday_date",
}


class Export(Generic[T]):
    """A CSV export with rows of type ``T``.

    ``async for row in export`` yields rows as they arrive. ``await export`` returns a list of all
    rows. Each of them sends a new request.

    :raises LmsError: while reading, see :mod:`lms_async.errors`. If the response breaks off, the
        rows that arrived are yielded, and then :class:`~lms_async.errors.ResponseLost` is raised.
        The export is not retried then, since a retry would yield these rows again.
    """

    def __init__(self, transport: Transport, call: Call[Response], row: type[T]) -> None:
        self._transport = transport
        self._call = call
        self._row = row

    def __repr__(self) -> str:
        return f"<Export of {self._row.__name__}: {self._call}>"

    def __await__(self) -> Generator[Any, None, list[T]]:
        return self._read_all().__await__()

    async def _read_all(self) -> list[T]:
        async with aclosing(self._pieces()) as pieces:
            return [row async for piece in pieces for row in piece]

    async def __aiter__(self) -> AsyncIterator[T]:
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                for row in piece:
                    yield row

    async def _pieces(self) -> AsyncGenerator[list[T], None]:
        """Yield the rows of the response in lists, one list per piece that arrives."""
        rows_only: Call[list[T]] = get(_path_of(self._call), returns=list[self._row])  # type: ignore[name-defined]
        fields: list[str] | None = None
        async with (
            stream(self._transport, self._call) as response,
            aclosing(self._records(response)) as pieces,
        ):
            async for records in pieces:
                if fields is None and records:
                    fields = self._fields(records.pop(0))
                if fields is not None and records:
                    yield self._transport.decode(rows_only, self._rows(fields, records))
            if fields is None:
                raise InvalidResponse("the export is blank", call=self._call)

    async def _records(self, response: Stream) -> AsyncGenerator[list[list[str]], None]:
        """Yield the CSV records of the response, each as a list of cells.

        :raises InvalidResponse: the response is not CSV.
        :raises ResponseLost: the response was cut off.
        """
        why = ""
        try:
            csv = CsvRecords(_charset(response.headers))
            async with aclosing(response.chunks) as chunks:
                async for chunk in chunks:
                    yield csv.feed(chunk)
            if csv.is_within_line and not response.has_end:
                raise ResponseLost("the export ends in the middle of a line", call=self._call)
            yield csv.finish()
        except MalformedCsv as malformed:
            why = str(malformed)
        if why:
            raise InvalidResponse(f"the export is not CSV: {why}", call=self._call)

    def _fields(self, header: Sequence[str]) -> list[str]:
        """Return the model's field for each column.

        :raises UnexpectedResponse: the first line has no column names, as in an error page with
            status 200.
        """
        names = [name.strip().lower() for name in header]
        fields = [FIELD_OF_COLUMN.get(name, name) for name in names]
        known = {field.name for field in attrs.fields(self._row)}  # type: ignore[arg-type]
        if not known & set(fields) or len(set(fields)) < len(fields):
            raise UnexpectedResponse(
                "the export does not begin with the names of its columns",
                call=self._call,
                hint="the account may lack the permission, or Schoology changed the format",
            )
        return fields

    def _rows(self, fields: Sequence[str], records: list[list[str]]) -> list[dict[str, str]]:
        """Return each record as a mapping from field to cell.

        :raises UnexpectedResponse: a record does not have one cell per column. This happens if
            Schoology's program fails in the middle of the export.
        """
        if any(len(record) != len(fields) for record in records):
            raise UnexpectedResponse(
                "a row of the export does not have one cell per column", call=self._call
            )
        return [dict(zip(fields, record, strict=True)) for record in records]


def _path_of(call: Call[Any]) -> Path:
    path = Path(call.path)
    path.route = call.route
    return path


def _charset(headers: Mapping[str, str]) -> str:
    message = Message()
    message["Content-Type"] = headers.get("content-type", "")
    return message.get_content_charset("utf-8")
