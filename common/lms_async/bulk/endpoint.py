"""How a vendor package describes an endpoint that takes several rows, for :class:`Bulk` to use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from enum import Enum
from typing import Any, Final, Generic, TypeVar

import attrs

from ..http.call import Call
from ..outcome import AllDone, RowError, RowResult
from .rows import Prepared, Rows

R = TypeVar("R")


class SendAgain(Enum):
    """The type of :data:`ABSENT` and :data:`DIFFERENT`."""

    ABSENT = "absent"
    DIFFERENT = "different"


#: A look-up's answer for a row whose record certainly does not exist. The row is sent again.
ABSENT: Final = SendAgain.ABSENT
#: A look-up's answer for a row whose record has other values, where sending the row again would
#: change them. The record may be older, or the vendor changed what it was sent.
DIFFERENT: Final = SendAgain.DIFFERENT


@attrs.frozen
class Present:
    """A look-up's answer for a row whose key exists with other values than were sent, where sending
    the row again would change nothing. ``id`` is the vendor's.

    This alone never makes a row ``rejected``. Vendors trim, normalize, escape, cut and hide values,
    so other values do not prove that the record existed before.
    """

    id: str | None


#: A look-up's answer for one row; ``None`` if it can't tell.
Found = RowResult | SendAgain | Present | None


@attrs.frozen(kw_only=True)
class BulkEndpoint(Generic[R]):
    """One endpoint of a vendor that takes several rows in a request."""

    #: Checks some items and gives each one's key and JSON value. To write it for one item at a
    #: time, use :func:`lms_async.bulk.rows.one_by_one`.
    prepare: Callable[[list[R]], Prepared]
    #: Makes the call that sends the rows of one chunk. May raise InvalidInput.
    call: Callable[[Rows[R]], Call[Any]]
    #: Reads the response's payload: one result per row of the chunk, in the chunk's order, ``None``
    #: for a row that it does not mention; or :class:`AllDone`.
    parse_results: Callable[[Any, Rows[R]], AllDone | list[RowResult | None]]
    #: Names the call, and those of its options that change its effect. A journal that was written
    #: by another operation is refused.
    operation: str
    #: The most rows in one request.
    max_rows: int = 50
    #: The most bytes of JSON, of all rows in one request.
    max_bytes: int = 1024 * 1024
    #: Whether a key may appear only once in the whole input. Otherwise a key may come again as soon
    #: as the row that had it has ended. All keys of the input are then kept in memory.
    distinct: bool = False
    #: Whether two rows that end with one vendor id have overwritten each other: the later one is
    #: then reported as ``unknown``. The ids are kept in memory, about 150 bytes a row.
    one_record_each: bool = False
    #: Whether the URL's path holds an id from the rows. Then a 404 is about the rows, and does not
    #: mean that the endpoint is missing.
    path_names_rows: bool = False
    #: Gives, for a row's key, the group of rows that may share a request with it; without this, all
    #: rows may.
    group: Callable[[Any], Hashable] | None = None
    #: Asks the vendor what became of rows whose response was lost: one answer per row. Raises an
    #: LmsError if it can't. ``RowResult(Status.DONE, …)`` means that the record is as it was sent;
    #: see also :data:`ABSENT`, :data:`DIFFERENT` and :class:`Present`. Without this, such rows are
    #: reported as ``unknown``.
    look_up: Callable[[Rows[R]], Awaitable[list[Found]]] | None = None
    #: Whether the vendor may have rejected a row because its record exists.
    is_conflict: Callable[[RowError], bool] = lambda error: error.code == "409"
