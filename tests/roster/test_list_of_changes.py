"""A source that lists only changes: it is not refused as one that has lost most records."""

from __future__ import annotations

from pathlib import Path

import attrs

from lms_async.roster import OneRosterSource, Plan, PlanMeta, Reason, plan
from tests.roster.bundles import manifest, write_texts
from tests.roster.fake_target import FakeTarget
from tests.roster.records import ADA, DAY
from tests.roster.test_desired import CHANGES
from tests.roster.test_planning import REMOVING, changes, make

PEOPLE = [attrs.evolve(ADA, id=f"p{number}") for number in range(1, 13)]


async def school(path: Path) -> tuple[FakeTarget, PlanMeta]:
    """Return a vendor that has twelve people, and what the plan for them was made from."""
    target = FakeTarget()
    first = await make(path / "first.plan", target, people=PEOPLE)
    target.change_all([change async for change in first])
    whole = await make(path / "whole.plan", target, people=PEOPLE)
    return target, whole.meta


async def plan_changes(path: Path, target: FakeTarget, last: PlanMeta | None) -> Plan:
    (path / "changes").mkdir()
    source = OneRosterSource(
        write_texts(path / "changes", **CHANGES, manifest=manifest(CHANGES, mode="delta"))
    )
    return await plan(source, target, REMOVING, as_of=DAY, path=path / "b.plan", last=last)


async def test_changes_are_planned_and_not_compared_with_a_whole_source(tmp_path: Path) -> None:
    target, last = await school(tmp_path)
    made = await plan_changes(tmp_path, target, last)
    assert ("deactivate", "people", "p1") in await changes(made)
    assert {one.rule for one in made.refusals() if one.kind == "people"} == {"partial"}
    assert not [one for one in made.refusals() if one.stops]

    # The next whole source is compared with the last whole one.
    assert made.meta.found_share == 1
    assert made.meta.source_records == last.source_records
    half = await make(tmp_path / "c.plan", target, last=made.meta, people=PEOPLE[:6])
    assert "max_source_shrink" in {one.rule for one in half.refusals()}
    assert half.counts_left_alone()["people", Reason.SOURCE_INCOMPLETE, "N"] == 6


async def test_first_plan_needs_a_whole_source(tmp_path: Path) -> None:
    target, _ = await school(tmp_path)
    (refusal,) = [
        one for one in (await plan_changes(tmp_path, target, None)).refusals() if one.stops
    ]
    assert refusal.rule == "min_found_share"
    assert "from a complete source" in refusal.text
