"""Make a plan: read the source and the vendor, compare them, check the guard, write the file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from os import PathLike
from pathlib import Path
from secrets import token_hex

import attrs

from ..bulk.bulk import Bulk
from .applying import ApplyReport, apply_plan
from .changes import Action, Change, Reason
from .desired import Desired
from .difference import difference
from .entries import REFERS_TO
from .guard import Refusal, SourceFacts, check_keys, check_source, rules
from .guard_counts import check_changes, check_created, check_roles, check_scope
from .mapping import RosterMapping
from .plan_file import PlanFile, PlanMeta
from .plan_writer import PlanWriter
from .problems import Mode, ReadingReport
from .scope import Scope
from .section_years import check_section_years
from .sources import IterableSource, Source
from .tally import Tally
from .target import Target
from .verifying import Verification, verify_plan
from .working_set import WorkingSet, in_thread

#: How many records are handled at a time. In between, the event loop does other work.
_PER_TURN = 1000


@attrs.frozen
class Plan:
    """A plan that was made. Its changes are in the file, which only its owner can read.

    :param path: the file.
    :param report: what is wrong in the source. It is empty if the plan was made earlier.
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
    ) -> ApplyReport:
        """Make exactly these changes at the vendor, in the plan's order.

        Additions come before removals, so a person who moves is enrolled in the new section before
        leaving the old one. If the new enrollment is not made, the old one is kept: its removal is
        skipped. To continue after the program was killed, or after an error stopped it,
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
        :returns: the results. A change that the vendor rejects does not stop the others: what
            depends on it has an outcome of its own.
        :raises PlanRefused: the guard refuses the plan, the plan is for another account or too old,
            or the vendor's records have changed. Nothing was sent.
        :raises PlanUnusable: the plan is missing, damaged, edited or replaced.
        :raises PlanFailed: the working set for the check can't be written. Nothing was sent.
        :raises JournalUnusable: the folder is in use, or is of another plan.
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
        )

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


async def plan(
    source: Source,
    target: Target,
    mapping: RosterMapping,
    *,
    as_of: date,
    path: str | PathLike[str],
    last: PlanMeta | None = None,
) -> Plan:
    """Plan the changes that make the vendor equal to the source. Nothing is changed at the vendor.

    :param source: the school's roster.
    :param target: the account at the vendor.
    :param mapping: how the records of the source become those of the vendor.
    :param as_of: the day for which the plan is made. It decides who is enrolled.
    :param path: the plan's file. A plan that is there is replaced.
    :param last: what the last plan that was applied was made from, with which the source is
        compared; ``None`` for the first run. See :func:`~lms_async.roster.last_applied`.
    :returns: the plan. If the guard refuses it, :meth:`Plan.refusals` says why.
    :raises SourceRefused: the source cannot be read.
    :raises PlanFailed: the plan can't be written.
    :raises LmsError: the vendor's records can't be read.
    """
    made_at, path, report = datetime.now(UTC), Path(path), ReadingReport()
    desired = Desired(mapping, as_of, report)
    temporary = path.with_name(f".{path.name}.{token_hex(4)}.set")
    try:
        with WorkingSet(temporary, target.capabilities, mapping.scope) as working_set:
            await _read_source(source, desired, report, working_set)
            await working_set.read_there(target.snapshot())
            facts = _facts(desired, report, last)
            keyed, found = await in_thread(working_set, lambda: _found_people(working_set))
            refusals = [
                *check_source(mapping.guard, facts),
                *check_keys(mapping.guard, facts, keyed=keyed, found=found),
            ]
            meta = PlanMeta(
                made_at=made_at,
                target=target.name,
                account=target.account,
                as_of=as_of,
                mapping_hash=mapping.hash,
                fingerprint=working_set.fingerprint,
                settings=dict(target.settings),
                source_records=_records_for_next_plan(facts, refusals),
                found_share=_found_share_for_next_plan(facts, keyed=keyed, found=found),
            )
            await in_thread(
                working_set,
                lambda: _write(path, meta, working_set, mapping, desired, facts, refusals),
            )
    finally:
        temporary.unlink(missing_ok=True)
    return Plan(path, report, meta.id)


async def _read_source(
    source: Source, desired: Desired, report: ReadingReport, working_set: WorkingSet
) -> None:
    """Add the entries that are wanted to the working set.

    A source may read whole files before it yields a record, so a thread reads it. An iterable may
    be a query of a database connection that only this thread may use.
    """
    entries = desired.entries(source.read(report))

    def add_some() -> bool:
        batch = list(islice(entries, _PER_TURN))
        working_set.add_wanted(batch)
        return bool(batch)

    has_more = True
    while has_more:
        if isinstance(source, IterableSource):
            has_more = add_some()
            await asyncio.sleep(0)
        else:
            has_more = await in_thread(working_set, add_some)


def _facts(desired: Desired, report: ReadingReport, last: PlanMeta | None) -> SourceFacts:
    absent = {kind for kind, of in report.coverage.items() if of.mode is Mode.ABSENT}
    partial = set(desired.in_doubt)
    for kind, coverage in report.coverage.items():
        # If a record that others refer to is missing by mistake, so are the others. A kind that the
        # source does not have at all leads to no missing record of another kind.
        if not coverage.whole or not (partial - absent).isdisjoint(REFERS_TO.get(kind, ())):
            partial.add(kind)
    coverages = report.coverage.values()
    return SourceFacts(
        records=dict(desired.records),
        last_records=None if last is None else last.source_records,
        last_found_share=None if last is None else last.found_share,
        rejected=sum(coverage.rejected for coverage in coverages),
        orphans=sum(coverage.orphans for coverage in coverages),
        partial=frozenset(partial),
        changes_only=_changes_only(report),
    )


def _changes_only(report: ReadingReport) -> frozenset[str]:
    """Return the kinds of which the source has only changes.

    If it has only changes of one kind, another kind without a file has no changes.
    """
    modes = {kind: coverage.mode for kind, coverage in report.coverage.items()}
    if Mode.DELTA not in modes.values():
        return frozenset()
    return frozenset(kind for kind, mode in modes.items() if mode is not Mode.BULK)


def _records_for_next_plan(facts: SourceFacts, refusals: list[Refusal]) -> dict[str, int]:
    """Return the number of records of each kind with which the next source is to be compared.

    Of a kind that this source does not list, that is the number in the last source that did. So it
    is for a kind of which this source has too few. Otherwise the same source would be large enough
    in the next run.
    """
    too_few = {one.kind for one in refusals if one.rule == "max_source_shrink"}
    kept = facts.changes_only | too_few
    listed = {kind: count for kind, count in facts.records.items() if kind not in kept}
    return {**(facts.last_records or {}), **listed}


def _found_share_for_next_plan(facts: SourceFacts, *, keyed: int, found: int) -> float | None:
    if "people" in facts.changes_only:
        return facts.last_found_share
    return found / keyed if keyed else None


def _found_people(working_set: WorkingSet) -> tuple[int, int]:
    if working_set.number_of("people") is None:
        return 0, 0
    return working_set.found("people")


def _write(
    path: Path,
    meta: PlanMeta,
    working_set: WorkingSet,
    mapping: RosterMapping,
    desired: Desired,
    facts: SourceFacts,
    refusals: list[Refusal],
) -> None:
    """Compare the entries, and write the plan."""
    doubts = [refusal for refusal in refusals if not refusal.stops]
    with PlanWriter(path, meta) as writer:
        for left in desired.left_alone():
            writer.add(left)
        tally = Tally(working_set, mapping.guard.mode)
        other_year = 0
        compared = difference(working_set, rules(mapping.guard, doubts), desired.section_years)
        for item in compared:
            writer.add(item)
            if isinstance(item, Change):
                tally.add(item)
            elif item.kind == "sections" and item.reason is Reason.OTHER_SCHOOL_YEAR:
                other_year += 1
        found = [
            *refusals,
            *check_section_years(
                mapping.guard, other_year=other_year, wanted=working_set.wanted("sections")
            ),
            *_check_tally(tally, working_set, mapping, facts),
        ]
        for refusal in found:
            writer.refuse(refusal)


def _check_tally(
    tally: Tally, working_set: WorkingSet, mapping: RosterMapping, facts: SourceFacts
) -> Iterator[Refusal]:
    """Yield what the guard does not allow of the changes that were counted."""
    settings, existing = mapping.guard, working_set.existing()
    yield from check_changes(settings, tally.counts, existing)
    yield from check_roles(settings, tally.updated_roles, working_set.people_by_role())
    yield from check_created(settings, facts, tally.counts)
    yield from check_scope(
        is_limited=mapping.scope != Scope(),
        in_scope=sum(count for (kind, _), count in existing.items() if kind == "people"),
        changes=tally.counts.total(),
    )
