"""The entries of a Schoology account: keys, words, and what must not be changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from lms_async.errors import KindUnreadable
from lms_async.roster import Entry
from lms_async.roster.entries import join
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.roster.people_reading import PeopleFrom
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people
from tests.schoology.roster.school import ADA, DAY, PARENT, TEACHER, Keeper, add_building, brief
from tests.schoology.rosters import fill, sections_of


async def read(client: Schoology) -> dict[tuple[str, str], Entry]:
    return {(one.kind, one.key): one async for one in SchoologyRoster(client).snapshot(DAY)}


async def test_keys_words_and_what_is_in_use(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox, sections=1, persons=2)
    add_building(school)
    (north,) = school.buildings.of_school(str(school.school_id))
    school.add(people(1, 7)[0] | {"building_id": int(north.id), "name_middle": "M."})
    ada = school.by_school_uid("S00000")
    parent = school.by_school_uid("S00001")
    assert ada is not None
    assert parent is not None
    school.parents.link(ada.uid, parent.uid)
    gone = school.add(people(1, 8)[0])
    school.parents.link(gone.uid, parent.uid)
    school.delete(gone.uid, keep_enrollments=True, email=False)
    section = school.sections.by_school_code("C-0")
    assert section is not None
    school.enrollments.add("section", section.id, ada.uid, admin=1)
    school.enrollments.add("section", section.id, parent.uid, status=2)
    past = school.sections.add(
        section.course_id, sections_of("P", 1)[0] | {"section_code": "P", "grading_periods": [435]}
    )
    school.enrollments.add("section", past.id, ada.uid)

    found = await read(schoology)
    assert found["people", "S00007"].org == "N"
    assert found["people", "S00007"].fields["middle_name"] == "M."
    assert found["people", "S00007"].fields["role"] == "Student"
    assert found["people", "S00000"].org == school.title
    assert [key for kind, key in found if kind == "relationships"] == [
        join("S00000", "S00001", "guardian")
    ]
    assert not found["people", "S00008"].active
    assert found["sections", "C-0"].fields == {
        "title": "Section 0",
        "course": "C",
        "terms": "This year",
        "location": "",
    }
    assert found["enrollments", join("C-0", "S00000")].fields == {"role": "admin"}
    assert not found["enrollments", join("C-0", "S00001")].active
    # Last year's section is known, and neither it nor its members are touched.
    assert (found["sections", "P-0"].active, bool(found["sections", "P-0"].locked)) == (False, True)
    assert ("enrollments", join("P-0", "S00000")) not in found


async def test_records_of_others_are_locked(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox, sections=1, persons=1)
    (section,) = school.sections.by_id.values()
    school.sections.update(section.id, {"synced": 1})
    school.courses.update(section.course_id, {"synced": 1})
    school.add(people(1, 3)[0] | {"synced": 1})
    school.add(people(1, 4)[0] | {"role_id": 1212})
    gone = school.add(people(1, 5)[0] | {"synced": 1})
    school.delete(gone.uid, keep_enrollments=True, email=False)
    ada = school.by_school_uid("S00000")
    assert ada is not None
    school.enrollments.add("section", section.id, ada.uid)
    other = school.sections.add(section.course_id, sections_of("O", 1)[0] | {"section_code": "O"})
    school.enrollments.add("section", other.id, ada.uid, status=5)
    # The owner of the credentials.
    school.update(school.api_uid, {"role_id": 1213, "school_uid": "T1"})
    found = await read(schoology)
    assert {key for key, entry in found.items() if entry.locked} == {
        ("people", "T1"),
        ("people", "S00003"),
        ("people", "S00004"),
        ("people", "S00005"),
        ("courses", "C"),
        ("sections", "C-0"),
        ("enrollments", join("C-0", "S00000")),
        ("enrollments", join("O-0", "S00000")),
    }


async def test_person_of_another_system_is_left_alone(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    add_building(schoology_sandbox.school)
    keeper = Keeper(SchoologyRoster(schoology), tmp_path)
    await keeper.update()
    ben = schoology_sandbox.school.by_school_uid("p2")
    assert ben is not None
    schoology_sandbox.school.update(ben.uid, {"synced": 1})
    left: dict[str, list[Any]] = {"people": [ADA, TEACHER, PARENT], "enrollments": []}
    changes = await keeper.plan(**left)
    assert not [change for change in brief(changes) if change[1] == "people"]


async def test_role_of_one_building_stays(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = schoology_sandbox.school
    add_building(school)
    keeper = Keeper(SchoologyRoster(schoology), tmp_path)
    of_building = school.roles.add("Student", role_type=2)
    await keeper.update()
    ben = school.by_school_uid("p2")
    assert ben is not None
    school.update(ben.uid, {"role_id": int(of_building.id)})
    assert await keeper.plan() == []


async def test_snapshot_that_fails_or_is_left_early_leaves_nothing_behind(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fill(schoology_sandbox, sections=10, persons=1)
    snapshot = cast("AsyncGenerator[Entry, None]", SchoologyRoster(schoology).snapshot(DAY))
    async with aclosing(snapshot) as entries:
        async for entry in entries:
            if entry.kind == "sections":
                break
    schoology_sandbox.quirks.multiget = "refused"
    schoology_sandbox.faults.add(Fault.error(403, path="sections/5614973/enrollments"))
    with pytest.raises(KindUnreadable, match="may not read enrollments"):
        await read(schoology)


async def test_missing_permission_names_the_kinds_that_can_not_be_planned(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, path="courses"))
    with pytest.raises(KindUnreadable) as caught:
        await read(schoology)
    assert "may not read courses" in str(caught.value)
    assert "sections, enrollments" in str(caught.value)


@pytest.mark.parametrize("people_from", ["list", "export"])
@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (["courses/*/sections"], "sections"),
        (["users/inactive"], "people"),
        # Sections are read while people are. The first kind that depends on nothing is named.
        (["courses/*/sections", "users/inactive"], "people"),
    ],
)
async def test_refusal_of_what_is_read_side_by_side_names_its_kind(
    refused: list[str],
    kind: str,
    people_from: PeopleFrom,
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
) -> None:
    school = fill(schoology_sandbox, sections=1, persons=1)
    (section,) = school.sections
    schoology_sandbox.quirks.multiget = "refused"
    for path in refused:
        schoology_sandbox.faults.add(Fault.error(403, path=path.replace("*", section.course_id)))
    with pytest.raises(KindUnreadable, match=f"may not read {kind}"):
        async for _ in SchoologyRoster(schoology, people_from=people_from).snapshot(DAY):
            pass


@pytest.mark.parametrize("multiget", ["json", "refused"])
async def test_sections_and_enrollments_are_read_in_few_requests(
    multiget: str,
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
) -> None:
    school = fill(schoology_sandbox, sections=10, persons=1)
    ada = school.by_school_uid("S00000")
    assert ada is not None
    for section in list(school.sections):
        school.enrollments.add("section", section.id, ada.uid)
    schoology_sandbox.quirks.multiget = multiget  # type: ignore[assignment]
    found = await read(connect())
    assert len([kind for kind, _ in found if kind == "enrollments"]) == 10
    requests = len(schoology_sandbox.log)
    assert requests < 14 if multiget == "json" else requests < 26


async def test_day_of_the_plan_decides_which_sections_are_over(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fill(schoology_sandbox, sections=1, persons=0)
    found = {
        day.year: one.active
        for day in (DAY, date(2100, 1, 1))
        async for one in SchoologyRoster(schoology).snapshot(day)
        if one.kind == "sections"
    }
    assert found == {DAY.year: True, 2100: False}
