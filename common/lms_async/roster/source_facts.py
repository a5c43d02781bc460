"""What is known about a source after it was read, for the guard of this plan and the next one."""

from __future__ import annotations

from .comparing.desired import Desired
from .entries import REFERS_TO
from .guarding.guard import Refusal, SourceFacts
from .plan_files.plan_meta import PlanMeta
from .problems import Mode, ReadingReport

#: Why a file may not have all records although it has no rejected row, and what to do, by the code
#: in :attr:`~lms_async.roster.problems.Coverage.reasons`.
_CAUSES = {
    "delta_values": "their file fills the columns status or dateLastModified, as a list of changes "
    "does. To remove {kind}, export files that leave both columns blank or do not have them. If "
    "the files list all {kind}, set bulk_files_are_complete = true in the mapping, below [source].",
    "no_manifest": "the source has no manifest.csv, which says that their file is complete. To "
    "remove {kind}, export the files with a manifest.",
    "wrong_version": "the manifest names another version of OneRoster. To remove {kind}, export "
    "version 1.1 or 1.2.",
    "manifest_disagrees": "the manifest does not agree with the files. To remove {kind}, export "
    "all files again.",
}


def facts_of(desired: Desired, report: ReadingReport, last: PlanMeta | None) -> SourceFacts:
    """Return what is known about a source that was read to its end.

    :param last: what the last plan that was applied was made from; ``None`` for the first run.
    """
    absent = {kind for kind, of in report.coverage.items() if of.mode is Mode.ABSENT}
    partial = set(desired.incomplete)
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
        last_vendor_records=None if last is None else last.vendor_records,
        last_not_created={} if last is None else last.not_created,
        rejected=sum(coverage.rejected for coverage in coverages),
        orphans=sum(coverage.orphans for coverage in coverages),
        partial=frozenset(partial),
        causes=_causes(report),
        changes_only=_changes_only(report),
    )


def _causes(report: ReadingReport) -> dict[str, str]:
    """Return the causes of :class:`SourceFacts`. Rejected rows have to be corrected first."""
    found = {}
    for kind, coverage in report.coverage.items():
        codes = [code for code in _CAUSES if code in coverage.gaps]
        if codes and "rejected_rows" not in coverage.reasons:
            found[kind] = _CAUSES[codes[0]].format(kind=kind)
    return found


def _changes_only(report: ReadingReport) -> frozenset[str]:
    """Return the kinds of which the source has only changes.

    If it has only changes of one kind, another kind without a file has no changes.
    """
    modes = {kind: coverage.mode for kind, coverage in report.coverage.items()}
    if Mode.DELTA not in modes.values():
        return frozenset()
    return frozenset(kind for kind, mode in modes.items() if mode is not Mode.BULK)


def records_for_next_plan(facts: SourceFacts, source_refusals: list[Refusal]) -> dict[str, int]:
    """Return the number of records of each kind with which the next source is to be compared.

    Of a kind that this source does not list, that is the number in the last source that did. So it
    is for a kind of which this source has too few. Otherwise the same source would be large enough
    in the next run.

    :param source_refusals: the result of :func:`~lms_async.roster.guarding.guard.check_source`.
    """
    too_few = {refusal.kind for refusal in source_refusals if refusal.rule == "max_source_shrink"}
    kept = facts.changes_only | too_few
    listed = {kind: count for kind, count in facts.records.items() if kind not in kept}
    return {**(facts.last_records or {}), **listed}


def found_share_for_next_plan(facts: SourceFacts, *, keyed: int, found: int) -> float | None:
    """Return the share of the vendor's people with which that of the next source is compared.

    :param keyed: how many people with a key the vendor has once the plan is applied.
    :param found: how many of them are in this source.
    """
    if "people" in facts.changes_only:
        return facts.last_found_share
    return found / keyed if keyed else None
