"""Make a plan: read the source and the vendor, compare them, check the guard, write the file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from os import PathLike
from pathlib import Path

from .changes import Change, Reason
from .comparing.desired import Desired
from .comparing.difference import difference
from .comparing.section_years import check_section_years
from .comparing.tally import Tally
from .comparing.term_days import warn_of_other_days
from .comparing.threads import in_thread
from .comparing.working_set import WorkingSet
from .guarding.guard import Refusal, SourceFacts, check_keys, check_source, rules
from .guarding.guard_counts import check_changes, check_created, check_roles, check_scope
from .made_plan import Plan
from .mapping.mapping import RosterMapping
from .mapping.scope import Scope
from .plan_files.plan_meta import PlanMeta
from .plan_files.plan_writer import PlanWriter
from .problems import ReadingReport
from .source_facts import facts_of, found_share_for_next_plan, records_for_next_plan
from .sources import IterableSource, Source
from .targets.target import Target, Word
from .temporary import WORKING_SET, delete_abandoned, temporary_beside

#: How many records are handled at a time. In between, the event loop does other work.
_PER_TURN = 1000


async def plan(
    source: Source,
    target: Target,
    mapping: RosterMapping,
    *,
    as_of: date,
    path: str | PathLike[str],
    last: PlanMeta | None = None,
    words: Mapping[str, Sequence[Word]] | None = None,
) -> Plan:
    """Plan the changes that make the vendor equal to the source. Nothing is changed at the vendor.

    :param source: the school's roster.
    :param target: the account at the vendor.
    :param mapping: how the records of the source become those of the vendor.
    :param as_of: the day for which the plan is made. It decides who is enrolled.
    :param path: the plan's file. A plan that is there is replaced.
    :param last: what the last plan that was applied was made from, with which the source is
        compared; ``None`` for the first run. See :func:`~lms_async.roster.last_applied`.
    :param words: what :meth:`~lms_async.roster.Target.words` returned. With it, the plan warns of
        terms that lead to a term of the vendor with other days.
    :returns: the plan. If the guard refuses it, :meth:`Plan.refusals` says why.
    :raises SourceRefused: the source cannot be read.
    :raises PlanFailed: the plan can't be written.
    :raises LmsError: the vendor's records can't be read.
    """
    made_at, path, report = datetime.now(UTC), Path(path), ReadingReport()
    desired = Desired(mapping, as_of, report)
    delete_abandoned(path)
    temporary = temporary_beside(path, WORKING_SET)
    try:
        with WorkingSet(temporary, target.capabilities, mapping.scope) as working_set:
            await _read_source(source, desired, report, working_set)
            warn_of_other_days(desired.terms, mapping, words or {}, as_of, report)
            await working_set.read_there(target.snapshot(as_of))
            facts = facts_of(desired, report, last)
            source_refusals = check_source(mapping.guard, facts)
            meta = PlanMeta(
                made_at=made_at,
                target=target.name,
                account=target.account,
                as_of=as_of,
                mapping_hash=mapping.hash,
                fingerprint=working_set.fingerprint,
                settings=dict(target.settings),
                source_records=records_for_next_plan(facts, source_refusals),
            )
            await in_thread(
                working_set,
                lambda: _write(
                    path, meta, working_set, mapping, desired, facts, source_refusals, report
                ),
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


def _found_people(working_set: WorkingSet) -> tuple[int, int]:
    """Return :meth:`WorkingSet.found` of people, after the working set was compared."""
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
    source_refusals: list[Refusal],
    report: ReadingReport,
) -> None:
    """Compare the entries, and write the plan."""
    with PlanWriter(path, meta) as writer:
        for left in desired.left_alone():
            writer.add(left)
        tally = Tally(working_set, mapping.guard.mode)
        other_year = 0
        compared = difference(
            working_set, rules(mapping.guard, source_refusals), desired.section_years
        )
        for item in compared:
            writer.add(item)
            if isinstance(item, Change):
                tally.add(item)
            elif item.kind == "sections" and item.reason is Reason.OTHER_SCHOOL_YEAR:
                other_year += 1
        existing = working_set.existing()
        keyed, found = _found_people(working_set)
        writer.set_result(
            found_share=found_share_for_next_plan(
                facts, keyed=keyed + tally.more_keyed, found=found + tally.more_found
            ),
            vendor_records={
                kind: tally.more(kind) + sum(n for (of, _), n in existing.items() if of == kind)
                for kind in working_set.capabilities.kinds
            },
        )
        refusals = [
            *source_refusals,
            *check_keys(mapping.guard, facts, keyed=keyed, found=found),
            *check_section_years(
                mapping.guard, other_year=other_year, wanted=working_set.wanted("sections")
            ),
            *_check_tally(tally, working_set, existing, mapping, facts),
        ]
        for refusal in refusals:
            writer.refuse(refusal)
        writer.add_problems(report)


def _check_tally(
    tally: Tally,
    working_set: WorkingSet,
    existing: Mapping[tuple[str, str], int],
    mapping: RosterMapping,
    facts: SourceFacts,
) -> Iterator[Refusal]:
    """Yield what the guard does not allow of the changes that were counted."""
    settings = mapping.guard
    yield from check_changes(settings, tally.counts, existing)
    yield from check_roles(settings, tally.updated_roles, working_set.people_by_role())
    yield from check_created(settings, facts, tally.counts, existing)
    yield from check_scope(
        is_limited=mapping.scope != Scope(),
        in_scope=sum(count for (kind, _), count in existing.items() if kind == "people"),
        changes=tally.counts.total(),
    )
