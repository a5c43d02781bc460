"""A plan that was written without a source, and the vendor that it is for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import attrs

from lms_async.roster import Action, Change, Entry, Plan, Refusal
from lms_async.roster.entries import join
from lms_async.roster.plan_files.plan_writer import PlanWriter
from tests.roster.fake_target import FakeTarget, Faults
from tests.roster.test_planning import make
from tests.virtual import run

CHANGES = [
    Change(kind="sections", action=Action.CREATE, key="k1", org="N", after={"title": "Art"}),
    Change(kind="enrollments", action=Action.LINK, key=join("k1", "p1"), after={"role": "member"}),
]


def write(
    path: Path,
    refusals: tuple[Refusal, ...] = (),
    changes: list[Change] = CHANGES,
    **meta: Any,
) -> Plan:
    """Write a plan whose vendor has one person and no section."""
    with tempfile.TemporaryDirectory() as folder:
        made = run(make(Path(folder) / "a.plan", school()))
        about = attrs.evolve(made.meta, **meta)
    with PlanWriter(path, about) as writer:
        for change in changes:
            writer.add(change)
        for refusal in refusals:
            writer.refuse(refusal)
    return Plan(path)


def school(faults: Faults | None = None) -> FakeTarget:
    return FakeTarget([Entry(kind="people", key="p1", vendor_id="1", org="N")], faults)
