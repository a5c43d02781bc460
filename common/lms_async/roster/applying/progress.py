"""What the journals of a plan in a store say: the progress, and the outcome of each change."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from pathlib import Path

import attrs

from ...bulk.in_order import InOrder
from ...bulk.status import NOT_SENT
from ...journal.entries import JournalSummary
from ...journal.matching import SENT
from ...journal.store import Stores
from ...outcome import Outcome, Status
from ..changes import Action, Change
from ..plan_files.plan_file import PlanFile, Step
from ..targets.target import Target
from . import conditions
from .dependencies import Dependencies
from .exchanges import Exchanges
from .step_journals import StepJournals, of_plan

#: How many changes are reported as skipped before the event loop does other work.
_PER_TURN = 1000


@attrs.frozen(kw_only=True)
class StepProgress:
    """The progress of consecutive changes of one kind and action.

    :param kind: the kind of all of them.
    :param action: what all of them do.
    :param changes: their number.
    :param counts: the changes by status. ``unknown`` are changes that were sent and have no result
        yet, and ``skipped`` are changes without a result: they are still to be sent, or were not
        sent because of another change or our own check.
    :param written: when the last result was noted, in seconds since 1970; ``None`` if none was.
    """

    kind: str
    action: Action
    changes: int
    counts: Mapping[Status, int]
    written: float | None


async def read_progress(path: Path, plan: str, store: Stores) -> list[StepProgress]:
    """Read the progress of the plan ``path``; see :meth:`lms_async.roster.Plan.progress`."""
    steps, journals = await asyncio.to_thread(_read, path, plan, store)
    progress = []
    for number, step in enumerate(steps, start=1):
        summary = await journals.to_read(number, step).summarize()
        progress.append(_step_progress(step, summary))
    return progress


def _read(path: Path, plan: str, store: Stores) -> tuple[list[Step], StepJournals]:
    with PlanFile(path, plan) as file:
        return file.steps(), StepJournals(file.meta.id, of_plan(file.meta.id, store))


def _step_progress(step: Step, journal: JournalSummary) -> StepProgress:
    counts: Counter[Status] = Counter()
    for status, count in journal.counts.items():
        counts[Status.UNKNOWN if status == SENT else Status(status)] += count
    changes = step.last - step.first + 1
    counts[Status.SKIPPED] = max(0, changes - counts.total())
    return StepProgress(
        kind=step.kind,
        action=step.action,
        changes=changes,
        counts=+counts,
        written=journal.written or None,
    )


async def read_noted(
    path: Path, plan: str, target: Target, store: Stores
) -> AsyncGenerator[Outcome[Change], None]:
    """Yield the outcome of each change; see :meth:`lms_async.roster.Plan.outcomes`."""
    with PlanFile(path, plan) as file:
        conditions.check_account(file.meta, target)
        steps, journals = await asyncio.to_thread(_read, path, file.meta.id, store)
        dependencies = Dependencies()
        has_begun = True
        for number, step in enumerate(steps, start=1):
            # What a step refers to is at the vendor only after the steps before it.
            has_begun = has_begun and await journals.has_begun(number, step)
            if not has_begun:
                async for outcome in _not_begun(file, step):
                    yield outcome
                continue
            reading = _Reading(file, step, dependencies)
            bulk = target.apply(
                step.kind,
                step.action,
                reading.changes(),
                as_of=file.meta.as_of,
                journal=journals.to_read(number, step),
            )
            async with aclosing(bulk.noted()) as outcomes:
                async for outcome in outcomes:
                    for ready in reading.add(outcome):
                        yield ready
            for ready in reading.rest():
                yield ready


async def _not_begun(file: PlanFile, step: Step) -> AsyncGenerator[Outcome[Change], None]:
    for number, change in enumerate(file.changes(step.first, step.last), start=step.first):
        yield Outcome(number - 1, change, Status.SKIPPED, error=NOT_SENT)
        if number % _PER_TURN == 0:
            await asyncio.sleep(0)


class _Reading:
    """Puts the outcomes of a step into the plan's order: those of its bulk, and those of changes
    that are not sent because of other changes."""

    def __init__(self, file: PlanFile, step: Step, dependencies: Dependencies) -> None:
        self._file, self._step, self._dependencies = file, step, dependencies
        self._in_order: InOrder[Change] = InOrder(step.first - 1)
        # The numbers of the changes that the bulk has taken and that have no outcome yet.
        self._taken: deque[int] = deque()
        self._prevented: list[Outcome[Change]] = []
        self._exchanges = Exchanges(self._numbered)

    def _numbered(self) -> Iterator[tuple[int, Change]]:
        changes = self._file.changes(self._step.first, self._step.last)
        return enumerate(changes, start=self._step.first)

    def changes(self) -> Iterator[Change]:
        """Yield the changes that a run sends."""
        for number, change in self._numbered():
            why = self._dependencies.prevents(change)
            if why is None:
                self._taken.append(number)
                yield change
            else:
                skipped = Outcome(number - 1, change, Status.SKIPPED, error=why)
                self._prevented.append(skipped)

    def add(self, outcome: Outcome[Change]) -> list[Outcome[Change]]:
        """Add the next outcome of the bulk, and return the outcomes that come next in the plan."""
        number = self._taken.popleft()
        explained = self._exchanges.explained(number, outcome)
        return self._ready([attrs.evolve(explained, index=number - 1)])

    def rest(self) -> list[Outcome[Change]]:
        """Return the outcomes after the last one of the bulk."""
        return self._ready([])

    def _ready(self, outcomes: list[Outcome[Change]]) -> list[Outcome[Change]]:
        outcomes += self._prevented
        self._prevented = []
        for outcome in outcomes:
            self._dependencies.add(outcome)
        outcomes.sort(key=lambda outcome: outcome.index)
        return self._in_order.add(outcomes) if outcomes else []
