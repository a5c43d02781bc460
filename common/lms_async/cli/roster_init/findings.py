"""Write what was found on both sides: how many records, and what is wrong in the source."""

from __future__ import annotations

from collections.abc import Mapping

from ...roster import Mode, Severity
from ...roster.model import KINDS
from ...roster.problem_groups import grouped
from ..wording import counted, counted_records, listed
from .facts import Facts
from .part import Part

#: How many lines of problems are written.
_MOST_PROBLEMS = 40


def records(facts: Facts) -> Part:
    """Write how many records both sides have."""
    part = Part()
    part.comment(f"The source has {_counts(facts.source.records)}.")
    if facts.vendor is None:
        part.check(
            f"No credentials of {facts.name} are set, so lms roster init could not ask "
            f"{facts.name}. Set them, and run it again with another --out."
        )
    elif facts.vendor.may_read:
        part.comment(f"{facts.name} has {_counts(facts.vendor.records)} in use.")
    changes = [
        kind
        for kind, coverage in facts.source.report.coverage.items()
        if coverage.mode is Mode.DELTA
    ]
    if changes:
        part.check(
            f"The source lists only changes of {listed(changes)}. Run lms roster init with a "
            "complete export."
        )
    return part


def _counts(counts: Mapping[str, int]) -> str:
    found = [
        counted_records(counts[kind.plural], kind.plural) for kind in KINDS if counts[kind.plural]
    ]
    return listed(found) if found else "no records"


def problems(facts: Facts) -> Part:
    """Write how often each problem of the source occurs, and where it is first."""
    part, report = Part(), facts.source.report
    part.comment("Problems of the source, each with its first place.")
    groups = grouped(report)
    for group in groups[:_MOST_PROBLEMS]:
        # The text has no data of people.
        first = group.first[0] if group.first else group.name
        times = counted(group.count, "time")
        part.comment(f"{group.severity}, {times}, first: {first}", indent="  ")
    if len(groups) > _MOST_PROBLEMS:
        part.comment(f"and {len(groups) - _MOST_PROBLEMS:,} other problems", indent="  ")
    if not groups:
        part.comment("none", indent="  ")
    if rejected := report.total(Severity.REJECTED):
        part.checks.append(
            f"{counted_records(rejected, 'records')} of the source could not be read. The end of "
            "the file says why."
        )
    return part
