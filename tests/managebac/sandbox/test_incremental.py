"""``modified_since`` and ``deleted_since`` of the sandbox's lists, at the boundary too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import RawClient

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEFORE, AT, AFTER = (f"2026-03-02T{time}.000Z" for time in ("11:59:59", "12:00:00", "12:00:01"))
PEOPLE = {
    "students": School.add_student,
    "teachers": School.add_teacher,
    "parents": School.add_parent,
}


@pytest.fixture(autouse=True)
def noon(sandbox: ManageBacSandbox) -> None:
    sandbox.clock.stop(NOON.timestamp())


async def ids(call: RawClient, path: str, **query: str) -> list[int]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    rows = (await call("GET", f"{path}?{asked}")).json[path.replace("-", "_")]
    return [row["id"] for row in rows]


@pytest.mark.parametrize("many", PEOPLE)
async def test_person_modified_at_the_exact_time_is_listed(
    call: RawClient, school: School, many: str
) -> None:
    add: Callable[..., object] = PEOPLE[many]
    add(school, "old@x.example", id=1)
    add(school, "new@x.example", id=2)
    one = many.removesuffix("s")
    assert (await call("PATCH", f"{many}/2", {one: {"nickname": "N"}})).status == 200
    assert await ids(call, many, modified_since=BEFORE) == [2]
    assert await ids(call, many, modified_since=AT) == [2]  # "on or after"
    assert await ids(call, many, modified_since=AFTER) == []
    assert await ids(call, many, modified_since="2026-03-02T13:00:00%2B01:00") == [2]


@pytest.mark.parametrize("many", PEOPLE)
async def test_deleted_person_is_only_listed_by_deleted_since(
    call: RawClient, sandbox: ManageBacSandbox, school: School, many: str
) -> None:
    add: Callable[..., object] = PEOPLE[many]
    add(school, "gone@x.example", id=1)
    add(school, "here@x.example", id=2)
    school.delete_person(1, at=NOON)
    assert await ids(call, many) == [2]
    assert (await call("GET", f"{many}/1")).status == 404
    assert await ids(call, many, deleted_since=AT) == [1]
    assert await ids(call, many, deleted_since=AFTER) == []
    assert await ids(call, many, modified_since=BEFORE, deleted_since=BEFORE) == []
    row = (await call("GET", f"{many}?deleted_since={AT}")).json[many][0]
    assert (row["email"], row["deleted_at"]) == ("gone@x.example", AT)
    sandbox.quirks.deleted_rows = "bare"
    row = (await call("GET", f"{many}?deleted_since={AT}")).json[many][0]
    assert row == {"id": 1, "deleted_at": AT}


async def test_deleted_student_leaves_classes_groups_and_parents(
    call: RawClient, school: School
) -> None:
    student = school.add_student("s@x.example")
    parent = school.add_parent("p@x.example", children=[student.id])
    group = school.add_ib_group("12", student_ids=[student.id])
    of = school.add_class("Biology")
    school.enrol(of.id, student.id)
    school.delete_person(student.id, at=NOON)
    assert (parent.kin, group.student_ids, school.members(of.id)) == ([], [], {})
    deleted = (await call("GET", f"memberships?deleted_since={AT}")).json["memberships"]
    assert [(row["user_id"], row["user_email"]) for row in deleted] == [(student.id, "s@x.example")]
    # The email address is free again.
    again = {"student": {"last_name": "S", "email": "s@x.example"}}
    assert (await call("POST", "students", again)).status == 201


async def test_deleted_class_and_its_memberships(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    of, student = school.add_class("Biology", archived=True), school.add_student("s@x.example")
    school.enrol(of.id, student.id)
    school.delete_class(of.id, at=NOON)
    assert await ids(call, "classes", archived="true") == []
    assert await ids(call, "classes", deleted_since=AT) == [of.id]  # archived or not
    assert (await call("GET", f"classes/{of.id}")).status == 404
    assert len(await ids(call, "memberships", deleted_since=AT)) == 1
    assert await ids(call, "memberships", deleted_since=AT, classes="active") == []
    sandbox.quirks.deleted_rows = "bare"
    row = (await call("GET", f"classes?deleted_since={AT}")).json["classes"][0]
    assert row == {"id": of.id, "deleted_at": AT}


async def test_changed_class_and_year_group_are_listed(call: RawClient, school: School) -> None:
    for number in (1, 2):
        school.add_class(f"Class {number}", id=number)
        school.add_ib_group(f"Group {number}", id=number + 10)
    student = school.add_student("s@x.example")
    await call("PATCH", "classes/2", {"description": "new"})
    await call("POST", "year-groups/12/add_students", {"student_ids": [student.id]})
    for path, expected in (("classes", 2), ("year-groups", 12)):
        assert await ids(call, path, modified_since=AT) == [expected]
        assert await ids(call, path, modified_since=AFTER) == []


@pytest.mark.parametrize("path", ["students", "teachers", "parents", "classes", "memberships"])
@pytest.mark.parametrize("name", ["modified_since", "deleted_since"])
async def test_invalid_time_gives_400(call: RawClient, path: str, name: str) -> None:
    got = await call("GET", f"{path}?{name}=not-a-date")
    text = f"Invalid {name} parameter: 'not-a-date' is not a valid time."
    assert (got.status, got.json) == (400, {"error": text})


@pytest.mark.parametrize("how", ["add", "remove", "patch", "archive", "v1 add", "v1 remove"])
async def test_year_group_is_modified_by_each_way_to_change_its_students(
    call: RawClient, school: School, how: str
) -> None:
    student = school.add_student("s@x.example").id
    for number in (1, 2, 3):
        school.add_ib_group(f"Group {number}", id=number)
    school.ib_groups[1].student_ids = [student]
    ids_of = {"student_ids": [student]}
    request = {
        "add": ("POST", "year-groups/2/add_students", ids_of),
        "remove": ("POST", "year-groups/1/remove_students", ids_of),
        "patch": ("PATCH", f"students/{student}", {"student": {"year_group_id": 2}}),
        "archive": ("PUT", f"students/{student}/archive", {"withdrawn_on": "2026-03-01"}),
        "v1 add": ("POST", "groups/2/add_members", {"users": [student]}),
        "v1 remove": ("PUT", "groups/1/remove_members", {"users": [student]}),
    }[how]
    got = await (call.v1 if how.startswith("v1") else call)(*request)
    assert got.status == 200
    expected = [1, 2] if how in {"add", "patch", "v1 add"} else [1]
    assert await ids(call, "year-groups", modified_since=AT) == expected


async def test_archived_student_is_modified(call: RawClient, school: School) -> None:
    student = school.add_student("s@x.example")
    await call("PUT", f"students/{student.id}/archive", {"withdrawn_on": "2026-03-01"})
    assert await ids(call, "students", modified_since=AT) == [student.id]
