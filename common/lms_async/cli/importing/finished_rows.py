"""Find the rows of a file that an earlier run finished, without sending a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from ...errors import JournalFailed, JournalUnusable
from ...outcome import Status
from .. import journals
from ..exit_codes import CommandError
from ..kinds import Row
from .prepared import Prepared


async def rows_finished_earlier(client: Any, file: Prepared) -> frozenset[int]:
    """Return the numbers of the rows that an import would not send again.

    The bulk call of the import is opened and stopped before it is read. So it looks its rows up in
    the journal, and sends none.

    :raises CommandError: an import could not use the journal.
    """
    request = file.request
    if request.restart or not request.has_journal():
        return frozenset()
    numbers: list[int] = []

    def rows() -> Iterator[Row]:
        for row in file.rows():
            numbers.append(row.number)
            yield row.values

    journal = attrs.evolve(request.make_journal(), retry_rejected=False)  # it would delete rows
    bulk = request.kind.bulk(client, rows(), request.options, journal)
    finished = set()
    try:
        await bulk.open()
        bulk.stop()
        async for outcome in bulk:
            again = request.retry_rejected and outcome.status is Status.REJECTED
            if outcome.earlier is not None and not again:
                finished.add(numbers[outcome.index])
    except (JournalUnusable, JournalFailed) as error:
        failure = journals.journal_error(error)
    else:
        return frozenset(finished)
    finally:
        await bulk.close()
    raise cannot_start(failure)


def cannot_start(error: CommandError) -> CommandError:
    """Return ``error`` as what a dry run says about the journal."""
    first, *others = error.lines
    return CommandError(f"An import could not start now: {first}", *others)
