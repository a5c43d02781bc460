"""Describe an endpoint that takes several rows per request. Vendor packages use this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from enum import Enum
from typing import Any, Final, Generic, TypeVar

import attrs

from ..errors import ApiError
from ..http.call import Call
from ..outcome import RowError, RowResult
from .rows import Prepared, Rows

R = TypeVar("R")


class SendAgain(Enum):
    """The type of :data:`ABSENT` and :data:`DIFFERENT`."""

    ABSENT = "absent"
    DIFFERENT = "different"


#: The result of a look-up if the row's record certainly does not exist. The row is sent again.
ABSENT: Final = SendAgain.ABSENT
#: The result of a look-up if the row's record has other values and sending the row again would
#: change them. The record may be older, or the vendor may have changed the values that were sent.
DIFFERENT: Final = SendAgain.DIFFERENT


@attrs.frozen
class Present:
    """The result of a look-up if the row's record has other values than were sent, and sending the
    row again would not change them. ``id`` is the vendor's id of the record.

    This alone never makes a row ``rejected``. Vendors trim, normalize, escape, cut and hide values,
    so other values do not prove that the record existed before.
    """

    id: str | None


#: The results of a response, one per row; ``None`` for a row that it does not mention.
Results = list[RowResult | None]
#: The result of a look-up for one row; ``None`` if it can't tell.
Found = RowResult | SendAgain | Present | None


@attrs.frozen(kw_only=True)
class BulkEndpoint(Generic[R]):
    """One endpoint of a vendor that takes several rows in a request."""

    #: Checks items and returns the key and the JSON value of each. To write it for one item at a
    #: time, use :func:`lms_async.bulk.rows.one_by_one`. If it raises an LmsError, the bulk stops
    #: with it, and these items are skipped.
    prepare: Callable[[list[R]], Prepared]
    #: Returns the call that sends the rows of one chunk. May raise InvalidInput, and then rejects
    #: all rows of the chunk.
    call: Callable[[Rows[R]], Call[Any]]
    #: Reads the response's payload. Returns one result per row, in the order of the chunk, with
    #: ``None`` for a row that the response does not mention.
    parse_results: Callable[[Any, Rows[R]], Results]
    #: Name of the call, with those options that change its effect. A journal that was written by
    #: another operation is refused.
    operation: str
    #: The maximum number of rows in one request.
    max_rows: int = 50
    #: The maximum size of the JSON of all rows in one request, in bytes.
    max_bytes: int = 1024 * 1024
    #: Whether a key may appear only once in the whole input. All keys are then kept in memory.
    #: Otherwise a key may appear again once the earlier row with this key is finished.
    distinct: bool = False
    #: Whether rows with equal vendor ids have overwritten each other. The later one is then
    #: reported as ``unknown``. The ids are kept in memory, about 150 bytes per row.
    one_record_each: bool = False
    #: Whether the URL's path holds an id from the rows, or the rows name other records in the body;
    #: or a function that returns this for the rows of a request. Then a 404 is about the rows, and
    #: does not mean that the endpoint is missing.
    path_names_rows: bool | Callable[[Rows[R]], bool] = False
    #: Returns the group of a row, given its key. Only rows of the same group may share a request.
    #: Without this, all rows may.
    group: Callable[[Any], Hashable] | None = None
    #: Looks up rows whose response was lost. Returns one result per row, or raises an LmsError.
    #: ``RowResult(Status.DONE, …)`` means that the record shows the values that were sent; see also
    #: :data:`ABSENT`, :data:`DIFFERENT` and :class:`Present`. Without this, such rows are reported
    #: as ``unknown``.
    look_up: Callable[[Rows[R]], Awaitable[list[Found]]] | None = None
    #: Whether a row's error may mean that its record exists already.
    is_conflict: Callable[[RowError], bool] = lambda error: error.code == "409"
    #: Returns the reason for each row if the vendor refused a whole request and its rows are
    #: rejected. ``None`` keeps the text of the error.
    explain: Callable[[ApiError], RowError | None] = lambda error: None
    #: Sends more requests after a response, e.g. to read results that the response does not have.
    #: Takes the results so far and returns the final ones. If it raises an LmsError, each row that
    #: is not done yet is looked up, like a row whose response was lost.
    follow_up: Callable[[Rows[R], Results], Awaitable[Results]] | None = None
    #: Called once, before the first row is sent, for example to read which records exist. It is not
    #: called if no row has to be sent. If it raises an LmsError, the bulk stops and sends nothing.
    begin: Callable[[], Awaitable[None]] | None = None
