"""The sandbox's students against the vendor's specification of v2p3."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import MALFORMED, OK, RawClient

ADA: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Okafor",
    "email": "ada@school.example",
    "student_id": "AA1001",
    "birthday": "2010-02-03",
    "nationalities": ["US", "GB"],
    "languages": ["ENG", "SPA"],
    "timezone": "Europe/Kyiv",
    "graduating_year": 2027,
}
NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(sandbox: ManageBacSandbox) -> None:
    sandbox.clock.stop(NOON.timestamp())


async def created(call: RawClient, **more: Any) -> int:
    got = await call("POST", "students", {"student": ADA | more})
    assert got.status == 201, got.text
    number: int = got.json["student"]["id"]
    return number


async def test_create_returns_201_with_the_student_and_without_nulls(
    call: RawClient, school: School
) -> None:
    parent = school.add_parent("p@family.example")
    teacher = school.add_teacher("t@school.example")
    group = school.add_ib_group("Grade 12", program="IB Diploma", grade="Grade 12", grade_number=13)
    links = {
        "parent_ids": [parent.id],
        "homeroom_advisor_id": teacher.id,
        "year_group_id": group.id,
        "password": "secret1",
    }
    got = await call("POST", "students", {"student": ADA | links})
    assert got.status == 201
    student = got.json["student"]
    assert student == {
        **ADA,
        "id": student["id"],
        "identifier": "AA1001",  # equal to student_id in all examples
        "role": "Student",
        "archived": False,
        "status": "enrolled",
        "ui_language": "en",
        "parent_ids": [parent.id],
        "homeroom_advisor_id": teacher.id,
        "year_group_id": group.id,
        "ib_group_id": group.id,
        "program": "IB Diploma",
        "program_code": "diploma",
        "class_grade": "Grade 12",
        "class_grade_number": 13,
        "created_at": "2026-03-02T12:00:00.250Z",
        "updated_at": "2026-03-02T12:00:00.250Z",
    }
    assert got.json["options"] == {"welcome_email": "not_enqueued"}
    assert school.students[student["id"]].has_password
    assert school.students.creates == {"ada@school.example": 1}
    assert (await call("GET", f"students/{student['id']}")).json == {"student": student}
    assert parent.kin == [student["id"]]
    assert group.student_ids == [student["id"]]


async def test_empty_lists_are_kept(call: RawClient, school: School) -> None:
    number = school.add_student("x@school.example").id
    student = (await call("GET", f"students/{number}")).json["student"]
    assert student["parent_ids"] == student["nationalities"] == student["languages"] == []
    assert "graduated_on" not in student


async def test_welcome_email_is_sent_for_each_request(call: RawClient, school: School) -> None:
    asked = {"student": ADA, "options": {"send_welcome_email": True}}
    got = await call("POST", "students", asked)
    assert got.json["options"] == {"welcome_email": "enqueued"}
    number = got.json["student"]["id"]
    for _ in range(2):
        got = await call("POST", f"students/{number}/welcome_email")
        assert (got.status, got.text) == (204, "")
    assert school.welcome_mails == [number] * 3


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"email": ""}, {"email": ["can't be blank"]}),
        ({"last_name": None}, {"last_name": ["can't be blank"]}),
        ({"email": "nobody"}, {"email": ["is invalid"]}),
        ({"email": "TAKEN@school.example"}, {"email": ["has already been taken"]}),
        ({"student_id": "taken"}, {"student_id": ["has already been taken"]}),
        ({"password": "12345"}, {"password": ["is too short (minimum is 6 characters)"]}),
        ({"birthday": "03/02/2010"}, {"birthday": ["is invalid"]}),
        ({"nationalities": "US"}, {"nationalities": ["is invalid"]}),
        ({"parent_ids": [1]}, {"parent_ids": ["must exist"]}),
        ({"homeroom_advisor_id": 1}, {"homeroom_advisor_id": ["must exist"]}),
        (
            {"email": "", "graduating_year": "soon"},
            {"email": ["can't be blank"], "graduating_year": ["is invalid"]},
        ),
    ],
)
async def test_invalid_create_gives_422_with_the_field(
    call: RawClient, school: School, change: dict[str, Any], errors: Any
) -> None:
    school.add_student("taken@school.example", student_id="taken")
    got = await call("POST", "students", {"student": ADA | change})
    assert (got.status, got.json) == (422, {"errors": errors})
    assert len(school.students) == 1


async def test_errors_can_be_below_the_singular_key(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    sandbox.quirks.singular_errors = True
    got = await call("POST", "students", {"student": ADA | {"email": ""}})
    assert (got.status, got.json) == (422, {"error": {"email": ["can't be blank"]}})


@pytest.mark.parametrize("body", [{}, {"student": []}, [], "{", ADA])
async def test_body_without_the_envelope_gives_400(call: RawClient, body: Any) -> None:
    got = await call("POST", "students", body)
    assert (got.status, got.json) == (400, MALFORMED)


async def test_patch_changes_only_given_fields_and_ignores_nulls(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    number = await created(call)
    sandbox.clock.turn(60)
    change = {"first_name": "Adah", "nickname": "A", "timezone": None, "birthday": ""}
    got = await call("PATCH", f"students/{number}", {"student": change})
    assert got.status == 200
    student = got.json["student"]
    assert (student["first_name"], student["nickname"]) == ("Adah", "A")
    assert student["timezone"] == "Europe/Kyiv"  # a null changes nothing
    assert student["birthday"] == ""  # and empty text overwrites
    assert student["created_at"] == "2026-03-02T12:00:00.250Z"
    assert student["updated_at"] == "2026-03-02T12:01:00.250Z"
    assert school.students.updates == {number: 1}


async def test_patch_moves_the_student_to_another_year_group(
    call: RawClient, school: School
) -> None:
    one, other = school.add_ib_group("11"), school.add_ib_group("12")
    number = await created(call, year_group_id=one.id)
    await call("PATCH", f"students/{number}", {"student": {"year_group_id": other.id}})
    assert (one.student_ids, other.student_ids) == ([], [number])
    got = await call("PATCH", f"students/{number}", {"student": {"year_group_id": 404}})
    assert (got.status, got.json) == (404, {"error": "Couldn't find YearGroup with 'id'=404"})
    await call("PATCH", f"students/{number}", {"student": {"year_group_id": ""}})
    assert other.student_ids == []


async def test_renamed_student_frees_the_old_email(call: RawClient) -> None:
    number = await created(call)
    change = {"email": "new@school.example", "student_id": "AA2"}
    assert (await call("PATCH", f"students/{number}", {"student": change})).status == 200
    again = await call("POST", "students", {"student": ADA})
    assert again.status == 201


@pytest.mark.parametrize("name", ["withdrawn_on", "graduated_on"])
@pytest.mark.parametrize("place", ["body", "query"])
async def test_archive_takes_one_date_in_the_body_or_the_query(
    call: RawClient, school: School, name: str, place: str
) -> None:
    group, of = school.add_ib_group("12"), school.add_class("Biology")
    number = await created(call, year_group_id=group.id)
    school.enrol(of.id, number)
    path = f"students/{number}/archive"
    if place == "body":
        got = await call("PUT", path, {name: "2026-01-31"})
    else:
        got = await call("PUT", f"{path}?{name}=2026-01-31")
    assert (got.status, got.json) == (200, OK)
    student = (await call("GET", f"students/{number}")).json["student"]
    assert student["archived"] is True
    assert student[name] == "2026-01-31"
    assert student["status"] == name.removesuffix("_on")
    assert (school.members(of.id), group.student_ids) == ({}, [])
    assert school.students.archives == {number: 1}
    got = await call("PUT", f"students/{number}/unarchive")
    assert (got.status, got.json) == (200, OK)
    student = (await call("GET", f"students/{number}")).json["student"]
    assert student["archived"] is False
    assert not {"withdrawn_on", "graduated_on"} & set(student)
    assert school.members(of.id) == {}  # nobody is enrolled again
    assert school.students.unarchives == {number: 1}


@pytest.mark.parametrize(
    "body",
    [None, {}, {"withdrawn_on": "2026-01-31", "graduated_on": "2026-01-31"}, {"withdrawn_on": "x"}],
)
async def test_archive_without_exactly_one_date_gives_422(
    call: RawClient, school: School, body: Any
) -> None:
    number = await created(call)
    got = await call("PUT", f"students/{number}/archive", body)
    assert got.status == 422
    assert set(got.json) == {"errors"}
    assert not school.students[number].archived


async def test_avatar_by_url_and_by_file(call: RawClient, school: School) -> None:
    number = await created(call)
    path = f"students/{number}/avatar"
    url = "https://pictures.example/1.png"
    got = await call("PUT", path, {"avatar": {"remote_file_url": url}})
    assert (got.status, got.json) == (200, OK)
    assert school.students[number].avatar == url
    form = (
        '--b\r\nContent-Disposition: form-data; name="avatar[file]"; filename="ada.png"\r\n\r\n'
        "PNG\r\n--b--\r\n"
    )
    address, kind = f"{call.sandbox.base_url}v2/{path}", "multipart/form-data; boundary=b"
    assert (await call.send("PUT", address, form, call.headers, kind)).status == 200
    assert school.students[number].avatar == "ada.png"
    got = await call("PUT", path, {"avatar": {}})
    assert (got.status, set(got.json["errors"])) == (422, {"base"})
    assert (await call("DELETE", path)).json == OK
    assert school.students[number].avatar is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcd"),
        ("archived=false", "ab"),
        ("archived=1", "cd"),
        ("status=enrolled", "ab"),
        ("status=withdrawn", "c"),
        ("status=graduated", "d"),
        ("status=unheard_of", ""),
        ("ids[]=1&ids[]=3&ids[]=404", "ac"),
        ("ids=1,3", "ac"),
        ("year_group_ids=10", "a"),
        ("year_group_ids[]=10&year_group_ids[]=11", "ab"),
        ("homeroom_advisor_ids=20", "b"),
        ("q=A%40", "a"),
        ("q=nov", "b"),
        ("q=s-3", "c"),
        ("q=nobody", ""),
        ("archived=0&ids=1,3", "a"),  # all filters must match
    ],
)
async def test_list_filters(call: RawClient, school: School, query: str, expected: str) -> None:
    for number, name in enumerate("abcd", 1):
        surname = "Nováková" if name == "b" else "Silva"
        student = school.add_student(
            f"{name}@x.example", id=number, student_id=f"S-{number}", last_name=surname
        )
        student.archived = name in "cd"
    school.students[4].graduated_on = "2026-01-01"
    school.students[2].homeroom_advisor = school.add_teacher("t@x.example", id=20).id
    for at, number in ((10, 1), (11, 2)):
        school.add_ib_group(str(at), id=at, student_ids=[number])
    got = (await call("GET", f"students?{query}")).json
    assert "".join(row["email"][0] for row in got["students"]) == expected
    assert got["meta"]["total_count"] == len(expected)


async def test_missing_student_gives_404(call: RawClient) -> None:
    for method, path, body in (
        ("GET", "students/404", None),
        ("PATCH", "students/404", {"student": {}}),
        ("PUT", "students/404/archive", {"withdrawn_on": "2026-01-31"}),
        ("PUT", "students/404/unarchive", None),
        ("POST", "students/404/welcome_email", None),
        ("DELETE", "students/404/avatar", None),
        ("GET", "students/404/memberships", None),
    ):
        got = await call(method, path, body)
        assert (got.status, got.json) == (404, {"error": "Couldn't find Student with 'id'=404"})


async def test_pages_may_be_shorter_than_requested(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    sandbox.school = School.seeded(students=250)
    first = (await call("GET", "students?per_page=500")).json
    assert len(first["students"]) == first["meta"]["per_page"] == 200
    assert first["meta"]["total_pages"] == 2
    second = (await call("GET", "students?per_page=500&page=2")).json
    assert len(second["students"]) == 50


async def test_user_of_v1_is_a_student_of_v2(call: RawClient, school: School) -> None:
    user = {
        "type": "student",
        "first_name": "Ada",
        "last_name": "Okafor",
        "email": "ada@school.example",
        "student_id": "1",
        "nationality1": "Ghana",
        "nationality2": "Togo",
    }
    number = (await call.v1("POST", "users", {"user": user})).json["user_id"]
    student = (await call("GET", f"students/{number}")).json["student"]
    assert student["nationalities"] == ["Ghana", "Togo"]
    assert student["created_at"] == student["updated_at"] == "2026-03-02T12:00:00.250Z"
