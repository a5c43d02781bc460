"""Before records are removed: count them, compare them with the guard, and ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...bulk.guard import Guard
from ...errors import InvalidInput
from ..exit_codes import CommandError, Exit
from ..files.rows import InputRow
from ..kinds import Kind
from ..reporting.reporters import Reporter
from ..wording import counted
from .request import ImportRequest

#: Without ``--max-removals``, an import may remove this percentage of the existing records.
_PERCENT = 10
#: It may always remove this many, and never more than the second number.
_ALWAYS = 10
_AT_MOST = 200


async def check_removals(
    client: Any, request: ImportRequest, rows: Iterable[InputRow], reporter: Reporter
) -> Guard | None:
    """Ask before an import removes records.

    :param rows: the valid rows.
    :returns: the guard for the bulk call; ``None`` if no row removes a record.
    :raises CommandError: the guard does not allow so many removals, or nobody agreed to them.
    """
    kind = request.kind
    removals = sum(1 for row in rows if kind.removes(row.values))
    if not removals:
        return None
    existing = None if kind.count_existing is None else await kind.count_existing(client)
    guard = request.max_removals or _default_guard(existing)
    of = "" if existing is None else f" of {existing:,}"
    bound = str(guard.max_removals)
    reporter.note(f"This import removes {removals:,}{of} {kind.noun}. The guard allows {bound}.")
    try:
        await guard.allow(removals, _counter(existing, removals))
    except InvalidInput:
        raise CommandError(
            f"The import would remove {removals:,}{of} {kind.noun}, and the guard allows {bound}.",
            f"No row was sent. If the file is right, add --max-removals {removals}.",
            exit_code=Exit.GUARDED,
        ) from None
    if not request.yes:
        _ask(removals, kind, request.confirm)
    return Guard(removals)


def _default_guard(existing: int | None) -> Guard:
    return Guard(
        _AT_MOST if existing is None else min(_AT_MOST, max(_ALWAYS, existing * _PERCENT // 100))
    )


def _counter(existing: int | None, removals: int) -> Callable[[], Any]:
    async def count() -> int:
        if existing is None:
            raise CommandError(
                "--max-removals with a percentage needs a number of existing records, which "
                f"{counted(removals, 'row')} of this kind do not have. Give a number instead."
            )
        return existing

    return count


def _ask(removals: int, kind: Kind, confirm: Callable[[str], bool] | None) -> None:
    if confirm is None:
        raise CommandError(
            f"The import would remove {removals:,} {kind.noun}, and nobody is at the terminal to "
            "confirm this.",
            "No row was sent. Add --yes to confirm.",
        )
    if not confirm(f"Remove {removals:,} {kind.noun}?"):
        raise CommandError("No row was sent.", exit_code=Exit.INTERRUPTED)
