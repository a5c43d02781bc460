"""The ManageBac sandbox compared with the vendor's documentation and its samples.

The samples are from the Memberships page of API v2 and from the document of the legacy v1. Requests
are made without our own client.
"""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import pytest
from attrs import evolve

from lms_async.sandbox import Fault
from manabac_async.sandbox import PERMISSIONS, VERSIONS, ManageBacSandbox, School
from manabac_async.sandbox.paging import Pager

from .operations import EXTENDED, OPERATIONS
from .raw import DENIED, MALFORMED, OK, RawClient

CLASS = 899
AT = datetime(2021, 6, 28, 12, 39, 52, tzinfo=UTC)
STAMP = "2021-06-28T12:39:52.000Z"

# -- samples of v1

CHLOE: dict[str, Any] = {
    "type": "Students",
    "city": "Pok Fu Lam",
    "nationality1": "United states",
    "phone_number": "",
    "attendance_start_date": "2014-08-01",
    "program": "IB DP",
    "class_year": 13,
    "nationality2": "Germany",
    "birthday": "1997-04-01",
    "parents_ids": [10752668, 10752669],
    "language1": "English",
    "openapply_student_id": None,
    "first_name": "Chloe",
    "mobile_phone_number": "+852 9301 5831",
    "nationality3": None,
    "student_id": "10015",
    "gender": "Female",
    "state": "",
    "language2": None,
    "last_name": "Epelbaum",
    "street_address_ii": None,
    "nationality4": None,
    "nickname": "",
    "zipcode": "",
    "language3": None,
    "email": "chloe@eduvo.com",
    "id": 10752610,
    "national_id": "",
    "language": "en",
    "street_address": "Flat 10B, 68 Mount Davis Rd.",
    "country": "HK",
    "language4": None,
    "openapply_parent_id": None,
}
ADRIENNE: dict[str, Any] = {
    "type": "Parents",
    "city": "Pok Fu Lam",
    "work_address_ii": None,
    "nationality1": None,
    "phone_number": "+852 2396 6840",
    "employer": "",
    "work_fax": "",
    "nationality2": None,
    "birthday": None,
    "language1": None,
    "salutation": "Mrs.",
    "first_name": "Adrienne",
    "mobile_phone_number": "+65.9301.5833",
    "work_city": "",
    "nationality3": None,
    "openapply_parent_id": None,
    "gender": "Female",
    "state": "",
    "work_email": "",
    "language2": None,
    "last_name": "Epelbaum",
    "street_address_ii": None,
    "work_state": "",
    "nationality4": None,
    "child_ids": [10752610, 10752659, 10752675],
    "nickname": "",
    "zipcode": "",
    "work_phone": "",
    "language3": None,
    "email": "adrienne@eduvo.com",
    "work_postal_code": "",
    "id": 10752668,
    "national_id": None,
    "language": "en",
    "street_address": "Flat 10B, 68 Mount Davis Road",
    "country": "HK",
    "work_address": "",
    "language4": None,
    "openapply_student_id": None,
    "work_country": "US",
    "title": "",
}
PETER: dict[str, Any] = {
    "type": "student",
    "first_name": "Peter",
    "last_name": "Mcqueen",
    "nickname": "AMac",
    "other_name": "Peter-Li",
    "email": "test_student@eduvo.com",
    "student_id": "#12345890",
    "gender": "Male",
    "birthday": "17.03.1999",
    "mobile_phone_number": "+1-123-456-78-91",
    "language": "English",
    "zipcode": "77590-77592",
    "country": "US",
    "password": "123456",
    "year_label": "Grade 11",
    "national_id": "#0987654",
    "language1": "English",
    "nationality4": "Yemen",
    "welcome_email": "Yes",
    "parents_ids": [10835017, 10847302],
    "homeroom_advisor": "10545261",
}
ALEXANDER: dict[str, Any] = {
    "type": "parent",
    "first_name": "Alexander",
    "last_name": "Mcqueen",
    "email": "test_parent@eduvo.com",
    "birthday": "19.06.1969",
    "salutation": "Mr.",
    "title": "Developer",
    "work_email": "test@work.em",
    "employer": "Test inc.",
    "children_ids": "10544210, 10544211",
}
JOHN: dict[str, Any] = {
    "type": "advisor",
    "first_name": "John",
    "last_name": "Mcqueen",
    "email": "test_advisor@eduvo.com",
    "gender": "Male",
    "birthday": "12.07.1989",
    "password": "123456",
    "welcome_email": "Yes",
}
IB_GROUP = {
    "program": "diploma",
    "uniq_id": None,
    "name": "IB Diploma Class of 2015 (Grade 12)",
    "grade": "Grade 12",
    "id": 10209272,
}
KINDERGARTEN = {
    "uniq_id": "",
    "name": "IB PYP Homeroom A (Kindergarten)",
    "grade": "Kindergarten",
    "class_type": "IB Primary Years",
    "id": 10225060,
}
BIOLOGY = {
    "uniq_id": "DP Sci",
    "name": "IB DP Biology (Grade 12)",
    "grade": "Grade 12",
    "class_type": "IB Diploma",
    "id": 10209292,
}


def people(school: School, *ids: int) -> None:
    for number in ids:
        school.add_student(f"student{number}@eduvo.com", id=number)


# -- v2: the nine operations of the Memberships page


async def test_get_students_in_a_class(call: RawClient, school: School) -> None:
    school.add_class("Biology", id=CLASS)
    people(school, 10193652)
    school.enrol(CLASS, 10193652, level="SL")
    got = await call("GET", f"classes/{CLASS}/students")
    assert got.status == 200
    assert got.json == {
        "student_ids": [10193652],
        "student_levels": {"10193652": "SL"},
        "meta": {"current_page": 1, "total_pages": 1, "total_count": 1, "per_page": 100},
    }


