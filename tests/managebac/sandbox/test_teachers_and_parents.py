"""The sandbox's teachers, parents and children against the vendor's specification of v2p3."""

from __future__ import annotations

from typing import Any

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import OK, RawClient

ADA: dict[str, Any] = {"first_name": "Ada", "last_name": "Okafor", "email": "ada@school.example"}


@pytest.fixture
def family(school: School) -> None:
    """Parent 1, and the students 11, 12 and 13, of whom 11 is linked."""
    for number in (11, 12, 13):
        school.add_student(f"{number}@school.example", id=number)
    school.add_parent("p@family.example", id=1, children=[11])
    school.relations.kinds[1, 11] = "Mother"


async def test_teacher_is_created_updated_archived_and_unarchived(
    call: RawClient, school: School
) -> None:
    got = await call("POST", "teachers", {"teacher": ADA, "options": {"send_welcome_email": True}})
    assert got.status == 201
    teacher = got.json["teacher"]
    assert got.json["options"] == {"welcome_email": "enqueued"}
    assert teacher["role"] == "Advisor"
    assert teacher["programs"] == []
    number = teacher["id"]
    path = f"teachers/{number}"
    got = await call("PATCH", path, {"teacher": {"gender": "Female", "role": "Admin"}})
    assert (got.status, got.json["teacher"]["gender"]) == (200, "Female")
    assert got.json["teacher"]["role"] == "Advisor"  # not updatable
    of = school.add_class("Biology")
    school.teach(of.id, number)
    assert (await call("PUT", f"{path}/archive")).json == OK
    assert (await call("GET", path)).json["teacher"]["archived"] is True
    assert (await call("PUT", f"{path}/unarchive")).json == OK
    assert (await call("GET", path)).json["teacher"]["archived"] is False
    assert school.class_teachers(of.id) == {}  # not enrolled again
    assert (await call("POST", f"{path}/welcome_email")).status == 204
    got = await call("PATCH", path, {"teacher": {"email": ""}})
    assert (got.status, got.json) == (422, {"errors": {"email": ["can't be blank"]}})
    assert (await call("GET", "teachers/404")).json == {
        "error": "Couldn't find Teacher with 'id'=404"
    }
    counters = school.teachers
    assert counters.creates == {ADA["email"]: 1}
    assert counters.updates == counters.archives == counters.unarchives == {number: 1}


async def test_classes_of_a_teacher_hide_those_without_reports(
    call: RawClient, school: School
) -> None:
    school.add_teacher("t@school.example", id=1)
    for number, shows, archived in ((10, True, False), (11, False, False), (12, True, True)):
        school.add_class(f"Class {number}", id=number, archived=archived, uniq_id=f"U{number}")
        school.teach(number, 1, show_on_reports=shows)
    shown = (await call("GET", "teachers/1/classes")).json
    assert shown == {
        "classes": [
            {
                "id": 10,
                "uniq_id": "U10",
                "name": "Class 10",
                "archived": False,
                "show_on_reports": True,
            }
        ]
    }
    for query, expected in (("show_on_reports=false", [11]), ("archived=true", [12])):
        got = (await call("GET", f"teachers/1/classes?{query}")).json["classes"]
        assert [row["id"] for row in got] == expected


async def test_groups_of_a_teacher(call: RawClient, school: School) -> None:
    school.add_teacher("t@school.example", id=1)
    school.add_group("Chess", id=10, advisors={1: True})
    school.add_group("Old", id=11, advisors={1: False}, archived=True)
    school.add_group("Others", id=12)
    assert (await call("GET", "teachers/1/groups")).json["groups"] == [
        {
            "id": 10,
            "name": "Chess",
            "archived": False,
            "group_advisor": True,
            "primary_group_advisor": True,
        }
    ]
    old = (await call("GET", "teachers/1/groups?archived=true")).json["groups"]
    assert [row["id"] for row in old] == [11]


@pytest.mark.usefixtures("family")
async def test_parent_is_created_with_children(call: RawClient, school: School) -> None:
    parent = ADA | {
        "child_ids": [12, 13],
        "salutation": "Mrs.",
        "work_city": "Kyiv",
        "title": "Dev",
    }
    got = await call("POST", "parents", {"parent": parent})
    assert got.status == 201
    shown = got.json["parent"]
    assert shown["child_ids"] == [12, 13]
    assert shown["children"] == [{"id": 12}, {"id": 13}]
    assert (shown["salutation"], shown["work_city"], shown["role"]) == ("Mrs.", "Kyiv", "Parent")
    assert school.students[12].kin == [shown["id"]]
    student = (await call("GET", "students/12")).json["student"]
    assert student["parent_ids"] == [shown["id"]]
    got = await call("POST", "parents", {"parent": parent | {"salutation": "Lord", "email": "x"}})
    assert got.json["errors"] == {
        "salutation": ["is not included in the list"],
        "email": ["is invalid"],
    }
    got = await call(
        "POST", "parents", {"parent": ADA | {"email": "b@x.example", "child_ids": [4]}}
    )
    assert (got.status, got.json) == (422, {"errors": {"child_ids": ["must exist"]}})


