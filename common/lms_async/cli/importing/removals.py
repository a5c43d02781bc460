"""Before records are removed: count them, compare them with the guard, and ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...bulk.guard import Guard
from ...errors import InvalidInput, LmsError
from ...outcome import Status
from ..exit_codes import CommandError, Exit, exit_code_of_error, explain_error
from ..files.rows import InputRow
from ..kinds import Kind
from ..reporting.reporters import Reporter
from ..wording import counted_records
from .request import ImportRequest

#: Without ``--max-removals``, an import may remove this percentage of the existing records.
_PERCENT = 10
#: It may always remove this many, and never more than the second number.
_ALWAYS = 10
_AT_MOST = 200


async def check_removals(
    client: Any,
    request: ImportRequest,
    rows: Iterable[InputRow],
    reporter: Reporter,
    *,
    variables: str,
) -> Guard | None:
    """Ask before an import removes records.

    :param rows: the rows to send.
    :param variables: the environment variables to check if the vendor refuses a request.
    :returns: the guard for the bulk call; ``None`` if no row removes a record.
    :raises CommandError: the guard does not allow so many removals, nobody agreed to them, or the
        existing records could not be counted.
    """
    removals = await count_removals(client, request, rows, reporter, variables=variables)
    if not removals:
        return None
    if not request.yes:
        _ask(removals, request.kind, request.confirm)
    return Guard(removals)


async def count_removals(
    client: Any,
    request: ImportRequest,
    rows: Iterable[InputRow],
    reporter: Reporter,
    *,
    variables: str,
) -> int:
    """Count the rows that remove records, report the number, and compare it with the guard.

    :param rows: the rows to send.
    :param variables: the environment variables to check if the vendor refuses a request.
    :raises CommandError: the guard does not allow so many removals, or the existing records could
        not be counted.
    """
    kind = request.kind
    removals = sum(1 for row in rows if kind.removes(row.values))
    if not removals:
        return 0
    existing = await _existing(client, request, variables)
    if existing is not None and not kind.switches:
        # The rows still count that an earlier run finished. So do the records that it removed.
        # Otherwise a run that the guard allowed could not be continued.
        existing += min(_finished(request), removals)
    guard = request.max_removals or _default_guard(existing)
    number = counted_records(removals, kind.noun)
    if existing is not None:
        number = f"{removals:,} of {counted_records(existing, kind.noun)}"
    bound = str(guard.max_removals)
    reporter.note(f"This import removes {number}. The guard allows {bound}.")
    try:
        await guard.allow(removals, _counter(existing))
    except InvalidInput:
        raise CommandError(
            f"The import would remove {number}, and the guard allows {bound}.",
            f"No row was sent. If the file is right, add --max-removals {removals}.",
            exit_code=Exit.GUARDED,
        ) from None
    return removals


async def _existing(client: Any, request: ImportRequest, variables: str) -> int | None:
    """Count the records that the vendor has; ``None`` if that is not possible for the kind."""
    if request.kind.count_existing is None:
        return None
    try:
        return await request.kind.count_existing(client)
    except LmsError as error:
        failure = error
    raise CommandError(
        *explain_error(failure, request.target.vendor, variables),
        "No row was sent.",
        exit_code=exit_code_of_error(failure),
    )


def _finished(request: ImportRequest) -> int:
    """Return how many rows an earlier run finished."""
    try:
        earlier = request.earlier_run()
    except CommandError:
        return 0  # the journal cannot be used: the import says so when it opens it
    return 0 if earlier is None else earlier.counts[Status.DONE]


def _default_guard(existing: int | None) -> Guard:
    return Guard(
        _AT_MOST if existing is None else min(_AT_MOST, max(_ALWAYS, existing * _PERCENT // 100))
    )


def _counter(existing: int | None) -> Callable[[], Any]:
    async def count() -> int:
        if existing is None:
            raise CommandError(
                "--max-removals cannot be a percentage here, because lms cannot count the existing "
                "records of this kind. Give a number instead."
            )
        return existing

    return count


def _ask(removals: int, kind: Kind, confirm: Callable[[str], bool] | None) -> None:
    number = counted_records(removals, kind.noun)
    if confirm is None:
        raise CommandError(
            f"The import would remove {number}. lms cannot ask, because there is no terminal.",
            "No row was sent. Add --yes to confirm.",
        )
    if not confirm(f"Remove {number}?"):
        raise CommandError("No row was sent.", exit_code=Exit.INTERRUPTED)
