"""A OneRoster bundle of two schools is applied to a sandbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs

from lms_async.outcome import Status
from lms_async.roster import OneRosterSource, plan
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.roster import bundles
from tests.schoology.roster.school import MAPPING, Keeper, brief


async def test_bundle_is_applied_and_then_nothing_is_left_to_do(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = schoology_sandbox.school
    for code in ("S0", "S1"):
        school.buildings.add(str(school.school_id), title=code, building_code=code)
    folder = bundles.School(people=28, sections=4, enrollments=40, version="1.2").write(
        tmp_path / "bundle"
    )
    # The courses of the bundle belong to the district, which is Schoology's school.
    mapping = attrs.evolve(MAPPING, buildings={"district": school.title})
    keeper = Keeper(SchoologyRoster(schoology), tmp_path)
    for attempt in range(2):
        made = await plan(
            OneRosterSource(folder),
            keeper.target,
            mapping,
            as_of=date(2026, 10, 1),
            path=tmp_path / "bundle.plan",
        )
        changes = [change async for change in made]
        if attempt:
            assert brief(changes) == []
            return
        outcomes = await keeper.apply(changes)
        assert [one for one in outcomes if one.status is not Status.DONE] == []
        assert len(school.users) == 1 + 28
        assert len(school.parents) == 21
        assert len(school.enrollments) == 40