@pytest.mark.usefixtures("family")
async def test_child_ids_of_an_update_work_only_in_v2p0(call: RawClient, school: School) -> None:
    change = {"parent": {"child_ids": [12]}}
    for version in ("v2", "v2p1", "v2p2", "v2p3"):
        assert (await call("PATCH", "parents/1", change, version=version)).status == 200
        assert school.parents[1].kin == [11]
    assert (await call("PATCH", "parents/1", change, version="v2p0")).status == 200
    assert (school.parents[1].kin, school.students[11].kin) == ([12], [])


@pytest.mark.usefixtures("family")
async def test_nulls_of_parents_can_be_printed(call: RawClient, sandbox: ManageBacSandbox) -> None:
    assert "birthday" not in (await call("GET", "parents/1")).json["parent"]
    sandbox.quirks.parent_nulls = True
    assert (await call("GET", "parents/1")).json["parent"]["birthday"] is None
    assert (await call("GET", "parents")).json["parents"][0]["birthday"] is None
    assert "birthday" not in (await call("GET", "students/11")).json["student"]


@pytest.mark.usefixtures("family")
async def test_archived_parent_keeps_the_children(call: RawClient, school: School) -> None:
    assert (await call("PUT", "parents/1/archive")).json == OK
    assert (await call("GET", "parents?archived=true")).json["parents"][0]["child_ids"] == [11]
    assert (await call("PUT", "parents/1/unarchive")).json == OK
    assert school.parents[1].kin == [11]


# -- children


@pytest.mark.usefixtures("family")
async def test_children_are_listed_linked_and_changed(call: RawClient, school: School) -> None:
    listed = (await call("GET", "parents/1/children")).json
    assert listed["children"] == [{"id": 11, "relationship": "Mother"}]
    assert listed["meta"]["total_count"] == 1
    got = await call(
        "POST", "parents/1/children", {"child": {"id": 12, "relationship": "Legal Guardian"}}
    )
    assert got.status == 201
    assert got.json == {"child": {"id": 12, "relationship": "Legal Guardian"}}
    assert school.students[12].kin == [1]
    assert (await call("GET", "parents/1/children/12")).json == got.json
    got = await call("PUT", "parents/1/children/12", {"child": {"relationship": "Aunt"}})
    assert (got.status, got.json) == (200, {"child": {"id": 12, "relationship": "Aunt"}})
    links = school.relations
    assert (links.creates, links.updates) == ({(1, 12): 1}, {(1, 12): 1})


@pytest.mark.usefixtures("family")
async def test_post_restores_a_deleted_link(call: RawClient, school: School) -> None:
    got = await call("DELETE", "parents/1/children/11")
    assert (got.status, got.text) == (204, "")
    assert (school.parents[1].kin, school.students[11].kin) == ([], [])
    got = await call("POST", "parents/1/children", {"child": {"id": 11}})
    assert (got.status, got.json) == (201, {"child": {"id": 11, "relationship": "Mother"}})
    assert school.relations.deletes == {(1, 11): 1}


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("child", "errors"),
    [
        ({"id": 12, "relationship": "Boss"}, {"relationship": ["is not included in the list"]}),
        ({"id": 404, "relationship": "Aunt"}, {"child": ["must exist"]}),
        ({"relationship": "Aunt"}, {"child": ["must exist"]}),
        ({"id": 11, "relationship": "Aunt"}, {"child": ["has already been taken"]}),
        (
            {"id": 404, "relationship": "Boss"},
            {"relationship": ["is not included in the list"], "child": ["must exist"]},
        ),
    ],
)
async def test_invalid_link_gives_422(
    call: RawClient, school: School, child: dict[str, Any], errors: Any
) -> None:
    got = await call("POST", "parents/1/children", {"child": child})
    assert (got.status, got.json) == (422, {"errors": errors})
    assert school.parents[1].kin == [11]


@pytest.mark.usefixtures("family")
async def test_put_replaces_all_children_or_none(call: RawClient, school: School) -> None:
    rows = [{"id": 12, "relationship": "Father"}, {"id": 13, "relationship": "Boss"}]
    got = await call("PUT", "parents/1/children", {"children": rows})
    assert got.status == 422
    assert got.json == {"errors": {"relationship": ["is not included in the list"]}}
    assert school.parents[1].kin == [11]
    rows[1]["relationship"] = "Other Guardian"
    got = await call("PUT", "parents/1/children", {"children": rows})
    assert (got.status, got.json) == (200, {"children": rows})
    assert (school.parents[1].kin, school.students[11].kin) == ([12, 13], [])
    assert (await call("PUT", "parents/1/children", {"children": []})).json == {"children": []}
    assert school.parents[1].kin == []


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("path", ["parents/1/children/12", "parents/404/children/11"])
async def test_missing_link_gives_404_with_a_reason(call: RawClient, path: str) -> None:
    for method, body in (("GET", None), ("PUT", {"child": {}}), ("DELETE", None)):
        got = await call(method, path, body)
        assert got.status == 404
        assert set(got.json) == {"error", "reason"}


@pytest.mark.usefixtures("family")
async def test_relationship_can_be_an_object(call: RawClient, sandbox: ManageBacSandbox) -> None:
    sandbox.quirks.relationship_object = True
    expected = {"id": 11, "relationship": {"kind": "Mother", "name": "Mother"}}
    assert (await call("GET", "parents/1/children")).json["children"] == [expected]
    assert (await call("GET", "parents/1")).json["parent"]["children"] == [expected]
