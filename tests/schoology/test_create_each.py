"""Buildings and grading periods in bulk: one request per row, and nothing is created twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Journal, Status
from lms_async.sandbox import Fault
from schoology_async import BuildingCreate, Schoology
from schoology_async.sandbox import School, SchoologySandbox


@pytest.fixture
def school(schoology_sandbox: SchoologySandbox) -> School:
    return schoology_sandbox.school


def building(school: School, title: str, **more: Any) -> Any:
    return {"school_id": school.school_id, "title": title, **more}


def titles(school: School) -> list[str | None]:
    return [one.title for one in school.buildings.of_school(str(school.school_id))]


async def test_buildings_are_created_once(schoology: Schoology, school: School) -> None:
    rows = [
        building(school, "North", building_code="N"),
        BuildingCreate(school_id=school.school_id, title="South"),
        building(school, ""),
    ]
    report = await schoology.buildings.create_many(rows)
    assert report.counts == {Status.DONE: 2, Status.REJECTED: 1}
    assert sorted(map(str, titles(school))) == ["North", "South"]
    report = await schoology.buildings.create_many(rows[:2])
    assert [(one.error and one.error.code) for one in report.rejected] == ["409", "409"]
    assert len(titles(school)) == 2


async def test_existing_building_is_updated(schoology: Schoology, school: School) -> None:
    school.buildings.add(str(school.school_id), title="North", building_code="N")
    rows = [building(school, "North campus", building_code="N", city="Hill Valley")]
    (await schoology.buildings.create_many(rows, update_existing=True)).raise_for_failures()
    (only,) = school.buildings.of_school(str(school.school_id))
    assert (only.title, only.city) == ("North campus", "Hill Valley")


async def test_building_that_exists_twice_is_not_changed(
    schoology: Schoology, school: School
) -> None:
    for city in "ab":
        school.buildings.add(str(school.school_id), title="North", city=city)
    report = await schoology.buildings.create_many(
        [building(school, "North", city="c")], update_existing=True
    )
    (only,) = report.rejected
    assert only.error is not None
    assert only.error.message.endswith("exists several times")
    assert [one.city for one in school.buildings.of_school(str(school.school_id))] == ["a", "b"]


async def test_rows_of_an_unknown_school_are_rejected(schoology: Schoology, school: School) -> None:
    rows: Any = [{"school_id": 99, "title": "North"}, building(school, "South")]
    report = await schoology.buildings.create_many(rows)
    assert report.counts == {Status.REJECTED: 1, Status.DONE: 1}
    assert report.rejected[0].error is not None
    assert report.rejected[0].error.code == "404"


async def test_nothing_is_created_if_the_list_cannot_be_read(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    path = f"schools/{school.school_id}/buildings"
    schoology_sandbox.faults.add(Fault.error(403, times=9, method="GET", path=path))
    report = await schoology.buildings.create_many([building(school, "North")])
    assert not report.counts[Status.DONE]
    assert schoology_sandbox.log.count("POST") == 0


@pytest.mark.parametrize("update_existing", [False, True])
async def test_a_lost_building_is_looked_up(
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    school: School,
    update_existing: bool,
) -> None:
    schoology_sandbox.faults.add(
        Fault.cut(after=True, method="POST", path=f"schools/{school.school_id}/buildings"),
        Fault.cut(after=False, skip=1, method="POST", path=f"schools/{school.school_id}/buildings"),
    )
    rows = [building(school, name) for name in ("North", "South", "West")]
    report = await schoology.buildings.create_many(rows, update_existing=update_existing)
    report.raise_for_failures()
    assert sorted(map(str, titles(school))) == ["North", "South", "West"]


async def test_a_lost_building_with_other_values_is_updated_and_not_created_again(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    path = f"schools/{school.school_id}/buildings"
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST", path=path))
    rows = [building(school, "North", city=None)]  # which Schoology shows as an empty text
    report = await schoology.buildings.create_many(rows, update_existing=True)
    assert titles(school) == ["North"]
    assert schoology_sandbox.log.count("PUT") >= 1
    assert not report.rejected


async def test_second_run_with_a_journal_sends_no_row(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, school: School, tmp_path: Path
) -> None:
    rows = [building(school, "North"), building(school, "South")]
    for _ in range(2):
        journal = Journal(tmp_path / "rows.journal")
        (await schoology.buildings.create_many(rows, journal=journal)).raise_for_failures()
    assert schoology_sandbox.log.count("POST") == 2
    assert schoology_sandbox.log.count("PUT") == 0


async def test_grading_periods(schoology: Schoology, school: School) -> None:
    rows: Any = [
        {"title": "Fall", "start": "2026-08-01", "end": "2026-12-31"},
        {"title": "Spring", "start": "2027-01-01", "end": "2027-07-31"},
        {"title": "Late", "start": "2027-02-01", "end": "2027-01-01"},
    ]
    report = await schoology.grading_periods.create_many(rows)
    assert report.counts == {Status.DONE: 2, Status.REJECTED: 1}
    rows[0]["end"] = "2026-12-20"
    report = await schoology.grading_periods.create_many(rows[:2])
    assert report.counts == {Status.REJECTED: 2}
    report = await schoology.grading_periods.create_many(rows[:2], update_existing=True)
    report.raise_for_failures()
    assert [one.end for one in school.grading_periods] == ["2026-12-20", "2027-07-31"]


async def test_count(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    schoology_sandbox.school.add(school_uid="S1")
    assert await schoology.users.count() == 2
