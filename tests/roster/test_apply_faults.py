"""Apply any plan while requests fail and the program is killed: each change is made once."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.outcome import Status
from lms_async.roster import ApplyReport, Plan, RosterMapping, Scope
from lms_async.roster.entries import join
from tests.roster.fake_target import FakeTarget, Faults, Killed
from tests.roster.test_planning import MAPPINGS, REMOVING, changes, make, rosters
from tests.virtual import run

NUMBERS = st.frozensets(st.integers(1, 12), max_size=4)
REJECTED = st.frozensets(st.sampled_from(["k1", "p1", "p2", join("k1", "p1")]), max_size=2)
SCOPED = attrs.evolve(REMOVING, scope=Scope(orgs=frozenset({"N"})))


@settings(max_examples=25, deadline=None)
@given(
    rosters(),
    rosters(),
    st.one_of(MAPPINGS, st.just(SCOPED)),
    st.builds(Faults, rejected=REJECTED, lost=NUMBERS, dropped=NUMBERS, killed=NUMBERS),
)
def test_vendor_equals_the_school_after_faults_and_resumes(
    before: dict[str, list[Any]],
    after: dict[str, list[Any]],
    mapping: RosterMapping,
    faults: Faults,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(apply_with_faults(Path(folder), before, after, mapping, faults))


async def apply_with_faults(
    folder: Path,
    before: dict[str, list[Any]],
    after: dict[str, list[Any]],
    mapping: RosterMapping,
    faults: Faults,
) -> None:
    target = FakeTarget()
    first = await make(folder / "0.plan", target, REMOVING, None, **before)
    target.change_all([change async for change in first])

    at_first = {(entry.kind, entry.key): entry for entry in target.entries}
    target.faults, target.requests = faults, 0
    target.made.clear()
    made = await make(folder / "1.plan", target, mapping, None, **after)
    planned = Counter([(change.kind, change.action, change.key) async for change in made])
    report = await resume(made, target, folder / "1")
    failed = {(one.item.kind, one.item.key) for one in report.not_done()}
    # Each change was made once, or was rejected. Nothing else was changed. An update that was
    # rejected and whose response was lost is unknown.
    assert target.made == Counter({at: 1 for at in planned if (at[0], at[2]) not in failed})
    skipped = [one for one in report.not_done() if one.status is Status.SKIPPED]
    assert {one.error and one.error.code for one in skipped} <= {"held", "no_person", "no_section"}
    assert sum(report.counts.values()) == planned.total()
    if mapping is SCOPED:
        orgs = {
            at_first[kind, key].org
            for kind, _, key in target.made
            # Of the other kinds, the source decides the school.
            if (kind, key) in at_first and "school" in target.capabilities.kinds[kind].shows
        }
        assert orgs <= {"N"}
    different = (await made.verify(target)).different
    assert {(one.change.kind, one.change.key) for one in different} <= failed

    # After the cause is removed, the next plan makes what was rejected, and then all is equal.
    target.faults = Faults()
    second = await make(folder / "2.plan", target, mapping, None, **after)
    assert not await changes(second) or failed
    assert (await resume(second, target, folder / "2")).is_done
    assert (await second.verify(target)).different == []
    assert await changes(await make(folder / "3.plan", target, mapping, None, **after)) == []


async def resume(made: Plan, target: FakeTarget, journals: Path) -> ApplyReport:
    """Apply the plan, again after each time that the program is killed."""
    while True:
        try:
            return await made.apply(target, journal=journals)
        except Killed:
            pass
