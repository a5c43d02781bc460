"""What a page shows of a plan besides its changes. It has no personal data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from attrs import frozen

from lms_async.roster import PlanFile, Problem, Reason, Severity

#: Problems of the source that a page lists.
_MAX_LISTED = 100
#: The worst problems first.
_ORDER = (Severity.REFUSED, Severity.REJECTED, Severity.WARNING, Severity.ACCEPTED)


@frozen
class PlanSummary:
    """A plan in numbers.

    :param refusals: why the plan may not be started.
    :param warnings: why removals are left out, and other remarks of the guard.
    :param left_alone: what differs and is not changed: kind, field or "", reason, and number.
    :param problems: the first problems of the source, by file and line.
    :param more_problems: how many others there are.
    """

    refusals: list[str]
    warnings: list[str]
    left_alone: list[tuple[str, str, str, int]]
    problems: list[Problem]
    more_problems: int


def summarize(path: Path) -> PlanSummary | None:
    """Read the plan ``path``; ``None`` if there is none, or none any more.

    :raises PlanUnusable: the file is damaged.
    """
    if not path.exists():
        return None
    with PlanFile(path) as file:
        records: Counter[tuple[str, str, Reason]] = Counter()
        for (kind, reason, _), count in file.counts_left_alone().items():
            records[kind, "", reason] += count
        for (kind, reason, field), count in file.counts_fields_left_alone().items():
            records[kind, field, reason] += count
        report = file.problems()
        listed = sorted(report.problems, key=lambda one: _ORDER.index(one.severity))[:_MAX_LISTED]
        guard = file.refusals()
        return PlanSummary(
            refusals=[refusal.text for refusal in guard if refusal.stops],
            warnings=[refusal.text for refusal in guard if not refusal.stops],
            left_alone=[
                (kind, field, str(reason), count)
                for (kind, field, reason), count in records.items()
            ],
            problems=listed,
            more_problems=sum(report.counts.values()) - len(listed),
        )
