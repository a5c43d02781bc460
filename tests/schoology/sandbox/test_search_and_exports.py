"""Compare the sandbox's search, exports and grades with the vendor's documents."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import Got, RawClient
from .rosters import sample_roster


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)
    sandbox.school.groups.add(id="65371", title="Time Travelers", group_code="TT")


def table(got: Got) -> list[dict[str, str]]:
    assert got.status == 200
    assert got.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(got.text.splitlines()))


async def test_search(raw: RawClient, sandbox: SchoologySandbox) -> None:
    found = (await raw("GET", "search", keywords="HOWLETT", type="user")).json
    (row,) = found["users"]["search_result"]
    assert found == {
        "users": {
            "search_result": [
                {
                    "uid": "48289",
                    "name": "James Howlett",
                    "picture_url": row["picture_url"],
                    "school": sandbox.school.title,
                    "school_id": "344232",
                }
            ],
            "total": 1,
            "links": {
                "self": f"{sandbox.base_url}search?keywords=HOWLETT&type=user&limit=10&page=0"
            },
        }
    }
    found = (await raw("GET", "search", keywords="time")).json
    assert found.keys() == {"users", "groups", "courses"}
    assert found["users"]["search_result"] == []
    (group,) = found["groups"]["search_result"]
    assert group.keys() == {"id", "group_title", "picture_url", "school", "school_id"}
    (course,) = found["courses"]["search_result"]
    assert (course["course_title"], course["course_code"]) == ("Time Travel", "CC106")
    assert (await raw("GET", "search")).status == 400
    assert (await raw("GET", "search", keywords="x", type="school")).status == 400


async def test_search_has_pages_of_ten(raw: RawClient, sandbox: SchoologySandbox) -> None:
    for number in range(25):
        sandbox.school.add(name_first="Zed", name_last=str(number))
    sizes = []
    for page in range(4):
        block = (await raw("GET", "search", keywords="zed", type="user", page=page)).json["users"]
        sizes.append(len(block["search_result"]))
        assert block["total"] == 25
        assert ("next" in block["links"]) is (page < 2)
    assert sizes == [10, 10, 5, 0]


@pytest.mark.parametrize("path", ["search", "csvexport/users", "csvexport/group_enrollments"])
async def test_only_administrators_may_search_and_export(raw: RawClient, path: str) -> None:
    got = await raw("GET", path, keywords="x", send={"X-Schoology-Run-As": "48289"})
    assert (got.status, got.text) == (403, "")


async def test_export_of_users(raw: RawClient, sandbox: SchoologySandbox) -> None:
    quoted = {"name_last": 'O"Brien, jr.', "primary_email": "q@b.example", "bio": "two\nlines"}
    sandbox.school.add(quoted, school_uid="q", birthday_date="2011-12-13")
    rows = table(
        await raw("GET", "csvexport/users", fields="uid,school_uid,name,mail,building_nid")
    )
    assert rows[1] == {
        "uid": "48289",
        "school_uid": "s1",
        "name": "jlogan",  # the username
        "mail": "",
        "building_nid": "344232",
    }
    got = await raw("GET", "csvexport/users")
    header = got.text.partition("\n")[0]
    assert header == (
        "uid,school_uid,building_nid,name_title,name_first,name_first_preferred,name_middle,"
        "name_last,role_name,name,mail,position,grad_year,birthday,gender,bio,subjects_taught,"
        "grades_taught,phone,address,website,interests,activities"
    )
    last = list(csv.DictReader(got.text.splitlines(keepends=True)))[-1]
    assert (last["name_last"], last["birthday"], last["role_name"], last["bio"]) == (
        'O"Brien, jr.',
        "2011-12-13",
        "Student",
        "two\nlines",
    )
    got = await raw("GET", "csvexport/users", fields="uid,password,nothing")
    assert got.text.startswith("uid\n")


async def test_export_of_group_members(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.school.enrollments.add("group", "65371", "48289", admin=1)
    sandbox.school.enrollments.add("section", "3719526", "45552")
    (row,) = table(await raw("GET", "csvexport/group_enrollments"))
    assert row == {
        "uid": "48289",
        "school_uid": "s1",
        "name_first": "James",
        "name_last": "Howlett",
        "mail": "",
        "title": "Time Travelers",
        "group_code": "TT",
        "type": "admin",
        "status": "1",
    }
    (row,) = table(await raw("GET", "csvexport/group_enrollments", fields="uid,type"))
    assert row == {"uid": "48289", "type": "admin"}
    assert (await raw("GET", "csvexport/courses")).status == 404


async def test_grades_of_a_section(raw: RawClient, sandbox: SchoologySandbox) -> None:
    def grade(enrollment: int, assignment: int, timestamp: int) -> dict[str, Any]:
        return {
            "enrollment_id": enrollment,
            "assignment_id": assignment,
            "grade": 80,
            "timestamp": timestamp,
            "comment_status": None,
        }

    book = sandbox.school.gradebook
    book.grades["4318461"] = [grade(44783151, 5699937, 1389651403), grade(2, 3, 1389651500)]
    book.periods["4318461"] = [{"period_id": "p13011", "weight": "100.00"}]
    book.final_grades["4318461"] = [{"enrollment_id": "44783151", "period": [], "scale_id": 0}]
    path = "sections/4318461/grades"
    assert (await raw("GET", path)).json == {
        "grades": {"grade": book.grades["4318461"]},
        "period": book.periods["4318461"],
        "final_grade": book.final_grades["4318461"],
    }
    for query in ({"enrollment_id": 2}, {"assignment_id": 3}, {"timestamp": 1389651404}):
        found = (await raw("GET", path, **query)).json["grades"]["grade"]
        assert [row["enrollment_id"] for row in found] == [2]
    assert (await raw("GET", "sections/1/grades")).status == 404
    assert (await raw("GET", "sections/3719526/grades")).json["grades"]["grade"] == []


async def test_attendance(raw: RawClient, sandbox: SchoologySandbox) -> None:
    late, absent = (
        {"enrollment_id": 44783151, "date": f"2014-01-{day}", "status": status, "comment": ""}
        for day, status in ((14, 3), (13, 2))
    )
    sandbox.school.gradebook.attendance["4318461"] = [late, absent]
    path = "sections/4318461/attendance"

    def on(row: dict[str, Any]) -> dict[str, Any]:
        inner = {"status_code": row["status"], "attendances": {"attendance": [row]}}
        return {"date": row["date"], "statuses": {"status": [inner]}}

    assert (await raw("GET", path)).json == {
        "date": [on(absent), on(late)],
        "totals": {"total": [{"status": 2, "count": 1}, {"status": 3, "count": 1}]},
    }
    for query in ({"start": "2014-01-14"}, {"start": "2014-01-14", "end": "2014-01-14"}):
        assert (await raw("GET", path, **query)).json["date"] == [on(late)]
    assert (await raw("GET", path, end="2014-01-13")).json["date"] == [on(absent)]
    assert (await raw("GET", path, enrollment_id=1)).json["date"] == []
    sandbox.quirks.attendance_gone = True
    got = await raw("GET", path)
    assert (got.status, got.text) == (410, "")


async def test_other_lists_of_a_section_are_returned_as_stored(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    rows = [{"id": 3081, "title": "e.g. Homework"}]
    sandbox.school.gradebook.lists["4318461", "grading_categories"] = rows
    got = (await raw("GET", "sections/4318461/grading_categories")).json
    assert got["grading_category"] == rows
    assert (await raw("GET", "sections/4318461/completion")).json["completion"] == []
    assert (await raw("GET", "sections/1/completion")).status == 404
