"""People who are read from the CSV export: the same entries as from the list, in fewer requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import pytest

from lms_async.errors import InvalidInput, UnexpectedResponse
from lms_async.roster import Action, Entry
from lms_async.roster.entries import join
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.roster.people_reading import PeopleReader, ReadPerson
from schoology_async.sandbox import School, SchoologySandbox
from schoology_async.sandbox.operations import exports
from schoology_async.sandbox.seed import ADMINISTRATOR, PARENT
from tests.conftest import people
from tests.schoology.roster.school import DAY, Keeper, add_building, brief
from tests.schoology.rosters import fill as fill_sections

#: A parents' role whose title the client does not know.
GUARDIANS = "Tutrice"


async def read(client: Schoology, **options: Any) -> list[Entry]:
    return [entry async for entry in SchoologyRoster(client, **options).snapshot(DAY)]


def of_people(entries: list[Entry]) -> dict[tuple[str, str], Any]:
    """Return what is read of people and their links, without what the export can't show."""
    return {
        (one.kind, one.key): (
            *(one.org, one.vendor_id, one.active, one.locked),
            {name: value for name, value in one.fields.items() if name != "other_schools"},
        )
        for one in entries
        if one.kind in ("people", "relationships")
    }


def fill(school: School) -> None:
    """Add students, parents with children, administrators, and people of every kind of lock."""
    add_building(school)
    (north,) = school.buildings.of_school(str(school.school_id))
    role = school.roles.add(GUARDIANS)
    of_building = school.roles.add("Student", role_type=2)
    rows = people(8)
    rows[0] |= {"birthday_date": "2010-05-04", "grad_year": "2028", "name_middle": "M."}
    rows[1] |= {"building_id": int(north.id), "name_first_preferred": "Zoë", "username": "zoe"}
    rows[2] |= {"role_id": int(of_building.id), "additional_buildings": north.id}
    rows[3] |= {"role_id": int(school.roles.add("Building Admin", faculty=1).id)}
    rows[4] |= {"role_id": PARENT}
    rows[5] |= {"role_id": int(role.id), "additional_buildings": north.id}
    rows[6] |= {"role_id": PARENT, "synced": 1}
    ids = [school.add(row).uid for row in rows]
    for parent, child in ((4, 0), (4, 1), (5, 1), (6, 7)):
        school.parents.link(ids[child], ids[parent])
    school.delete(ids[7], keep_enrollments=True, email=False)
    # The owner of the credentials may export, and the title of the role does not say so.
    school.roles.find(str(ADMINISTRATOR)).title = "Head of IT"
    school.update(school.api_uid, {"school_uid": "T1"})


async def test_both_ways_of_reading_lead_to_the_same_people(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, caplog: pytest.LogCaptureFixture
) -> None:
    fill(schoology_sandbox.school)
    listed = of_people(await read(schoology))
    assert of_people(await read(schoology, people_from="export")) == listed
    assert not caplog.records
    locked = {key for (_, key), (_, _, _, why, _) in listed.items() if why}
    assert locked == {"S00003", "S00006", "T1"}
    assert {key for key in listed if key[0] == "relationships"} == {
        ("relationships", join(student, parent, "guardian"))
        for student, parent in (("S00000", "S00004"), ("S00001", "S00004"), ("S00001", "S00005"))
    }


