"""The conditions under which a plan may be applied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ...errors import PlanRefused
from ..comparing.working_set import WorkingSet
from ..plan_files.plan_file import PlanFile
from ..plan_files.plan_meta import PlanMeta
from ..targets.target import Target
from ..temporary import WORKING_SET, temporary_beside

#: An older plan is refused, because too much may have changed at the school.
MAX_AGE = timedelta(days=1)
#: How many of the guard's refusals an error shows.
_SHOWN = 3


def check_account(meta: PlanMeta, target: Target) -> None:
    """Check that the plan was made for this account.

    :raises PlanRefused: it was not.
    """
    if (meta.target, meta.account) != (target.name, target.account):
        raise PlanRefused(
            f"the plan is for {meta.target}, account {meta.account}; this is {target.name}, "
            f"account {target.account}",
            hint="use the account that the plan was made for, or make a new plan",
        )


def check_guard(file: PlanFile) -> None:
    """Check that the guard allows the plan.

    :raises PlanRefused: it does not.
    """
    refusals = [refusal.text for refusal in file.refusals() if refusal.stops]
    if refusals:
        more = len(refusals) - _SHOWN
        shown = refusals[:_SHOWN] + ([f"And {more} more."] if more > 0 else [])
        raise PlanRefused(f"the guard refuses the plan. {' '.join(shown)}")


def check_age(meta: PlanMeta) -> None:
    """Check that the plan is at most a day old.

    :raises PlanRefused: it is older.
    """
    if datetime.now(UTC) - meta.made_at > MAX_AGE:
        raise PlanRefused("the plan is older than a day", hint="make a new plan")


async def check_state(path: Path, meta: PlanMeta, target: Target) -> None:
    """Read the vendor's records, and check that they are as they were when the plan was made.

    :param path: the plan's file.
    :raises PlanRefused: they are not.
    :raises PlanFailed: the working set can't be written.
    """
    async with snapshot_of(target, path, meta.as_of) as there:
        if there.fingerprint != meta.fingerprint:
            raise PlanRefused(
                "the vendor's records have changed since the plan was made",
                hint="make a new plan",
            )


@asynccontextmanager
async def snapshot_of(target: Target, path: Path, as_of: date) -> AsyncIterator[WorkingSet]:
    """Read the vendor's records into a temporary working set beside the plan ``path``.

    :param as_of: the day of the plan.
    """
    temporary = temporary_beside(path, WORKING_SET)
    try:
        with WorkingSet(temporary, target.capabilities) as there:
            await there.read_there(target.snapshot(as_of))
            yield there
    finally:
        temporary.unlink(missing_ok=True)
