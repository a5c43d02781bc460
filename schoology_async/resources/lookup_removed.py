"""Look up records after the response to their deletion was lost."""

from __future__ import annotations

from typing import Any

from lms_async.bulk.endpoint import Found
from lms_async.bulk.rows import Rows
from lms_async.errors import NotFound
from lms_async.http.call import get
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path
from lms_async.outcome import RowResult, Status


async def look_up_removed(transport: Transport, rows: Rows[Any], *, template: str) -> list[Found]:
    """Look up each record by its id, with one request each.

    A record that no longer exists is ``done``. For a record that still exists, the result is
    ``None``, because the deletion may still arrive. It is never sent again.

    :param template: the path of one record, with ``{id}`` in it.
    :raises LmsError: the look-up failed.
    """
    return [await _found(transport, str(key), template) for key in rows.keys]


async def _found(transport: Transport, id_: str, template: str) -> Found:
    try:
        await transport.fetch(get(build_path(template, id=id_), required_key="id"))
    except NotFound:
        return RowResult(Status.DONE, id_)
    return None
