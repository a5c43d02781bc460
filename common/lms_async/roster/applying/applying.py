"""Apply a plan: make its changes at the vendor, in the plan's order.

Consecutive changes of one kind and action are a step. Each step is one bulk with a journal of its
own, so that a run that was killed continues where it was.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import attrs

from ...bulk.bulk import Bulk
from ...bulk.status import STOPPED
from ...errors import LmsError, PlanRefused
from ...journal.store import Stores
from ...outcome import Outcome, RowError, Status
from ..changes import Action, Change
from ..plan_files.plan_file import PlanFile, Step
from ..targets.target import Target
from ..temporary import delete_abandoned
from . import conditions
from .apply_record import ApplyRecord, read_outcomes
from .dependencies import Dependencies
from .exchanges import Exchanges
from .moves import HELD
from .parents import MAY_BE_MISSING, NOT_CREATED
from .step_journals import StepJournals, in_folder, of_plan

#: How many changes are recorded as skipped before the event loop does other work.
_PER_TURN = 1000
#: Why a change is skipped if another change was not made. The texts have no personal data.
FOLLOWING = (HELD, *NOT_CREATED.values(), *MAY_BE_MISSING.values())


@attrs.frozen(kw_only=True)
class ApplyReport:
    """The results of a plan's changes.

    :param counts: the number of changes by kind, action and status. Among those that were skipped
        are enrollments and relationships whose section or person was not created, and removals of
        enrollments of people whose new enrollment was not made.
    :param earlier: how many of them an earlier run with the same folder finished.
    :param stop_reason: an error with which all other changes would fail too, so that they were
        skipped; ``None`` if all were tried.
    :param plan: the plan's file.
    :param record: the file with the outcomes that are not done.
    """

    counts: Mapping[tuple[str, Action, Status], int]
    earlier: int
    stop_reason: LmsError | None
    plan: Path
    record: Path

    @property
    def is_done(self) -> bool:
        """Whether every change is done."""
        return all(status is Status.DONE for _, _, status in self.counts)

    def not_done(self) -> Iterator[Outcome[Change]]:
        """Read the outcomes that are not done from the folder, one at a time.

        Their ``index`` is the change's position in the plan, counted from 0. Read them before the
        plan is replaced or applied again.

        :raises PlanUnusable: the plan's file is not there.
        :raises JournalUnusable: the record can't be read, or is of another plan.
        """
        return read_outcomes(self.record, self.plan)


async def apply_plan(
    path: Path,
    plan: str,
    target: Target,
    folder: Path,
    *,
    check_age: bool,
    check_state: bool,
    on_bulk: Callable[[Bulk[Change]], object] | None,
    store: Stores | None,
) -> ApplyReport:
    """Apply the plan ``path``; see :meth:`lms_async.roster.Plan.apply`."""
    delete_abandoned(path)
    with PlanFile(path, plan) as file:
        conditions.check_account(file.meta, target)
        conditions.check_guard(file)
        if check_age:
            conditions.check_age(file.meta)
        steps = await asyncio.to_thread(_read_steps, path, file.meta.id)
        with ApplyRecord(folder, file.meta.id) as record:
            in_store = in_folder(folder) if store is None else of_plan(file.meta.id, store)
            journals = StepJournals(file.meta.id, in_store)

            async def has_begun() -> bool:
                if store is None:
                    return record.has_begun
                # A run on another host may have begun, with another folder.
                return bool(steps) and await journals.has_begun(1, steps[0])

            # Later the vendor has other records than in the plan, because of the plan.
            if check_state and not await has_begun():
                try:
                    await conditions.check_state(path, file.meta, target)
                except PlanRefused:
                    # Another run may have begun to change the records while this one read them.
                    if not await has_begun():
                        raise
            if not record.has_begun:
                record.begin()
            apply = _Apply(file, target, journals, record, on_bulk)
            for number, step in enumerate(steps, start=1):
                await apply.make(number, step)
            record.flush()
    return ApplyReport(
        counts=dict(apply.counts),
        earlier=apply.earlier,
        stop_reason=apply.stop_reason,
        plan=path,
        record=record.path,
    )


def _read_steps(path: Path, plan: str) -> list[Step]:
    with PlanFile(path, plan) as file:
        file.check_content()
        return file.steps()


class _Apply:
    """Makes the changes of a plan, and records their outcomes."""

    def __init__(
        self,
        file: PlanFile,
        target: Target,
        journals: StepJournals,
        record: ApplyRecord,
        on_bulk: Callable[[Bulk[Change]], object] | None,
    ) -> None:
        self.counts: Counter[tuple[str, Action, Status]] = Counter()
        self.earlier = 0
        self.stop_reason: LmsError | None = None
        self._file, self._target, self._journals, self._record = file, target, journals, record
        self._on_bulk = on_bulk
        self._dependencies = Dependencies()

    async def make(self, number: int, step: Step) -> None:
        """Make the changes of ``step``. After an earlier step has stopped, skip them.

        :param number: the number of the step, counted from 1.
        """
        first_skipped = step.first
        if self.stop_reason is None:
            first_skipped = await self._send(number, step)
        for skipped in range(first_skipped, step.last + 1):
            (change,) = self._file.changes(skipped, skipped)
            self._skip(skipped, change, STOPPED)
            if skipped % _PER_TURN == 0:
                await asyncio.sleep(0)

    async def _send(self, number: int, step: Step) -> int:
        """Send the changes of ``step``, and return the number of the first one without an outcome.

        :param number: the number of the step.
        """
        bulk: Bulk[Change] | None = None
        next_ = step.first
        exchanges = Exchanges(
            lambda: enumerate(self._file.changes(step.first, step.last), start=step.first)
        )
        # The numbers of the changes that the bulk has taken and that have no outcome yet.
        taken: deque[int] = deque()

        def changes() -> Generator[Change, None, None]:
            nonlocal next_
            for change in self._file.changes(step.first, step.last):
                # Otherwise the bulk would keep an outcome in memory for each remaining change.
                if bulk is not None and bulk.report.stop_reason is not None:
                    return
                next_ += 1
                why = self._dependencies.prevents(change)
                if why is not None:
                    self._skip(next_ - 1, change, why)
                else:
                    taken.append(next_ - 1)
                    yield change

        with closing(changes()) as items:
            bulk = self._target.apply(
                step.kind,
                step.action,
                items,
                as_of=self._file.meta.as_of,
                journal=self._journals.of(number, step),
            )
            if self._on_bulk is not None:
                self._on_bulk(bulk)
            async with bulk:
                async for outcome in bulk:
                    at = taken.popleft()
                    self._add(at, exchanges.explained(at, outcome))
                    _forget(bulk)
        self.stop_reason = bulk.report.stop_reason
        return next_

    def _skip(self, number: int, change: Change, why: RowError) -> None:
        self._add(number, Outcome(number, change, Status.SKIPPED, error=why))

    def _add(self, number: int, outcome: Outcome[Change]) -> None:
        """Record an outcome.

        :param number: the number of the change in the plan.
        """
        change = outcome.item
        self.counts[change.kind, change.action, outcome.status] += 1
        self.earlier += outcome.earlier is not None
        self._dependencies.add(outcome)
        if outcome.status is not Status.DONE:
            self._record.add(number, outcome)


def _forget(bulk: Bulk[Change]) -> None:
    """Delete the outcomes that the bulk keeps in memory. The record has them."""
    for kept in (bulk.report.rejected, bulk.report.unknown, bulk.report.skipped):
        kept.clear()
