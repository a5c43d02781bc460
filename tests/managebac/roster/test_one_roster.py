"""A OneRoster bundle of two schools: a sandbox gets the people and classes of one of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs

from lms_async.roster import OneRosterSource, Plan, plan
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox
from tests.managebac.roster.school import GRADE_11, MAPPING, prepared
from tests.roster import bundles


async def test_school_of_a_bundle_is_applied_and_then_nothing_is_left_to_do(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    school = managebac_sandbox.school = prepared()
    folder = bundles.School(people=28, sections=4, enrollments=40, version="1.2").write(
        tmp_path / "bundle"
    )
    mapping = attrs.evolve(
        MAPPING,
        grades=dict.fromkeys(("09", "10", "11", "12"), GRADE_11),
        subjects={"C0": "Biology"},
        terms={"Fall": "2020-2099 Semester 1", "Spring": "2020-2099 Semester 2"},
    )
    target = ManageBacRoster(managebac, school="S0")

    async def make() -> Plan:
        return await plan(
            OneRosterSource(folder),
            target,
            mapping,
            as_of=date(2026, 10, 1),
            path=tmp_path / "bundle.plan",
        )

    made = await make()
    report = await made.apply(target, journal=tmp_path / "journal")
    assert list(report.not_done()) == []
    people = [*school.students.values(), *school.teachers.values(), *school.parents.values()]
    assert len(people) == 14
    assert len(school.classes) == 2
    verified = await made.verify(target)
    assert verified.different == []
    assert (await make()).counts() == {}