async def test_students_in_a_class_by_level_archived_and_filter(
    call: RawClient, school: School
) -> None:
    school.add_class("Biology", id=CLASS)
    people(school, 1, 2, 3)
    for number, level in ((1, "HL"), (2, None), (3, "SL")):
        school.enrol(CLASS, number, level=level)
    school.students[3].archived = True
    active = (await call("GET", f"classes/{CLASS}/students")).json
    assert active["student_ids"] == [1, 2]
    assert active["student_levels"] == {"1": "HL"}  # levels that are not set are omitted
    everyone = await call("GET", f"classes/{CLASS}/students?include_archived_students=true")
    assert everyone.json["student_ids"] == [1, 2, 3]
    assert everyone.json["meta"]["total_count"] == 3
    some = (await call("GET", f"classes/{CLASS}/students?student_ids=2,3")).json
    assert some["student_ids"] == [2]


async def test_bulk_add_or_update_students_of_a_class(call: RawClient, school: School) -> None:
    school.add_class("Biology", id=CLASS)
    people(school, 1, 2, 123)
    rows = [
        {"id": 1, "level": "HL"},
        {"id": 2, "level": "higher"},
        {"id": 3, "level": "SL"},
    ]
    got = await call("PATCH", f"classes/{CLASS}/students", {"students": rows})
    assert got.status == 200
    assert got.json == {
        "students": [
            {"id": 1, "status": "ok"},
            {
                "id": 2,
                "status": "unprocessable_entity",
                "errors": {"level": ["is not included in the list"]},
            },
            {"id": 3, "status": "not_found"},
        ]
    }
    sample = {"students": [{"id": 123, "level": "HL"}]}
    again = await call("PATCH", f"classes/{CLASS}/students", sample)
    assert again.json == {"students": [{"id": 123, "status": "ok"}]}
    assert school.members(CLASS) == {1: "HL", 123: "HL"}
    assert school.member_writes == {(CLASS, 1): 1, (CLASS, 123): 1}


