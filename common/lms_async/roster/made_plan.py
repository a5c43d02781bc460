"""A plan that was made: what it has, and how it is applied and verified."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from os import PathLike
from pathlib import Path

import attrs

from ..bulk.bulk import Bulk
from ..journal.store import Stores
from ..outcome import Outcome
from .applying.applying import ApplyReport, apply_plan
from .applying.progress import StepProgress, read_noted, read_progress
from .applying.verifying import Verification, verify_plan
from .changes import Action, Change, Reason
from .guarding.guard import Refusal
from .plan_files.plan_file import PlanFile
from .plan_files.plan_meta import PlanMeta
from .problems import ReadingReport
from .targets.target import Target

#: How many changes are read at a time. In between, the event loop does other work.
_PER_TURN = 1000


@attrs.frozen
class Plan:
    """A plan that was made. Its changes are in the file, which only its owner can read.

    :param path: the file.
    :param report: what is wrong in the source. It is empty if the plan was made earlier:
        then see :meth:`PlanFile.problems`.
    :param id: the :attr:`~PlanMeta.id` of the plan that must be in the file. If another plan has
        replaced it, the methods raise PlanUnusable. ``""`` for any plan.
    """

    path: Path = attrs.field(converter=Path)
    report: ReadingReport = attrs.field(factory=ReadingReport)
    id: str = ""

    @property
    def meta(self) -> PlanMeta:
        """What the plan was made from."""
        with PlanFile(self.path, self.id) as file:
            return file.meta

    async def __aiter__(self) -> AsyncIterator[Change]:
        """Yield the changes, in the order in which they are to be made."""
        with PlanFile(self.path, self.id) as file:
            for number, change in enumerate(file.changes(), start=1):
                yield change
                if number % _PER_TURN == 0:
                    await asyncio.sleep(0)

    def counts(self) -> dict[tuple[str, Action, str], int]:
        """Return the number of changes, by kind, action and school."""
        with PlanFile(self.path, self.id) as file:
            return file.counts()

    def counts_left_alone(self) -> dict[tuple[str, Reason, str], int]:
        """Return the number of records that are left alone, by kind, reason and school."""
        with PlanFile(self.path, self.id) as file:
            return file.counts_left_alone()

    def counts_fields_left_alone(self) -> dict[tuple[str, Reason, str], int]:
        """Return in how many records a field is left alone, by kind, reason and field.

        For example, the vendor may not hold the field, or can't show it. The other fields of these
        records are compared.
        """
        with PlanFile(self.path, self.id) as file:
            return file.counts_fields_left_alone()

    def refusals(self) -> list[Refusal]:
        """Return what the guard does not allow."""
        with PlanFile(self.path, self.id) as file:
            return file.refusals()

    async def apply(
        self,
        target: Target,
        *,
        journal: str | PathLike[str],
        check_age: bool = True,
        check_state: bool = True,
        on_bulk: Callable[[Bulk[Change]], object] | None = None,
        store: Stores | None = None,
    ) -> ApplyReport:
        """Make exactly these changes at the vendor, in the plan's order.

        Additions come before removals, so a person who moves is enrolled in the new section before
        leaving the old one. If the new enrollment is not made, the old one is kept: its removal is
        skipped. Enrollments and relationships are skipped too if their section or person was not
        created. To continue after the program was killed, or after an error stopped it,
        call this again with the same folder: each change is made once.

        :param target: the account for which the plan was made.
        :param journal: a folder for the journals; it is created if it does not exist. Use another
            folder for each plan. It contains people's data, and only its owner can read it.
        :param check_age: whether to refuse a plan that is older than a day.
        :param check_state: whether to read all of the vendor's records first, to check that they
            are as they were when the plan was made. This is not done again when a run continues,
            since the plan itself has changed them.
        :param on_bulk: called with each bulk before it starts, to show its progress or to stop it.
            After a bulk was stopped, the other changes are skipped.
        :param store: returns the store of a journal, given its name, such as
            :class:`~lms_async.journal.postgres.PostgresStore`. The journals are then there, so that
            a worker on any host can continue, with the same plan file. They include the vendor's
            reasons for rejections, which may name people. The folder ``journal`` then only has the
            outcomes that are not done, for the report, and may be a new one in each run.
        :returns: the results. A change that the vendor rejects does not stop the others: what
            depends on it has an outcome of its own.
        :raises PlanRefused: the guard refuses the plan, the plan is for another account or too old,
            or the vendor's records have changed. Nothing was sent.
        :raises PlanUnusable: the plan is missing, damaged, edited or replaced.
        :raises PlanFailed: the working set for the check can't be written. Nothing was sent.
        :raises JournalUnusable: the folder or a journal is in use, or is of another plan.
        :raises JournalFailed: the folder can't be written any more.
        :raises LmsError: the vendor's records can't be read, or the target can't make the changes
            of a kind.
        """
        return await apply_plan(
            self.path,
            self.id,
            target,
            Path(journal),
            check_age=check_age,
            check_state=check_state,
            on_bulk=on_bulk,
            store=store,
        )

    async def progress(self, *, store: Stores) -> list[StepProgress]:
        """Count the changes by status, as the journals have them, in the order of the plan.

        With PostgreSQL, this works while :meth:`apply` runs, in any process. The vendor is not
        asked. Changes that are rejected without a request, and those that depend on rejected
        changes, stay ``skipped``. :meth:`outcomes` has their reasons.

        :param store: the store that :meth:`apply` was given.
        :raises PlanUnusable: the plan is missing, damaged or replaced.
        :raises JournalUnusable: a journal can't be read now.
        """
        return await read_progress(self.path, self.id, store)

    async def outcomes(
        self, target: Target, *, store: Stores
    ) -> AsyncGenerator[Outcome[Change], None]:
        """Yield the outcome of each change so far, in the order of the plan. Nothing is changed.

        With PostgreSQL, this works while :meth:`apply` runs, in any process. As before each step
        of :meth:`apply`, the vendor's records that the changes refer to by name are read.

        :param target: the account for which the plan was made.
        :param store: the store that :meth:`apply` was given.
        :returns: ``unknown`` changes were sent and have no result yet. Changes that are still to be
            sent are ``skipped``. The ``index`` is the change's position in the plan.
        :raises PlanRefused: the plan is for another account.
        :raises PlanUnusable: the plan is missing, damaged or replaced.
        :raises JournalUnusable: a journal can't be read now.
        :raises LmsError: the records that the changes refer to can't be read.
        """
        async with aclosing(read_noted(self.path, self.id, target, store)) as outcomes:
            async for outcome in outcomes:
                yield outcome

    async def verify(self, target: Target) -> Verification:
        """Read the vendor's records again, and check that the plan's changes are made.

        Only what the plan changes is compared. To find what changed at the school since, make
        another plan.

        :param target: the account for which the plan was made.
        :returns: the changes that the vendor does not show, and the values that it can't show.
        :raises PlanRefused: the plan is for another account.
        :raises PlanUnusable: the plan is missing, damaged, edited or replaced.
        :raises PlanFailed: the working set for the comparison can't be written.
        :raises LmsError: the vendor's records can't be read.
        """
        return await verify_plan(self.path, self.id, target)
