"""Compare a sandbox with a district, without the code that made the changes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...outcome import Status
from ...roster import PlanFile
from ..roster_support import DemoRecord
from .checks import Check


def compare(
    wanted: Iterable[DemoRecord], found: Iterable[DemoRecord], vendor: str
) -> Iterator[Check]:
    """Check that the vendor has each wanted record once with its values, and no other record.

    :param vendor: the vendor's name.
    """
    wanted, found = list(wanted), list(found)
    for kind in dict.fromkeys(record.kind for record in (*wanted, *found)):
        values = {record.key: record.values for record in wanted if record.kind == kind}
        there = [record for record in found if record.kind == kind]
        times = Counter(record.key for record in there)
        missing = len(values.keys() - times.keys())
        others = len(times.keys() - values.keys())
        twice = sum(count > 1 for count in times.values())
        differing = sum(record.values != values.get(record.key, record.values) for record in there)
        yield (
            f"{kind}: {len(values):,} in the source, {len(there):,} at {vendor}; {missing} "
            f"missing, {others} not in the source, {twice} twice, {differing} with other values",
            not (missing or others or twice or differing),
        )


def check_results(results: Path, plan: Path) -> Check:
    """Check that a results file has one row for each change of a plan, and that all are done."""
    with PlanFile(plan) as file:
        changes = sum(file.counts().values())
    with results.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    done = sum(row["status"] == Status.DONE for row in rows)
    return (
        f"first day: {changes:,} changes in the plan, {len(rows):,} rows in the results file in "
        f"order and without duplicates, {done:,} done",
        done == changes and [int(row["number"]) for row in rows] == list(range(1, changes + 1)),
    )


def check_empty(plan: Path) -> Check:
    """Check that a plan has no changes."""
    with PlanFile(plan) as file:
        changes = sum(file.counts().values())
    return f"{changes:,} changes in the last plan", not changes
