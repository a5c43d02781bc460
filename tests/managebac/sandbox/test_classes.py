"""The sandbox's classes against the vendor's specification of v2p3."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import MALFORMED, RawClient

NOON = datetime(2025, 10, 1, 12, 0, tzinfo=UTC)
STAMP = "2025-10-01T12:00:00.000Z"
ALLOWED = [
    *("name", "description", "sl", "hl", "subject_option", "class_section", "uniq_id"),
    *("end_term_id", "lock_memberships", "archived", {"subject_ids": []}),
]


@pytest.fixture(autouse=True)
def catalog(sandbox: ManageBacSandbox) -> None:
    """Two terms, 1 and 2, and the subject 40 in the group 30."""
    sandbox.clock.stop(NOON.timestamp())
    academics = sandbox.school.academics
    year = academics.add_year(id=20)
    for number, starts, ends in (
        (1, date(2025, 8, 20), date(2025, 12, 19)),
        (2, date(2026, 1, 7), date(2026, 6, 19)),
    ):
        academics.add_term(
            starts, ends, id=number, name=f"Semester {number}", academic_year_id=year.id
        )
    academics.add_subject_group("Sciences", id=30)
    academics.add_subject("Biology", 30, id=40)


def row(**more: Any) -> dict[str, Any]:
    row = {"program": "diploma", "grade_number": 13, "language": "en", "subject_id": 40}
    return row | {"start_term_id": 1, "end_term_id": 2, **more}


async def test_create_returns_200_with_a_bare_class(call: RawClient, school: School) -> None:
    got = await call("POST", "classes", row(uniq_id="BIO1", hl=True, class_section="A"))
    assert got.status == 200
    shown = got.json
    assert shown == {
        "id": shown["id"],
        "name": "IB DP Biology (Grade 12) A",  # made up by ManageBac, since the request had no name
        "description": "",
        "language": "en",
        "uniq_id": "BIO1",
        "class_section": "A",
        "start_term_id": 1,
        "end_term_id": 2,
        "created_at": STAMP,
        "updated_at": STAMP,
        "grade": "Grade 12",
        "grade_number": 13,  # not the number in the label
        "applicable_levels": ["HL"],
        "program": "IB Diploma",
        "program_code": "diploma",
        "subject_id": 40,
        "subject_name": "Biology",
        "subject_group": "Sciences",
        "subject_group_id": 30,
        "archived": False,
        "subjects": [
            {
                "id": 40,
                "name": "Biology",
                "subject_group_id": 30,
                "subject_group": "Sciences",
            }
        ],
        "teachers": [],
    }
    assert school.classes.creates == {"BIO1": 1}
    # Only responses to reads have the key `class`.
    assert (await call("GET", f"classes/{shown['id']}")).json == {"class": shown}


async def test_written_class_can_have_the_envelope(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    sandbox.quirks.class_envelope = True
    made = (await call("POST", "classes", row())).json["class"]
    got = await call("PATCH", f"classes/{made['id']}", {"name": "Bio"})
    assert got.json["class"]["name"] == "Bio"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"program": "unheard_of"}, "program"),
        ({"grade_number": 12000}, "grade_number"),
        ({"grade_number": None}, "grade_number"),
        ({"language": ""}, "language"),
        ({"subject_id": None}, "subject_ids"),
        ({"subject_id": None, "subject_ids": [40, 404]}, "subject_ids"),
        ({"start_term_id": 404}, "start_term_id"),
        ({"end_term_id": None}, "end_term_id"),
        ({"hl": "maybe"}, "hl"),
    ],
)
async def test_invalid_create_gives_422_with_the_field(
    call: RawClient, school: School, change: dict[str, Any], field: str
) -> None:
    got = await call("POST", "classes", row(**change))
    assert got.status == 422
    assert set(got.json["errors"]) == {field}
    assert not school.classes


async def test_update_changes_only_the_given_fields(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    number = (await call("POST", "classes", row())).json["id"]
    sandbox.clock.turn(60)
    change = {"archived": True, "subject_option": ["phase 1", "phase 2"], "uniq_id": None}
    got = await call("PATCH", f"classes/{number}", change)
    assert got.status == 200
    assert got.json["archived"] is True
    assert got.json["subject_option"] == "phase 1,phase 2"
    assert got.json["updated_at"] == "2025-10-01T12:01:00.000Z"
    assert got.json["created_at"] == STAMP
    assert school.classes.updates == {number: 1}
    assert (await call("PATCH", "classes/404", {})).json == {
        "error": "Couldn't find Class with 'id'=404"
    }


@pytest.mark.parametrize("name", ["language", "program", "start_term_id", "grade_number", "x"])
async def test_forbidden_parameter_rejects_the_whole_update(
    call: RawClient, school: School, name: str
) -> None:
    school.add_class("Biology", id=1)
    got = await call("PATCH", "classes/1", {"name": "Bio", name: "en"})
    assert got.status == 422
    assert set(got.json) == {"error", "allowed_params"}
    assert got.json["allowed_params"] == ALLOWED
    assert school.classes[1].name == "Biology"


async def test_upsert_returns_an_array_with_indices(call: RawClient, school: School) -> None:
    school.add_class("Biology", id=1)
    rows = [
        {"id": 1, "name": "Bio"},
        {"id": 404, "name": "Bio"},
        row(uniq_id="NEW"),
        row(program="unheard_of"),
        {"id": 1, "language": "fr"},
    ]
    got = await call("PATCH", "classes", {"classes": rows})
    assert got.status == 200
    assert [each["index"] for each in got.json] == [0, 1, 2, 3, 4]
    assert [each["status"] for each in got.json] == [
        *("ok", "not_found", "ok", "unprocessable_entity", "unprocessable_entity")
    ]
    assert got.json[0]["class"]["name"] == "Bio"
    assert set(got.json[1]["errors"]) == {"id"}
    assert got.json[2]["class"]["uniq_id"] == "NEW"
    assert set(got.json[3]["errors"]) == {"program"}
    assert set(got.json[4]["errors"]) == {"language"}
    assert "class" not in got.json[3]
    assert school.classes.creates == {"NEW": 1}
    assert school.classes.updates == {1: 1}
    assert (await call("PATCH", "classes", {"classes": []})).json == []
    assert (await call("PATCH", "classes", {"students": []})).json == MALFORMED


async def test_list_without_archived_depends_on_the_setting(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_class("Now", id=1)
    school.add_class("Old", id=2, archived=True)

    async def listed(query: str = "") -> list[int]:
        return [each["id"] for each in (await call("GET", f"classes{query}")).json["classes"]]

    assert (await listed("?archived=true"), await listed("?archived=false")) == ([2], [1])
    assert await listed() == [1]
    sandbox.quirks.unset_archived = "all"
    assert await listed() == [1, 2]
    assert (await listed("?archived=true"), await listed("?archived=false")) == ([2], [1])


async def test_class_shows_its_teachers(call: RawClient, school: School) -> None:
    of, teacher = school.add_class("Biology"), school.add_teacher("t@school.example")
    school.teach(of.id, teacher.id, show_on_reports=False)
    teacher.archived = True
    shown = (await call("GET", f"classes/{of.id}")).json["class"]["teachers"]
    assert shown == [{"teacher_id": teacher.id, "show_on_reports": False, "teacher_archived": True}]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", [1, 2]), ("?active_only=true", [1]), ("?academic_year_id=20", [1, 2])],
)
async def test_terms_of_a_class(call: RawClient, query: str, expected: list[int]) -> None:
    number = (await call("POST", "classes", row())).json["id"]
    got = (await call("GET", f"classes/{number}/terms{query}")).json["terms"]
    assert [term["id"] for term in got] == expected
    assert got[0] == {
        "id": 1,
        "name": "Semester 1",
        "starts_on": "2025-08-20",
        "ends_on": "2025-12-19",
        "academic_year": {"id": 20, "name": "2025-2026"},
    }
    other = await call("GET", f"classes/{number}/terms?academic_year_id=21")
    assert other.json == {"terms": []}


async def test_sandbox_counts_each_addition_and_removal_once(
    call: RawClient, school: School
) -> None:
    school.add_class("Biology", id=1)
    student, teacher = school.add_student("s@x.example").id, school.add_teacher("t@x.example").id
    for _ in range(2):
        await call("POST", "classes/1/add_students", {"student_ids": [student, 404]})
        await call("POST", "classes/1/teachers/add_teachers", {"teacher_ids": [teacher, 404]})
    assert school.member_adds == {(1, student): 1, (1, teacher): 1}
    for _ in range(2):
        await call("POST", "classes/1/remove_students", {"student_ids": [student]})
        await call("PUT", "classes/1/teachers", {"teachers": []})
    assert school.member_removals == {(1, student): 1, (1, teacher): 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("classes=active", [1, 2]),
        ("users=active", [1, 3]),
        ("classes=active&users=active", [1]),
    ],
)
async def test_memberships_of_active_classes_and_users(
    call: RawClient, school: School, query: str, expected: list[int]
) -> None:
    for number, archived in ((1, False), (2, True)):
        school.add_class(f"Class {number}", id=number, archived=archived)
        for student in (10, 20):
            if student not in school.students:
                school.add_student(f"{student}@x.example", id=student, archived=student == 20)
            school.enrol(number, student)
    got = (await call("GET", f"memberships?{query}")).json["memberships"]
    assert [each["id"] for each in got] == expected
