"""Find the rows of a file that an earlier run finished, without sending a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from ...bulk.guard import Guard
from ...errors import JournalFailed, JournalUnusable
from ...outcome import Outcome, Status
from ..exit_codes import CommandError
from ..files.rows import InputRow
from ..kinds import Row
from .other_import import explain_journal_error
from .prepared import Prepared


async def rows_finished_earlier(client: Any, file: Prepared) -> frozenset[int]:
    """Return the numbers of the rows that an import would not send again.

    :raises CommandError: an import could not use the journal.
    """
    try:
        outcomes = await outcomes_of_earlier_run(client, file, file.rows())
    except CommandError as error:
        raise cannot_start(error) from None
    retried = {Status.REJECTED} if file.request.retry_rejected else set()
    return frozenset(
        number
        for number, outcome in outcomes.items()
        if outcome.earlier is not None and outcome.status not in retried
    )


async def outcomes_of_earlier_run(
    client: Any, file: Prepared, rows: Collection[InputRow]
) -> Mapping[int, Outcome[Any]]:
    """Return what the journal says about each of ``rows``, by row number.

    The bulk call of the import is opened and stopped before it is read. So it looks its rows up in
    the journal, and sends none. A row that was sent without a response is unknown.

    :raises CommandError: an import could not use the journal.
    """
    request = file.request
    if request.restart or not request.has_journal():
        return {}
    numbers: list[int] = []

    def values() -> Iterator[Row]:
        for row in rows:
            numbers.append(row.number)
            yield row.values

    journal = attrs.evolve(request.make_journal(), retry_rejected=False)  # it would delete rows
    # Nothing is sent. So the guard of a kind that removes records has nothing to prevent.
    options = attrs.evolve(request.options, guard=Guard(len(rows)))
    bulk = request.kind.bulk(client, values(), options, journal)
    try:
        await bulk.open()
        bulk.stop()
        return {numbers[outcome.index]: outcome async for outcome in bulk}
    except (JournalUnusable, JournalFailed) as error:
        failure = error
    finally:
        await bulk.close()
    raise await explain_journal_error(client, request, failure)


def cannot_start(error: CommandError) -> CommandError:
    """Return ``error`` as what a dry run says about the journal."""
    first, *others = error.lines
    return CommandError(f"An import could not start now: {first}", *others)
