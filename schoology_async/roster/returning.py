"""Update people who were made active again.

Schoology shows no fields of inactive people, so a change that returns a person has all fields that
are wanted.
"""

from __future__ import annotations

from typing import Any

from lms_async.bulk.endpoint import Results
from lms_async.bulk.rows import Rows
from lms_async.outcome import RowError, RowResult, Status
from lms_async.roster import Change

from .people import changed_row, read_people_names
from .references import Account


async def update_returned(account: Account, rows: Rows[Change], results: Results) -> Results:
    """Send the fields of the people who are active again, and return the final results.

    :raises LmsError: the roles or buildings can't be read.
    """
    places = [
        place
        for place, (change, one) in enumerate(zip(rows.items, results, strict=True))
        if one is not None and one.status is Status.DONE and change.after
    ]
    if not places:
        return results
    names = await read_people_names(account)
    changes: Any = [rows.items[place] for place in places]
    updates: Any = account.client.users.update_many(changes)
    final = list(results)
    async for outcome in updates.converting(lambda change: changed_row(change, names)):
        if outcome.status is not Status.DONE:
            reason = f": {outcome.error.message}" if outcome.error else ""
            error = RowError("incomplete", f"the person is active again and not updated{reason}")
            place = places[outcome.index]
            final[place] = RowResult(Status.REJECTED, outcome.item.vendor_id, error)
    return final
