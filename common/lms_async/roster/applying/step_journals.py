"""The journals of a plan, one for each step: in a folder, or in a store."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import attrs

from ...journal.begun import PerhapsBegun
from ...journal.file_store import FileStore
from ...journal.journal import Journal
from ...journal.store import JournalStore, Stores
from ..plan_files.plan_file import Step


def in_folder(folder: Path) -> Stores:
    """Return what makes the stores of the journals in ``folder``."""
    return lambda name: FileStore(folder / f"{name}.journal")


def of_plan(plan: str, store: Stores) -> Stores:
    """Return what makes the stores of the journals of one plan, whose names no other plan has.

    :param plan: the :attr:`~lms_async.roster.PlanMeta.id` of the plan.
    """
    digest = blake2b(plan.encode(), digest_size=8).hexdigest()
    return lambda name: store(f"plan {digest}/{name}")


@attrs.frozen
class StepJournals:
    """The journals of the steps of one plan.

    :param plan: the :attr:`~lms_async.roster.PlanMeta.id` of the plan.
    :param store: returns the store of a step's journal, given its name.
    """

    plan: str
    store: Stores

    def of(self, number: int, step: Step) -> Journal:
        """Return the journal of ``step``, which also keeps the vendor's reasons for rejections.

        :param number: the number of the step, counted from 1.
        """
        return self._journal(self.store(_name(number, step)))

    def to_read(self, number: int, step: Step) -> Journal:
        """Return the journal of ``step`` for reading. It is empty if no run has begun it."""
        return self._journal(PerhapsBegun(self.store(_name(number, step))))

    async def has_begun(self, number: int, step: Step) -> bool:
        """Return whether a run has begun ``step``.

        :raises JournalUnusable: the journal can't be read, or is of another plan.
        """
        return (await self.to_read(number, step).summarize()).begun > 0

    def _journal(self, store: JournalStore) -> Journal:
        return Journal(store, job=self.plan, keep_reasons=True)


def _name(number: int, step: Step) -> str:
    return f"{number:02}-{step.kind}-{step.action}"
