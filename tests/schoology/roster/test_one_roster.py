"""A OneRoster bundle of two schools is applied to a sandbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lms_async.roster import OneRosterSource, Plan, plan
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.roster import bundles
from tests.schoology.roster.school import MAPPING


async def test_bundle_is_applied_and_then_nothing_is_left_to_do(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = schoology_sandbox.school
    for code in ("S0", "S1"):
        school.buildings.add(str(school.school_id), title=code, building_code=code)
    folder = bundles.School(people=28, sections=4, enrollments=40, version="1.2").write(
        tmp_path / "bundle"
    )
    target = SchoologyRoster(schoology)

    async def make() -> Plan:
        return await plan(
            OneRosterSource(folder),
            target,
            MAPPING,
            as_of=date(2026, 10, 1),
            path=tmp_path / "bundle.plan",
        )

    made = await make()
    report = await made.apply(target, journal=tmp_path / "journal")
    assert list(report.not_done()) == []
    assert len(school.users) == 1 + 28
    assert len(school.parents) == 21
    assert len(school.enrollments) == 40
    verified = await made.verify(target)
    assert verified.different == []
    assert (await make()).counts() == {}
