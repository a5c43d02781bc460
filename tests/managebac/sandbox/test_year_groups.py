"""The sandbox's year groups against the vendor's specification of v2p3."""

from __future__ import annotations

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import MALFORMED, OK, RawClient


@pytest.fixture(autouse=True)
def groups(school: School) -> None:
    """The groups 1 to 3 and the students 10 to 12. Group 3 and student 12 are archived."""
    for number in (10, 11, 12):
        school.add_student(f"{number}@school.example", id=number, archived=number == 12)
    for number in (1, 2, 3):
        school.add_ib_group(f"Group {number}", id=number, archived=number == 3)
    school.ib_groups[1].student_ids = [10]


async def test_list_of_year_groups(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    group = school.ib_groups[1]
    group.short_name, group.grade, group.grade_number = "M25", "Grade 9", 10
    group.graduation_year = 2025
    got = (await call("GET", "year-groups")).json
    assert got["year_groups"][0] == {
        "id": 1,
        "name": "Group 1",
        "short_name": "M25",
        "program": "IB Diploma",
        "program_code": "diploma",
        "grade": "Grade 9",
        "archived": False,
        "grade_number": 10,
        "graduation_year": 2025,
        "student_ids": [10],
    }
    assert [each["id"] for each in got["year_groups"]] == [1, 2]
    for query, expected in (("archived=true", [3]), ("student_ids[]=10&student_ids[]=11", [1])):
        rows = (await call("GET", f"year-groups?{query}")).json["year_groups"]
        assert [each["id"] for each in rows] == expected
    sandbox.quirks.unset_archived = "all"
    assert (await call("GET", "year-groups")).json["meta"]["total_count"] == 3


async def test_students_of_a_year_group(call: RawClient, school: School) -> None:
    school.ib_groups[1].student_ids = [10, 11]
    got = (await call("GET", "year-groups/1/students?per_page=1")).json
    assert got["student_ids"] == [10]
    assert got["students"][0]["email"] == "10@school.example"
    assert got["students"][0]["year_group_id"] == 1
    assert got["meta"]["total_pages"] == 2
    got = (await call("GET", "year-groups/1/students?student_ids=11,404")).json
    assert got["student_ids"] == [11]


async def test_added_student_leaves_the_other_active_group(call: RawClient, school: School) -> None:
    got = await call("POST", "year-groups/2/add_students", {"student_ids": [10, 11, 12, 404]})
    assert (got.status, got.json) == (200, OK)  # unknown and archived students are skipped
    assert (school.ib_groups[1].student_ids, school.ib_groups[2].student_ids) == ([], [10, 11])
    await call("POST", "year-groups/2/add_students", {"student_ids": [10]})
    assert school.group_adds == {(2, 10): 1, (2, 11): 1}


async def test_student_added_to_an_archived_group_stays_in_the_active_one(
    call: RawClient, school: School
) -> None:
    await call("POST", "year-groups/3/add_students", {"student_ids": [10]})
    assert (school.ib_groups[1].student_ids, school.ib_groups[3].student_ids) == ([10], [10])
    assert (await call("GET", "students/10")).json["student"]["year_group_id"] == 1


async def test_remove_skips_students_who_are_not_members(call: RawClient, school: School) -> None:
    got = await call("POST", "year-groups/1/remove_students", {"student_ids": [10, 11, 404]})
    assert (got.status, got.json) == (200, OK)
    assert school.ib_groups[1].student_ids == []
    assert school.group_removals == {(1, 10): 1}


async def test_advisors_of_a_year_group(call: RawClient, school: School) -> None:
    school.ib_groups[1].advisors = {7: ["homeroom", "M25"]}
    got = await call("GET", "year-groups/1/advisors")
    assert got.json == {"advisors": [{"id": 7, "roles": ["homeroom", "M25"]}]}


async def test_missing_group_gives_404_and_malformed_body_gives_400(call: RawClient) -> None:
    for method, path in (
        ("GET", "students"),
        ("GET", "advisors"),
        ("POST", "add_students"),
        ("POST", "remove_students"),
    ):
        got = await call(method, f"year-groups/404/{path}", {"student_ids": []})
        assert (got.status, got.json) == (404, {"error": "Couldn't find YearGroup with 'id'=404"})
    got = await call("POST", "year-groups/1/add_students", {"students": [10]})
    assert (got.status, got.json) == (400, MALFORMED)