async def test_patch_changes_levels_and_null_keeps_them(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_class("Biology", id=CLASS)
    people(school, 1, 2, 3, 4)
    for number in (1, 2, 3):
        school.enrol(CLASS, number, level="HL")
    school.students[4].archived = True
    rows = [{"id": 1, "level": "SL"}, {"id": 2, "level": None}, {"id": 3, "level": ""}, {"id": 4}]
    got = await call("PATCH", f"classes/{CLASS}/students", {"students": [*rows, {"id": None}]})
    assert [row["status"] for row in got.json["students"]] == [
        *("ok", "ok", "ok", "not_found", "unprocessable_entity")
    ]
    assert school.members(CLASS) == {1: "SL", 2: "HL", 3: None}
    sandbox.quirks.patch_adds = False  # as in the specification
    people(school, 5)
    got = await call("PATCH", f"classes/{CLASS}/students", {"students": [{"id": 5}, {"id": 1}]})
    assert [row["status"] for row in got.json["students"]] == ["not_found", "ok"]
    assert 5 not in school.members(CLASS)


async def test_add_and_remove_students(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_class("Biology", id=CLASS)
    people(school, 1, 2, 3)
    school.students[3].archived = True
    school.enrol(CLASS, 2, level="HL")
    got = await call("POST", f"classes/{CLASS}/add_students", {"student_ids": [1, 2, 3, 999]})
    assert (got.status, got.json) == (200, OK)
    assert school.members(CLASS) == {
        1: None,
        2: "HL",
    }  # each once, without unknown and archived students
    got = await call("POST", f"classes/{CLASS}/remove_students", {"student_ids": [1, 999]})
    assert (got.status, got.json) == (200, OK)
    assert school.members(CLASS) == {2: "HL"}
    sandbox.quirks.unknown_ids = "refuse"
    got = await call("POST", f"classes/{CLASS}/add_students", {"student_ids": [1, 999]})
    assert (got.status, got.json) == (404, {"error": "Couldn't find Student with 'id'=999"})
    assert school.members(CLASS) == {2: "HL"}


def add_sample_memberships(school: School) -> None:
    for number in (2012, 2013, 2014):
        school.add_student(f"student{number}@eduvo.com", id=number)
        school.add_class("A class", id=number - 1113)
    for number, level in ((2012, "HL"), (2013, None), (2014, None)):
        school.enrol(number - 1113, number, level=level)


async def test_get_all_memberships(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    add_sample_memberships(school)
    got = await call("GET", "memberships")
    assert got.status == 200
    row = {"created_at": STAMP, "updated_at": STAMP, "role": "Student"}
    assert got.json == {
        "memberships": [
            {**row, **membership}
            for membership in (
                {
                    "id": 1,
                    "user_id": 2012,
                    "level": 1,
                    "class_id": 899,
                    "user_email": "student2012@eduvo.com",
                },
                {"id": 2, "user_id": 2013, "class_id": 900, "user_email": "student2013@eduvo.com"},
                {"id": 3, "user_id": 2014, "class_id": 901, "user_email": "student2014@eduvo.com"},
            )
        ],
        "meta": {"current_page": 1, "total_pages": 1, "total_count": 3, "per_page": 100},
    }
    sandbox.quirks.uniq_ids = True
    first = (await call("GET", "memberships?user_ids=2012")).json["memberships"][0]
    assert (first["uniq_class_id"], first["uniq_student_id"]) == ("", "S2012")


async def test_memberships_include_teachers_and_administrators(
    call: RawClient, school: School
) -> None:
    school.add_class("Biology", id=CLASS)
    school.teach(CLASS, school.add_teacher("a@eduvo.com").id)
    school.teach(CLASS, school.add_teacher("b@eduvo.com", admin=True).id)
    rows = (await call("GET", "memberships")).json["memberships"]
    teacher = rows[0]["user_id"]
    got = (await call("GET", f"memberships?student_ids={teacher}")).json
    assert got["memberships"] == []  # this is not a student's id
    assert [row["role"] for row in rows] == ["Teacher", "Admin"]
    assert all("level" not in row for row in rows)


@pytest.mark.parametrize(
    ("query", "users"),
    [
        ("class_ids[]=899&class_ids[]=901", {2012, 2014}),
        ("class_ids%5B%5D=900", {2013}),
        ("user_ids[]=2012&user_ids[]=2013", {2012, 2013}),
        ("user_ids=2013,2014", {2013, 2014}),
        ("student_ids=2012,2014", {2012, 2014}),
        ("student_ids[]=2012&student_ids[]=2014", {2012, 2014}),
        ("class_ids[]=899&user_ids=2013", set()),
        ("user_ids=2012,2013&student_ids=2013", {2013}),
        ("user_ids=nobody", set()),
    ],
)
async def test_membership_filters(
    call: RawClient, school: School, query: str, users: set[int]
) -> None:
    add_sample_memberships(school)
    got = (await call("GET", f"memberships?{query}")).json
    assert {row["user_id"] for row in got["memberships"]} == users
    assert got["meta"]["total_count"] == len(users)


async def test_class_happens_on(call: RawClient, school: School) -> None:
    add_sample_memberships(school)
    autumn = school.add_term(date(2025, 8, 20), date(2025, 12, 19))
    spring = school.add_term(date(2026, 1, 7), date(2026, 6, 19))
    school.classes[899].start_term_id = school.classes[899].end_term_id = autumn.id
    school.classes[900].start_term_id, school.classes[900].end_term_id = autumn.id, spring.id
    for day, users in (("2025-08-20", {2012, 2013}), ("2026-06-19", {2013}), ("2026-06-20", set())):
        rows = (await call("GET", f"memberships?class_happens_on={day}")).json["memberships"]
        assert {row["user_id"] for row in rows} == users


async def test_modified_since_and_deleted_since(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    add_sample_memberships(school)
    sandbox.clock.turn(AT.timestamp() + 3608 - sandbox.clock.time())
    await call("POST", "classes/900/remove_students", {"student_ids": [2013]})
    await call("PATCH", "classes/901/students", {"students": [{"id": 2014, "level": "SL"}]})

    async def users(query: str) -> list[int]:
        got = (await call("GET", f"memberships?{query}")).json
        return [row["user_id"] for row in got["memberships"]]

    later = "2021-06-28T13:00:00Z"
    assert await users("") == [2012, 2014]  # the removed membership is not listed
    assert await users(f"deleted_since={later}") == [2013]  # it is listed only here
    assert await users(f"modified_since={later}") == [2014]
    assert await users(f"modified_since={STAMP}") == [2012, 2014]  # includes the exact time
    assert await users(f"modified_since={later}&deleted_since={later}") == []
    assert await users("deleted_since=2021-06-29T00:00:00Z") == []
    row = (await call("GET", f"memberships?deleted_since={later}")).json["memberships"][0]
    assert row["updated_at"] == STAMP  # a deletion does not count as a modification
    assert row["deleted_at"].startswith("2021-06-28T13:40:")


async def test_returning_student_keeps_the_membership_but_not_the_level(
    call: RawClient, school: School
) -> None:
    add_sample_memberships(school)
    for path in ("remove_students", "add_students"):
        await call("POST", f"classes/899/{path}", {"student_ids": [2012]})
    row = (await call("GET", "memberships?user_ids=2012")).json["memberships"][0]
    assert row["id"] == 1
    assert row["created_at"] == STAMP < row["updated_at"]
    assert "level" not in row
    assert (await call("GET", f"memberships?deleted_since={STAMP}")).json["memberships"] == []


@pytest.mark.parametrize("name", ["modified_since", "deleted_since"])
async def test_invalid_time_is_rejected(call: RawClient, name: str) -> None:
    got = await call("GET", f"memberships?{name}=not-a-date")
    assert got.status == 400
    text = f"Invalid {name} parameter: 'not-a-date' is not a valid time."
    assert got.json == {"error": text}


async def test_get_a_students_memberships(call: RawClient, school: School) -> None:
    people(school, 1)
    for archived in (True, False):
        made = school.add_class(f"class {archived}", uniq_id=None, archived=archived)
        made.start_term_id = made.end_term_id = 1
        school.enrol(made.id, 1)
        school.add_group(f"group {archived}", archived=archived, student_ids=[1])
        school.add_ib_group(f"year {archived}", archived=archived, student_ids=[1])
    for archived in (True, False):
        got = await call("GET", f"students/1/memberships?archived={str(archived).lower()}")
        assert got.status == 200
        shown = got.json["memberships"]
        ids = {kind: rows[0].pop("id") for kind, rows in shown.items()}
        assert all(isinstance(number, int) for number in ids.values())
        name = {"archived": archived}
        assert shown == {
            "classes": [
                {**name, "name": f"class {archived}", "start_term_id": 1, "end_term_id": 1}
            ],
            "groups": [{**name, "name": f"group {archived}"}],
            "year_groups": [{**name, "name": f"year {archived}", "program": "IB Diploma"}],
        }
    # By default, archived ones are left out.
    got = await call("GET", "students/1/memberships")
    assert [row["archived"] for row in got.json["memberships"]["classes"]] == [False]
    got = await call("GET", "students/2/memberships")
    assert (got.status, got.json) == (404, {"error": "Couldn't find Student with 'id'=2"})


async def test_get_teachers_for_a_class(call: RawClient, school: School) -> None:
    school.add_class("Biology", id=CLASS)
    school.add_teacher("a@eduvo.com", id=123)
    school.add_teacher("b@eduvo.com", id=234, archived=True)
    at = datetime(2025, 6, 1, 12, 40, tzinfo=UTC)
    school.teach(CLASS, 123, at=at)
    school.teach(CLASS, 234, at=at)
    school.teach(CLASS, 234, show_on_reports=False, at=at + timedelta(seconds=30))
    got = await call("GET", f"classes/{CLASS}/teachers")
    assert got.status == 200
    assert got.json == {
        "teachers": [
            {
                "id": 123,
                "show_on_reports": True,
                "teacher_archived": False,
                "first_joined_at": "2025-06-01T12:40:00.000Z",
                "updated_at": "2025-06-01T12:40:00.000Z",
            },
            {
                "id": 234,
                "show_on_reports": False,
                "teacher_archived": True,
                "first_joined_at": "2025-06-01T12:40:00.000Z",
                "updated_at": "2025-06-01T12:40:30.000Z",
            },
        ],
        "meta": {"current_page": 1, "total_pages": 1, "total_count": 2, "per_page": 100},
    }


async def test_set_teacher_memberships(call: RawClient, school: School) -> None:
    school.add_class("Biology", id=CLASS)
    for number in (2, 123, 124):
        school.add_teacher(f"teacher{number}@eduvo.com", id=number)
    school.teach(CLASS, 124)
    sample = {"teachers": [{"id": 123, "show_on_reports": False}]}
    got = await call("PUT", f"classes/{CLASS}/teachers", sample)
    assert (got.status, got.json) == (200, {"teachers": [{"index": 0, "id": 123, "status": "ok"}]})
    assert school.class_teachers(CLASS) == {123: False}  # all other teachers were removed
    rows = [{"id": ""}, {"id": 1}, {"id": 2, "show_on_reports": True}]
    got = await call("PUT", f"classes/{CLASS}/teachers", {"teachers": rows})
    assert got.status == 200
    assert got.json == {
        "teachers": [
            {
                "index": 0,
                "status": "unprocessable_entity",
                "errors": {"id": ["can't be blank"]},
            },
            {"index": 1, "id": 1, "status": "not_found"},
            {"index": 2, "id": 2, "status": "ok"},
        ]
    }
    assert school.class_teachers(CLASS) == {2: True}
    got = await call("PUT", f"classes/{CLASS}/teachers", {"teachers": []})
    assert (got.status, got.json) == (200, {"teachers": []})
    assert school.class_teachers(CLASS) == {}


async def test_add_and_remove_teachers(call: RawClient, school: School) -> None:
    school.add_class("Biology", id=CLASS)
    for number in (1, 2):
        school.add_teacher(f"teacher{number}@eduvo.com", id=number)
        school.teach(CLASS, number, show_on_reports=False)
    path = f"classes/{CLASS}/teachers/remove_teachers"
    got = await call("DELETE", path, {"teacher_ids": [1, 999]})  # a DELETE with a body
    assert (got.status, got.json) == (200, OK)
    assert school.class_teachers(CLASS) == {2: False}
    got = await call("POST", f"classes/{CLASS}/teachers/add_teachers", {"teacher_ids": [1]})
    assert (got.status, got.json) == (200, OK)
    assert set(school.class_teachers(CLASS)) == {1, 2}


# -- v2: common to all operations

WRITES = [
    ("PATCH", "students", "students", [{"id": 1}]),
    ("POST", "add_students", "student_ids", [1]),
    ("POST", "remove_students", "student_ids", [1]),
    ("PUT", "teachers", "teachers", [{"id": 1}]),
    ("DELETE", "teachers/remove_teachers", "teacher_ids", [1]),
]


@pytest.mark.parametrize(("method", "path", "key", "rows"), WRITES)
async def test_invalid_payload_gives_400(
    call: RawClient,
    sandbox: ManageBacSandbox,
    school: School,
    method: str,
    path: str,
    key: str,
    rows: Any,
) -> None:
    school.add_class("Biology", id=CLASS)
    school.teach(CLASS, school.add_teacher("a@eduvo.com").id)
    wrong = (
        {},
        {key: rows[0]},
        {key: [[]]},
        {key: [None]},
        rows,
        "{",
        {"other": rows},
        {key: [True]},
    )
    for body in wrong:
        got = await call(method, f"classes/{CLASS}/{path}", body)
        assert (got.status, got.json) == (400, MALFORMED), body
    url = f"{sandbox.base_url}v2/classes/{CLASS}/{path}"
    assert (await call.send(method, url, None, call.headers)).status == 400
    assert (await call.send(method, url, {key: rows}, call.headers, "text/plain")).status == 400
    assert len(school.class_teachers(CLASS)) == 1


@pytest.mark.parametrize(
    ("method", "path", "key", "rows"),
    [*WRITES, ("GET", "students", "", []), ("GET", "teachers", "", [])],
)
async def test_missing_class_gives_404(
    call: RawClient, sandbox: ManageBacSandbox, method: str, path: str, key: str, rows: Any
) -> None:
    got = await call(method, f"classes/404/{path}", {key: rows} if key else None)
    assert (got.status, got.json) == (404, {"error": "Couldn't find Class with 'id'=404"})
    sandbox.quirks.plain_404 = True
    assert (await call(method, f"classes/404/{path}")).text == ""


async def test_ping_and_permissions(call: RawClient, sandbox: ManageBacSandbox) -> None:
    assert (await call("GET", "ping")).json == {"pong": "ok"}
    assert (await call("GET", "auth/permissions")).json == {"permissions": sorted(PERMISSIONS)}
    sandbox.grant("few", permissions={"memberships/index"})
    call.headers = {"auth-token": "few"}
    got = await call("GET", "auth/permissions")
    assert got.json == {"permissions": ["memberships/index"]}
    with pytest.raises(ValueError, match="no such permissions: users"):
        sandbox.grant("more", permissions={"users"})


async def test_extended_operations_need_the_extended_package(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    sandbox.quirks.extended = False
    for method, path, _, _ in (one for one in OPERATIONS if one[3] == EXTENDED):
        assert (await call(method, path)).json == DENIED
    assert (await call("GET", "classes/1/students")).status == 404


async def test_token_can_be_sent_in_three_ways(call: RawClient, sandbox: ManageBacSandbox) -> None:
    url = f"{sandbox.base_url}v2/ping"
    token = (await call.send("POST", f"{sandbox.base_url}oauth/token", client(sandbox))).json
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await call.send("GET", url, headers={"auth-token": sandbox.token})).status == 200
    assert (await call.send("GET", f"{url}?auth_token={sandbox.token}")).status == 200
    assert (await call.send("GET", url, headers=bearer)).status == 200
    for headers in (
        {},
        {"auth_token": sandbox.token},  # the name of v1's header
        {"auth-token": sandbox.v1_token},
        {"auth-token": token["access_token"]},
        {"Authorization": f"Bearer {sandbox.token}"},
        {"Authorization": f"Basic {token['access_token']}"},
    ):
        got = await call.send("GET", url, headers=headers)
        assert (got.status, got.json) == (401, DENIED)


def client(sandbox: ManageBacSandbox, **more: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        **more,
    }


async def test_oauth_token_expires(call: RawClient, sandbox: ManageBacSandbox) -> None:
    sandbox.expires_in = 60
    url = f"{sandbox.base_url}oauth/token"
    form = "&".join(f"{name}={value}" for name, value in client(sandbox).items())
    got = await call.send("POST", url, form, kind="application/x-www-form-urlencoded")
    assert got.status == 200
    issued = got.json
    assert abs(issued.pop("created_at") - sandbox.clock.time()) < 5
    token = issued.pop("access_token")
    assert token.count(".") == 2  # a JWT
    scope = " ".join(sorted(PERMISSIONS))
    assert issued == {"token_type": "Bearer", "expires_in": 60, "scope": scope}
    call.headers = {"Authorization": f"Bearer {token}"}
    sandbox.clock.turn(55)
    assert (await call("GET", "ping")).status == 200
    sandbox.clock.turn(6)
    got = await call("GET", "ping")
    assert (got.status, got.json) == (401, DENIED)
    assert sandbox.token_requests == 1


async def test_oauth_token_with_fewer_scopes(call: RawClient, sandbox: ManageBacSandbox) -> None:
    asked = client(sandbox, scope="memberships/index")
    issued = (await call.send("POST", f"{sandbox.base_url}oauth/token", asked)).json
    assert issued["scope"] == "memberships/index"
    call.headers = {"Authorization": f"Bearer {issued['access_token']}"}
    assert (await call("GET", "memberships")).status == 200
    assert (await call("GET", "classes/1/students")).status == 401


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": ""}, 401, "invalid_client"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
async def test_oauth_errors(
    call: RawClient, sandbox: ManageBacSandbox, more: dict[str, str], status: int, error: str
) -> None:
    got = await call.send("POST", f"{sandbox.base_url}oauth/token", client(sandbox, **more))
    assert got.status == status
    assert set(got.json) == {"error", "error_description"}
    assert got.json["error"] == error
    assert sandbox.token_requests == 1


async def test_versions(call: RawClient, sandbox: ManageBacSandbox, school: School) -> None:
    school.add_class("Biology", id=CLASS)
    for version in VERSIONS:
        url = f"{sandbox.base_url}{version}/classes/{CLASS}/students"
        assert (await call.send("GET", url, headers=call.headers)).status == 200
    assert sandbox.versions_used == dict.fromkeys(VERSIONS, 1)
    assert sandbox.log.count("GET", f"classes/{CLASS}/students") == len(VERSIONS)
    sandbox.versions.remove("v2p0")  # the vendor retires the oldest version
    for path in ("v2p9/ping", "v2p0/ping", "ping", "v2", "v2/", "v2/oauth/token", "v2/api/users"):
        for method in ("GET", "POST"):
            got = await call.send(method, sandbox.base_url + path, headers=call.headers)
            assert got.status == 404, path
    assert sandbox.log.count("GET", "/v2p9/ping") == 1
    got = await call.send("GET", f"{sandbox.base_url}oauth/token")
    assert got.status == 404
    assert (await call("GET", "nothing/here")).status == 404
    assert (await call("DELETE", "memberships")).status == 404


@pytest.mark.parametrize("short", [False, True])
async def test_pages(
    school: School, call: RawClient, sandbox: ManageBacSandbox, short: bool
) -> None:
    sandbox.pager = evolve(sandbox.pager, short=short)
    sandbox.school = School.seeded(students=250, classes=1, members=250)
    seen: list[int] = []
    sizes = []
    meta = {"total_pages": 1}
    while len(sizes) < meta["total_pages"]:
        page = (await call("GET", f"memberships?page={len(sizes) + 1}&per_page=70")).json
        meta = page["meta"]
        assert meta["current_page"] == len(sizes) + 1
        assert meta["per_page"] == 70
        assert meta["total_count"] == 250
        seen += [row["user_id"] for row in page["memberships"]]
        sizes.append(len(page["memberships"]))
    assert sorted(seen) == list(sandbox.school.students)
    assert sizes == ([46, 70, 46, 70, 18] if short else [70, 70, 70, 40])
    beyond = (await call("GET", "memberships?page=9&per_page=70")).json
    assert beyond["memberships"] == []


@pytest.mark.sandbox(per_page_cap=150)
async def test_page_size_cap_is_shown_in_meta(call: RawClient, sandbox: ManageBacSandbox) -> None:
    sandbox.school = School.seeded(students=250, classes=1, members=250)
    (class_id,) = sandbox.school.classes
    for query, size in (("", 100), ("?per_page=400", 150), ("?per_page=0", 100)):
        got = (await call("GET", f"classes/{class_id}/students{query}")).json
        assert len(got["student_ids"]) == got["meta"]["per_page"] == size
        assert len(got["student_levels"]) < size


@pytest.mark.parametrize("total", [0, 1, 2, 99, 100, 101, 333])
@pytest.mark.parametrize("per_page", [1, 2, 3, 100])
def test_short_pages_lose_no_row(total: int, per_page: int) -> None:
    pager = Pager(default=100, cap=200, short=True)
    rows = list(range(total))
    _, meta = pager.cut(rows, {"per_page": str(per_page)})
    pages = [
        pager.cut(rows, {"page": str(page), "per_page": str(per_page)})[0]
        for page in range(1, meta["total_pages"] + 1)
    ]
    assert [row for page in pages for row in page] == rows
    assert all(len(page) <= per_page for page in pages)
    if total > per_page > 1:
        assert len(pages[0]) < per_page


@pytest.mark.sandbox(limit=(3, 30.0))
async def test_rate_limit_counts_all_endpoints_together(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    sandbox.clock.turn(1_000_000.25)
    await call.send("POST", f"{sandbox.base_url}oauth/token", client(sandbox))
    await call.v1("GET", "users")
    await call("GET", "ping")
    before = sandbox.clock.time()
    for got in (await call("GET", "ping"), await call.v1("GET", "classes")):
        assert got.status == 429
        assert got.headers["X-RateLimit-Limit"] == "3"
        assert got.headers["X-RateLimit-Period"] == "30"
        assert "Retry-After" not in got.headers
        reset = got.headers["X-RateLimit-Reset"]
        at = datetime.strptime(reset, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
        assert 30 <= at.timestamp() - before < 45
        # X-RateLimit-Reset and Date use the same clock.
        assert 30 <= (at - parsedate_to_datetime(got.headers["Date"])).total_seconds() <= 32
    assert sandbox.refusals == 2


async def test_faults_apply_to_both_apis(call: RawClient, sandbox: ManageBacSandbox) -> None:
    sandbox.faults.add(Fault.error(502, path="ping"), Fault.error(503, path="api/users"))
    sandbox.faults.add(sandbox.refuse(5, path="auth/permissions"))
    assert (await call.v1("GET", "users")).status == 503
    assert (await call("GET", "ping")).status == 502
    got = await call("GET", "auth/permissions")
    assert got.status == 429
    assert "X-RateLimit-Reset" in got.headers
    assert (await call("GET", "auth/permissions")).status == 200


# -- v1


def add_chloe(school: School) -> None:
    chloe = {k: v for k, v in CHLOE.items() if k not in {"type", "parents_ids"}}
    adrienne = {k: v for k, v in ADRIENNE.items() if k not in {"type", "child_ids"}}
    school.add_student(**chloe)
    people(school, 10752659, 10752675)
    school.add_parent(**adrienne, children=ADRIENNE["child_ids"])
    school.add_parent("father@eduvo.com", id=10752669, children=[10752610])


async def test_v1_retrieve_users(call: RawClient, school: School) -> None:
    add_chloe(school)
    john = school.add_teacher("john@eduvo.com")
    got = await call.v1("GET", "users")
    assert got.status == 200
    assert set(got.json) == {"users"}
    assert [user["id"] for user in got.json["users"]] == [
        *(10752610, 10752659, 10752675, 10752668, 10752669, john.id)
    ]
    assert got.json["users"][0] == CHLOE
    assert got.json["users"][-1]["type"] == "Advisors"
    assert (await call.v1("GET", "users/10752610")).json == {"user": CHLOE}
    parents = (await call.v1("GET", "users/?type=Parent")).json["users"]
    assert parents[0] == ADRIENNE
    assert len(parents) == 2
    for word, count in (("Student", 3), ("student", 3), ("Teacher", 1), ("Advisor", 1)):
        assert len((await call.v1("GET", f"users?type={word}")).json["users"]) == count
    assert (await call.v1("GET", "users?type=Cat")).status == 400
    got = await call.v1("GET", "users/1")
    assert (got.status, got.json["status"]) == (404, "Error")


async def test_v1_create_a_student(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_teacher("advisor@eduvo.com", id=10545261)
    for number in (10835017, 10847302):
        school.add_parent(f"{number}@eduvo.com", id=number)
    group = school.add_ib_group("Grade 11")
    school.year_labels["Grade 11"] = group.id
    got = await call.v1("POST", "users", {"user": PETER})
    assert got.status == 201
    assert got.json == {"status": "Success", "user_id": got.json["user_id"]}
    assert isinstance(got.json["user_id"], str)
    peter = school.by_student_id("#12345890")
    assert peter is not None
    assert str(peter.id) == got.json["user_id"]
    assert peter.has_password
    assert peter.homeroom_advisor == 10545261
    assert peter.kin == [10835017, 10847302]
    assert group.student_ids == school.welcome_mails == [peter.id]
    assert school.creates == {"test_student@eduvo.com": 1, "#12345890": 1}
    shown = (await call.v1("GET", f"users/{peter.id}")).json["user"]
    assert shown["type"] == "Students"
    assert shown["birthday"] == "1999-03-17"
    assert shown["zipcode"] == "77590-77592"
    assert "password" not in shown
    assert "123456" not in repr(peter)
    sandbox.quirks.v1_dates, sandbox.quirks.v1_id_lists = "dotted", "comma"
    shown = (await call.v1("GET", f"users/{peter.id}")).json["user"]
    assert shown["birthday"] == "17.03.1999"
    assert shown["parents_ids"] == "10835017, 10847302"


async def test_v1_create_a_parent_and_an_advisor(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    people(school, 10544210, 10544211)
    sandbox.quirks.v1_created = 200  # as in the documentation's sample
    for row, home in ((ALEXANDER, school.parents), (JOHN, school.teachers)):
        got = await call.v1("POST", "users/", {"user": row})
        assert got.status == 200
        assert int(got.json["user_id"]) in home
    (alexander,) = (await call.v1("GET", "users?type=Parent")).json["users"]
    assert alexander["child_ids"] == [10544210, 10544211]
    assert alexander["employer"] == "Test inc."
    assert "student_id" not in alexander
    child = (await call.v1("GET", "users/10544210")).json["user"]
    assert child["parents_ids"] == [alexander["id"]]


async def test_v1_accepts_users_as_the_wrapper_key(call: RawClient, school: School) -> None:
    school.add_parent("mother@eduvo.com", id=10752668)
    school.add_parent("father@eduvo.com", id=10752669)
    got = await call.v1("POST", "users", {"users": {**CHLOE, "type": "student"}})
    assert got.status == 201
    shown = (await call.v1("GET", f"users/{got.json['user_id']}")).json["user"]
    # The vendor assigns the id. Nulls and empty texts are kept.
    assert shown | {"id": CHLOE["id"]} == CHLOE


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            {"email": "TAKEN@eduvo.com", "student_id": "T1"},
            "Email has already been taken, Student ID must be unique",
        ),
        ({"type": "Students"}, "Type is not included in the list"),
        ({"type": None}, "Type is not included in the list"),
        ({"first_name": ""}, "First name can't be blank"),
        ({"email": None, "student_id": ""}, "Email can't be blank, Student ID can't be blank"),
        ({"birthday": "31.02.1999"}, "Birthday is invalid"),
        ({"parents_ids": [1]}, "Parents IDs must exist"),
        ({"homeroom_advisor": "nobody@eduvo.com"}, "Homeroom advisor must exist"),
        ({"email": ["a@b"]}, "Email is invalid"),
    ],
)
async def test_v1_create_with_invalid_data_gives_400(
    call: RawClient, school: School, more: dict[str, Any], reason: str
) -> None:
    school.add_student("taken@eduvo.com", student_id="T1")
    names = {"first_name": "Ada", "last_name": "Okafor", "email": "ada@eduvo.com"}
    row = {"type": "student", **names, "student_id": "A1", **more}
    got = await call.v1("POST", "users", {"user": row})
    assert got.status == 400
    assert got.json["status"] == "Error"
    assert reason in got.json["errors"]
    if "T1" in row.values():  # the exact sample of the documentation
        assert got.json["errors"] == f"Invalid user data: {reason}."
    assert len(school.students) == 1
    assert not school.creates


async def test_v1_update(call: RawClient, school: School) -> None:
    add_chloe(school)
    sample = {**CHLOE, "type": "Student", "city": "Paris", "state": "", "phone_number": None}
    got = await call.v1("PUT", "users/10752610", {"user": sample})
    assert (got.status, got.json) == (200, {"status": "Successfully updated."})
    assert (await call.v1("GET", "users/10752610")).json == {"user": {**CHLOE, "city": "Paris"}}
    assert school.updates == {10752610: 1}
    assert next(iter(school.students)) == 10752610  # still the first of the list
    got = await call.v1("PUT", "users/10752610", {"user": {"parents_ids": "10752669", "city": ""}})
    assert got.status == 200
    chloe = (await call.v1("GET", "users/10752610")).json["user"]
    assert (chloe["parents_ids"], chloe["city"]) == ([10752669], "")
    assert school.parents[10752668].kin == [10752659, 10752675]
    await call.v1("PUT", "users/10752610", {"user": {"city": "Rome"}})
    assert school.students[10752610].kin == [10752669]  # fields that are not given stay
    for wrong in (
        {"email": "father@eduvo.com"},
        {"first_name": ""},
        {"type": "Students"},
        {"type": "parent"},
        {"birthday": "soon"},
    ):
        got = await call.v1("PUT", "users/10752610", {"user": wrong})
        error = {"status": "Error", "errors": "User parameters are invalid"}
        assert (got.status, got.json) == (400, error)
    assert (await call.v1("PUT", "users/1", {"user": {}})).status == 404
    assert school.updates == {10752610: 3}


async def test_v1_value_freed_by_an_update_can_be_used_again(
    call: RawClient, school: School
) -> None:
    people(school, 1, 2)
    for number, email, status in (
        (1, "student2@eduvo.com", 400),
        (2, "other@eduvo.com", 200),
        (1, "student2@eduvo.com", 200),
    ):
        got = await call.v1("PUT", f"users/{number}", {"user": {"email": email}})
        assert got.status == status


async def test_v1_ib_groups_and_classes(call: RawClient, school: School) -> None:
    for row in (BIOLOGY, KINDERGARTEN):
        school.add_class(**row)
    school.add_class("Archery", archived=True)
    group = {"program_code" if k == "program" else k: v for k, v in IB_GROUP.items()}
    school.add_ib_group(**group)
    got = await call.v1("GET", "ib_groups")
    assert (got.status, got.json) == (200, {"ib_groups": [IB_GROUP]})
    got = await call.v1("GET", "classes")
    assert (got.status, got.json) == (200, {"classes": [BIOLOGY, KINDERGARTEN]})


@pytest.mark.parametrize("kind", ["class", "IB group"])
async def test_v1_members(call: RawClient, school: School, kind: str) -> None:
    add_chloe(school)
    made = school.add_class("Biology") if kind == "class" else school.add_ib_group("Grade 11")
    members, add, remove = (
        f"groups/{made.id}/{what}" for what in ("members", "add_members", "remove_members")
    )
    added, removed = {"status": "Successfully added."}, {"status": "Successfully removed."}
    unknown = {"status": "Error", "errors": "Student not found."}
    for _ in range(2):  # adding members twice makes no difference
        got = await call.v1("POST", add, {"users": [10752610, "10752659"]})
        assert (got.status, got.json) == (200, added)
    got = await call.v1("GET", members)
    assert got.status == 200
    assert got.json["members"][0] == CHLOE
    assert [user["id"] for user in got.json["members"]] == [10752610, 10752659]
    for path, method in ((add, "POST"), (remove, "PUT")):
        for ids in ([10752675, 1], [10752668]):  # an unknown id, and a parent
            got = await call.v1(method, path, {"users": ids})
            assert (got.status, got.json) == (400, unknown)
        assert (await call.v1(method, path, {"users": 10752610})).status == 400
    for _ in range(2):
        got = await call.v1("PUT", remove, {"users": [10752610]})
        assert (got.status, got.json) == (200, removed)
    rest = (await call.v1("GET", members)).json["members"]
    assert [user["id"] for user in rest] == [10752659]
    school.students[10752659].archived = True
    assert (await call.v1("GET", members)).json == {"members": []}
    school.students[10752659].archived = False
    assert (await call.v1("DELETE", members)).status == 404
    assert (await call.v1("GET", "groups/1/members")).status == 404
    if kind == "class":  # v2 shows the same school
        assert (await call("GET", f"classes/{made.id}/students")).json["student_ids"] == [10752659]
        assert (
            len((await call("GET", f"memberships?deleted_since={STAMP}")).json["memberships"]) == 1
        )


async def test_v1_student_is_in_one_active_ib_group(call: RawClient, school: School) -> None:
    people(school, 1)
    one, other = school.add_ib_group("Grade 11"), school.add_ib_group("Grade 12")
    old = school.add_ib_group("Class of 2014", archived=True)
    for group in (one, old, other):
        await call.v1("POST", f"groups/{group.id}/add_members", {"users": [1]})
    assert (one.student_ids, other.student_ids, old.student_ids) == ([], [1], [1])


async def test_v1_token_can_be_sent_in_query_or_header(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    url = f"{sandbox.v1_base_url}users"
    header = {"auth_token": sandbox.v1_token}
    assert (await call.send("GET", f"{url}?auth_token={sandbox.v1_token}")).status == 200
    assert (await call.send("GET", url, headers=header)).status == 200
    sandbox.quirks.v1_header = False  # like a proxy that drops the header
    for address, headers in (
        (url, {}),
        (url, header),
        (url, {"auth-token": sandbox.v1_token}),
        (f"{url}?auth_token={sandbox.token}", {}),
    ):
        got = await call.send("GET", address, headers=headers)
        assert got.status == 401
        assert got.json["status"] == "Error"


@pytest.mark.parametrize("place", ["user", "password"])
async def test_v1_token_can_be_sent_in_http_basic(
    call: RawClient, sandbox: ManageBacSandbox, place: Literal["user", "password"]
) -> None:
    url, token = f"{sandbox.v1_base_url}users", sandbox.v1_token

    async def status(text: str) -> int:
        pair = base64.b64encode(text.encode()).decode()
        return (await call.send("GET", url, headers={"Authorization": f"Basic {pair}"})).status

    pairs = {"user": f"{token}:x", "password": f"x:{token}"}
    assert [await status(pairs["user"]), await status(pairs["password"])] == [200, 200]
    sandbox.quirks.v1_basic = place
    expected = {each: 200 if each == place else 401 for each in pairs}
    assert {each: await status(text) for each, text in pairs.items()} == expected
    assert await status("x:x") == 401
    sandbox.quirks.v1_basic = "no"
    assert await status(pairs[place]) == 401
    for odd in ("Basic %%%", "Basic", f"Bearer {token}"):
        assert (await call.send("GET", url, headers={"Authorization": odd})).status == 401


@pytest.mark.parametrize("body", ["{", "[]", {}, {"user": []}, {"users": [CHLOE]}])
async def test_v1_invalid_bodies_give_400(call: RawClient, school: School, body: Any) -> None:
    people(school, 1)
    for method, path in (("POST", "users"), ("PUT", "users/1")):
        got = await call.v1(method, path, body)
        assert got.status == 400
        assert got.json["status"] == "Error"
        assert isinstance(got.json["errors"], str)
    assert not school.updates