async def test_export_does_not_show_whom_another_system_imports(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    # The description of the setting says so.
    schoology_sandbox.school.add(people(1)[0] | {"synced": 1})
    for people_from, locked in (("list", True), ("export", False)):
        found = of_people(await read(schoology, people_from=people_from))
        assert bool(found["people", "S00000"][3]) is locked


async def test_snapshot_that_is_left_early_leaves_nothing_behind(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    for person in people(2000):
        schoology_sandbox.school.add(person)
    snapshot = SchoologyRoster(schoology, people_from="export").snapshot(DAY)
    async with aclosing(cast("AsyncGenerator[Entry, None]", snapshot)) as entries:
        async for entry in entries:
            if entry.kind == "people":
                break
    assert schoology_sandbox.log.count("GET", "csvexport/users") == 1


async def test_export_replaces_the_pages_of_all_but_parents(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fill(schoology_sandbox.school)
    for person in people(500, 100):
        schoology_sandbox.school.add(person)
    assert len(await read(schoology)) > 500
    log = schoology_sandbox.log
    assert log.count("GET", "users") == 3
    log.clear()
    assert len(await read(schoology, people_from="export")) > 500
    assert (log.count("GET", "users"), log.count("GET", "csvexport/users")) == (1, 1)


async def test_sections_are_read_while_the_export_is_handled(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_sections(schoology_sandbox, sections=1, persons=1)
    (section,) = schoology_sandbox.school.sections
    path, exported = f"courses/{section.course_id}/sections", PeopleReader.exported

    async def after_sections(self: PeopleReader) -> AsyncGenerator[ReadPerson, None]:
        log = schoology_sandbox.log
        while not log.count("GET", path):  # noqa: ASYNC110 - the sandbox sets no event
            await asyncio.sleep(0.01)
        async for person in exported(self):
            yield person

    monkeypatch.setattr(PeopleReader, "exported", after_sections)
    async with asyncio.timeout(10):
        assert {one.kind for one in await read(schoology, people_from="export")} > {"sections"}


async def test_roles_are_read_once(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fill(schoology_sandbox.school)
    await read(schoology, people_from="export")
    assert schoology_sandbox.log.count("GET", "roles") == 1


async def test_members_of_the_faculty_and_students_are_not_listed(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    for role in list(schoology_sandbox.school.roles):
        role.faculty = 1
    found = await read(schoology, people_from="export")
    assert len(of_people(found)) == len(schoology_sandbox.school.users)
    assert schoology_sandbox.log.count("GET", "users") == 0


@pytest.mark.parametrize("status", [403, 404])
async def test_list_is_read_if_the_export_is_refused(
    status: int,
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(schoology_sandbox.school)
    listed = of_people(await read(schoology))
    schoology_sandbox.faults.add(Fault.error(status, path="csvexport/users"))
    found = await read(schoology, people_from="export")
    assert of_people(found) == listed
    keys = [entry.key for entry in found if entry.kind == "people"]
    assert len(keys) == len(set(keys))
    (warning,) = caplog.records
    assert str(status) in warning.getMessage()
    assert 'people_from = "list"' in warning.getMessage()


async def test_export_without_a_column_is_an_error(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the roles, administrators would not be recognized.
    columns = tuple(name for name in exports.USER_FIELDS if name != "role_name")
    monkeypatch.setattr(exports, "USER_FIELDS", columns)
    with pytest.raises(UnexpectedResponse, match="column"):
        await read(schoology, people_from="export")


async def test_schools_that_the_export_does_not_show_are_not_compared(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = schoology_sandbox.school
    add_building(school)
    target = SchoologyRoster(schoology, people_from="export")
    assert "other_schools" not in target.capabilities.kinds["people"].shows
    assert "other_schools" in target.capabilities.kinds["people"].holds
    keeper = Keeper(target, tmp_path)
    await keeper.update()
    assert brief(await keeper.plan()) == []
    ben = school.by_school_uid("p2")
    assert ben is not None
    school.update(ben.uid, {"additional_buildings": str(school.school_id), "name_first": "B"})
    assert brief(await keeper.plan()) == [("update", "people", "p2")]


def test_setting_is_one_of_two_words(schoology: Schoology) -> None:
    target = SchoologyRoster(schoology, people_from="export")
    assert target.settings == {"enrollment_removal": Action.EXPIRE, "people_from": "export"}
    assert SchoologyRoster(schoology).settings["people_from"] == "list"
    with pytest.raises(InvalidInput, match="people_from"):
        SchoologyRoster(schoology, people_from="csv")  # type: ignore[arg-type]
