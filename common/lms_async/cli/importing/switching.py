"""Imports that only switch a state, such as active or archived.

A record can be switched back after an import, so the journal of that import does not say which
state the record has now. Only the vendor knows.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

from ...outcome import Status
from ..exit_codes import CommandError
from ..files.rows import InputRow
from ..kinds import Kind
from ..reporting.progress import Change
from .comparison import Comparison, key_fields
from .finished_rows import outcomes_of_earlier_run
from .prepared import Prepared


async def find_switched(client: Any, kind: Kind, rows: Collection[InputRow]) -> Comparison:
    """Find the rows whose records have the wanted state. They change nothing.

    :param rows: the valid rows, with the vendor's ids in them.
    :raises LmsError: the records could not be read.
    """
    assert kind.read_existing is not None  # noqa: S101 - the caller checks it
    named: dict[Hashable, list[InputRow]] = {}
    for row in rows:
        named.setdefault(kind.normalize_key(row.identity), []).append(row)
    changes = {row.number: Change.UPDATED for row in rows}
    ids: dict[int, str] = {}
    async for record in kind.read_existing(client, [row.identity for row in rows]):
        key = tuple(record.get(field, "") for field in key_fields(kind))
        for row in named.get(kind.normalize_key(key), ()):
            changes[row.number] = Change.UNCHANGED
            ids[row.number] = record.get("id", "")
    return Comparison(changes, ids)


async def was_switched_back(client: Any, file: Prepared) -> bool:
    """Return whether the vendor has another state now than the journal of an earlier run says.

    ``False`` if the earlier run sent a row without a response: the journal is then needed to find
    out what happened to the row.
    """
    if not file.request.kind.switches:
        return False
    try:
        outcomes = await outcomes_of_earlier_run(client, file, file.rows_to_send())
    except CommandError:
        return False  # the import cannot use the journal either, and says so when it opens it
    statuses = {one.status for one in outcomes.values()}
    return Status.DONE in statuses and Status.UNKNOWN not in statuses
