"""Compare the sandbox's schools, roles and grading periods with the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import within

HILL_VALLEY = {
    "id": "344232",
    "title": "Hill Valley High School",
    "address1": "700 Western Ave",
    "address2": "",
    "city": "Petaluma",
    "state": "CA",
    "postal_code": "94952",
    "country": "US",
    "website": "",
    "phone": "234234324234",
    "fax": "",
    "building_code": "",
}
CAVE_HIGH = HILL_VALLEY | {
    "id": "5171921",
    "title": "Cave High",
    "address1": "800 Underground Ave",
    "phone": "234234324",
}
NEW = {"title": "Example school 2 name", "address1": "750 West Road", "city": "NYC", "state": "NY"}
NEVER_ENDING = {
    "id": 13011,
    "title": "Never Ending Period",
    "start": "2012-09-17",
    "end": "2099-09-17",
    "active": "1",
}


# -- schools and buildings


@pytest.fixture
def places(sandbox: SchoologySandbox) -> None:
    sandbox.school.buildings.update("344232", HILL_VALLEY)
    sandbox.school.buildings.add("344232", CAVE_HIGH)


@pytest.mark.usefixtures("places")
async def test_schools_and_buildings(raw: RawClient) -> None:
    listed = (await raw("GET", "schools")).json
    assert list(listed) == ["school"]  # no total and no links
    assert [within(row, HILL_VALLEY) for row in listed["school"]] == [HILL_VALLEY]
    view = (await raw("GET", "schools/344232")).json
    assert view == HILL_VALLEY | {"picture_url": view["picture_url"]}
    buildings = (await raw("GET", "schools/344232/buildings")).json
    assert list(buildings) == ["building"]
    assert [within(row, CAVE_HIGH) for row in buildings["building"]] == [CAVE_HIGH]
    # The paths of schools also read, change and delete buildings.
    assert (await raw("GET", "schools/5171921")).json["title"] == "Cave High"
    assert (await raw("GET", "schools/1/buildings")).status == 404


@pytest.mark.parametrize("path", ["schools", "schools/344232/buildings"])
async def test_create_school_or_building(
    raw: RawClient, sandbox: SchoologySandbox, path: str
) -> None:
    got = await raw("POST", path, NEW | {"id": "1"})
    assert got.status == 201
    new = got.json
    assert new["id"] != "1"
    assert new == NEW | {
        "id": new["id"],
        "address2": None,
        "postal_code": None,
        "country": None,
        "website": "",
        "phone": None,
        "fax": None,
        "building_code": "",
        "picture_url": new["picture_url"],
        "links": {"self": f"{sandbox.base_url}schools/{new['id']}"},
    }
    key = path.rpartition("/")[2].removesuffix("s")
    rows = (await raw("GET", path)).json[key]
    assert [row["address2"] for row in rows if row["id"] == new["id"]] == [""]
    assert sandbox.school.buildings.creates == {NEW["title"]: 1}
    assert (await raw("POST", path, {"city": "NYC"})).status == 400


@pytest.mark.usefixtures("places")
async def test_update_and_delete_a_building(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw("PUT", "schools/5171921", {"building_code": "CAVE"})
    assert (got.status, got.text) == (204, "")
    assert sandbox.school.buildings["5171921"].building_code == "CAVE"
    assert (await raw("PUT", "schools/5171921", {"title": ""})).status == 400
    assert (await raw("DELETE", "schools/5171921")).status == 204
    assert (await raw("GET", "schools/5171921")).status == 404
    assert (await raw("DELETE", "schools/344232")).status == 403
    assert sandbox.school.buildings.deletes == {"Cave High": 1}


async def test_an_unknown_path_below_a_school_answers_with_the_school(raw: RawClient) -> None:
    got = await raw("GET", "schools/344232/users")
    assert (got.status, got.json["id"]) == (200, "344232")
    assert (await raw("GET", "schools/1/users")).status == 404


# -- roles


async def test_roles(raw: RawClient, sandbox: SchoologySandbox) -> None:
    def role(identity: int, title: str, faculty: int, role_type: int = 1) -> dict[str, Any]:
        links = {"links": {"self": f"{sandbox.base_url}roles/{identity}"}}
        shown = {"id": identity, "title": title, "faculty": faculty, "role_type": role_type}
        return shown | links

    sample = {
        "role": [
            role(1215, "Parent", 0),
            role(1212, "School Admin", 1),
            role(1214, "Student", 0),
            role(1213, "Teacher", 1),
        ]
    }
    assert (await raw("GET", "roles")).json == sample
    sandbox.school.roles.add("Override Role", role_type=2)
    sample["building_role"] = [role(1216, "Override Role", 0, 2)]
    assert (await raw("GET", "roles")).json == sample
    one = (await raw("GET", "roles/1213")).json
    assert one == {"id": 1213, "title": "Teacher", "faculty": 1, "role_type": 1}
    assert (await raw("GET", "roles/1")).status == 404
    assert (await raw("POST", "roles", {})).status == 405


# -- grading periods


@pytest.fixture
def period(sandbox: SchoologySandbox) -> str:
    return sandbox.school.grading_periods.add(
        "Never Ending Period", "2012-09-17", "2099-09-17", id="13011"
    ).id


@pytest.mark.usefixtures("period")
async def test_list_of_grading_periods(raw: RawClient, sandbox: SchoologySandbox) -> None:
    links = {"links": {"self": f"{sandbox.base_url}gradingperiods/13011"}}
    for path in ("gradingperiods", "gradingPeriods"):
        got = (await raw("GET", path)).json
        assert got == {"gradingperiods": [NEVER_ENDING | links], "total": 1}
    sandbox.school.grading_periods.add("Never", "2012-09-17", "2013-09-17")

    async def found(**query: Any) -> list[str]:
        body = (await raw("GET", "gradingperiods", **query)).json
        return [row["title"] for row in body["gradingperiods"]]

    assert await found(title="Never") == ["Never"]
    assert await found(title="Never", startswith=1) == ["Never Ending Period", "Never"]
    assert await found(title="never", startswith=1) == []


async def test_view_grading_period(raw: RawClient, sandbox: SchoologySandbox, period: str) -> None:
    child = sandbox.school.grading_periods.add("Old", "2012-09-17", "2013-09-17", parent=period).id
    got = (await raw("GET", "gradingperiods/13011")).json
    live = {"active": 1, "parent": "0", "has_children": True}
    assert got == NEVER_ENDING | live
    got = (await raw("GET", f"gradingperiods/{child}")).json
    assert (got["active"], got["parent"], got["has_children"]) == (0, "13011", False)
    assert (await raw("GET", "gradingperiods/1")).status == 404


async def test_create_update_and_delete_a_grading_period(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    summer = {"title": "Summer Period", "start": "2014-05-01", "end": "2014-09-01"}
    got = await raw("POST", "gradingperiods", summer)
    assert got.status == 201
    identity = got.json["id"]
    assert got.json == summer | {
        "id": identity,
        "active": "0",
        "links": {"self": f"{sandbox.base_url}gradingperiods/{identity}"},
    }
    assert isinstance(identity, str)
    for wrong in (
        summer,  # the title is taken
        summer | {"title": "A", "end": "2014-04-01"},
        summer | {"title": "A", "start": "May"},
        {"title": "A", "start": "2014-05-01"},
    ):
        assert (await raw("POST", "gradingperiods", wrong)).status == 400
    path = f"gradingperiods/{identity}"
    assert (await raw("PUT", path, {"end": "2014-06-15"})).status == 204
    assert sandbox.school.grading_periods[identity].end == "2014-06-15"
    assert (await raw("DELETE", path)).status == 204
    assert len(sandbox.school.grading_periods) == 0


async def test_a_period_in_use_is_not_deleted(
    raw: RawClient, sandbox: SchoologySandbox, period: str
) -> None:
    school = sandbox.school
    other = school.grading_periods.add("Other", "2012-09-17", "2099-09-17")
    course = school.courses.add(title="C", course_code="C")
    section = school.sections.add(course.id, section_code="1", title="S", grading_periods=[period])
    assert (await raw("DELETE", f"gradingperiods/{period}")).status == 400
    await raw("PUT", f"sections/{section.id}", {"grading_periods": [other.id]})
    assert (await raw("DELETE", f"gradingperiods/{period}")).status == 204
    assert (await raw("DELETE", f"gradingperiods/{other.id}")).status == 400
    await raw("DELETE", f"sections/{section.id}")
    assert (await raw("DELETE", f"gradingperiods/{other.id}")).status == 204
