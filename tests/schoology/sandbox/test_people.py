"""Compare the sandbox's records of one user with the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient, outer
from .rosters import SECTION_8I, paths, sample_roster, within

JAMES = "users/48289"


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)
    for section in ("3719526", "4318461"):
        sandbox.school.enrollments.add("section", section, "48289")


async def test_sections(raw: RawClient) -> None:
    body = (await raw("GET", f"{JAMES}/sections")).json
    assert body.keys() == {"section", "links"}  # no total
    row = body["section"][0]
    assert within(row, SECTION_8I) == paths(SECTION_8I, row) | {"admin": 0}
    # These fields are numbers here, and strings in the single read.
    assert (row["subject_area"], row["grade_level_range_start"]) == (0, 12)
    assert row["parent_id"] == "0"


@pytest.mark.sandbox(default_page=1)
async def test_sections_are_paged(raw: RawClient, sandbox: SchoologySandbox) -> None:
    body = (await raw("GET", f"{JAMES}/sections")).json
    assert len(body["section"]) == 1
    assert body["links"]["next"] == f"{sandbox.base_url}{JAMES}/sections?start=1&limit=1"


async def test_only_sections_of_current_periods(raw: RawClient, sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    past = school.grading_periods.add("Past", "2019-08-01", "2020-07-31")
    future = school.grading_periods.add("Future", "2098-08-01", "2099-07-31")
    for period in (past, future):
        section = school.sections.add(
            "1407691", section_code=period.title, title="S", grading_periods=[period.id]
        )
        school.enrollments.add("section", section.id, "48289")
    school.enrollments.add("section", "3719526", "48289", status=2)

    async def listed(**query: Any) -> list[str]:
        found = (await raw("GET", f"{JAMES}/sections", **query)).json["section"]
        return [row["section_code"] for row in found]

    assert await listed() == [""]
    assert await listed(include_past=0) == ["", "Past", "Future"]


async def test_the_clock_decides_which_sections_are_current(sandbox: SchoologySandbox) -> None:
    assert b"4318461" in sandbox.dispatch(f"{JAMES}/sections", outer(sandbox)).body
    sandbox.clock.turn(100 * 365 * 86400)
    assert b'"section":[]' in sandbox.dispatch(f"{JAMES}/sections", outer(sandbox)).body


async def test_groups(raw: RawClient, sandbox: SchoologySandbox) -> None:
    group = sandbox.school.groups.add(title="Chess")
    sandbox.school.enrollments.add("group", group.id, "48289", admin=1)
    body = (await raw("GET", f"{JAMES}/groups")).json
    assert body.keys() == {"group", "links"}  # no total
    assert [(row["id"], row["admin"]) for row in body["group"]] == [(group.id, 1)]
    assert len((await raw("GET", f"{JAMES}/sections")).json["section"]) == 2


async def test_network(raw: RawClient, sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    shaw = {"name_title": "Dr.", "name_title_show": 1, "name_first": "Schoology"}
    school.add(shaw, uid="5", name_last="Shaw", school_uid="shaw")
    school.connections.connect("48289", "5")
    body = (await raw("GET", f"{JAMES}/network")).json
    (row,) = body["user"]
    assert row == {
        "uid": "5",
        "name_title": "Dr.",
        "name_title_show": "1",
        "name_first": "Schoology",
        "name_first_preferred": "",
        "name_middle": "",
        "name_middle_show": "0",
        "name_last": "Shaw",
        "picture_url": row["picture_url"],
    }
    assert body["total"] == "1"
    for number in range(60):
        school.connections.connect("48289", school.add(name_last=f"L{number}").uid)
    sizes = [
        len((await raw("GET", f"{JAMES}/network", page=page)).json["user"]) for page in range(4)
    ]
    assert sizes == [30, 30, 1, 0]
    body = (await raw("GET", f"{JAMES}/network", search="sHAW")).json
    assert [row["uid"] for row in body["user"]] == ["5"]


async def test_friend_requests(raw: RawClient, sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    school.add(uid="5", name_last="Shaw", name_title="Dr.", name_title_show=1)
    first, second = (school.connections.ask("48289", uid, 1389714992) for uid in ("5", "45552"))
    rows = (await raw("GET", f"{JAMES}/requests/friends")).json["request"]
    assert rows[0] == {
        "id": first.id,
        "requester_id": "5",
        "created": "1389714992",
        "requester_name": "Dr. Shaw",
        "picture_url": rows[0]["picture_url"],
        "school_name": school.title,
        "school_id": "344232",
    }
    path = f"{JAMES}/requests/friends"
    for offset, count in (("2014-01-14 15:56:31", 2), ("2014-01-14 15:56:32", 0), ("soon", 2)):
        found = (await raw("GET", path, created_offset=offset)).json["request"]
        assert len(found) == count
    for identity, action, status in (
        (first.id, "maybe", 400),
        (first.id, "accept", 204),
        (first.id, "accept", 404),
        (second.id, "deny", 204),
    ):
        got = await raw("PUT", f"{path}/{identity}", {"request_action": action})
        assert got.status == status
    assert school.connections.of("48289") == ["5"]
    assert (await raw("GET", path)).json["request"] == []
    third = school.connections.ask("5", "48289")
    xml = "<request><request_action>accept</request_action></request>"
    got = await raw("PUT", f"users/5/requests/friends/{third.id}", xml, kind="text/xml")
    assert got.status == 204


async def test_invites(raw: RawClient, sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    group = school.groups.add(title="Chess Club")
    invite = school.connections.invite("48289", "group", group.id, 1389715233)
    rows = (await raw("GET", f"{JAMES}/invites/groups")).json["invite"]
    assert rows == [
        {
            "group_id": int(group.id),
            "group_name": "Chess Club",
            "picture_url": rows[0]["picture_url"],
            "school_name": school.title,
            "school_id": 344232,
            "id": int(invite.id),
            "created": 1389715233,
        }
    ]
    assert (await raw("GET", f"{JAMES}/invites/sections")).json["invite"] == []
    assert (await raw("GET", f"{JAMES}/invites/schools")).status == 400
    path = f"{JAMES}/invites/groups/{invite.id}"
    assert (await raw("PUT", path, {"invite_action": "accept"})).status == 400
    got = await raw("PUT", path, {"invite": {"invite_action": "accept"}})
    assert (got.status, got.text) == (204, "")
    assert school.enrollments.between("group", group.id, "48289") is not None
    section = school.connections.invite("5", "section", "3719526")
    school.add(uid="5", school_uid="five")
    xml = "<request><invite><invite_action>deny</invite_action></invite></request>"
    path = f"users/5/invites/sections/{section.id}"
    assert (await raw("PUT", path, xml, kind="text/xml")).status == 204
    assert school.enrollments.between("section", "3719526", "5") is None
    assert (await raw("GET", "users/5/invites/sections")).json["invite"] == []


async def test_grades_of_a_person(raw: RawClient, sandbox: SchoologySandbox) -> None:
    def section(identity: str) -> dict[str, Any]:
        return {
            "section_id": identity,
            "period": [
                {"period_id": period, "period_title": period, "assignment": []}
                for period in ("p13011", "p435")
            ],
            "final_grade": [{"period_id": period, "grade": 80} for period in ("p13011", "final")],
            "grading_category": [],
        }

    rows = [section("4318461"), section("3719526")]
    sandbox.school.gradebook.user_grades["48289"] = rows
    path = f"{JAMES}/grades"
    body = (await raw("GET", path)).json
    assert body == {"section": rows, "links": {"self": f"{sandbox.base_url}{path}"}}
    one = (await raw("GET", path, section_id="3719526", grading_period_ids="435,final")).json
    (row,) = one["section"]
    assert row["section_id"] == "3719526"
    assert [each["period_id"] for each in row["period"]] == ["p435"]
    assert [each["period_id"] for each in row["final_grade"]] == ["final"]
    paged = (await raw("GET", path, include_all_enrollments=1, limit=1)).json
    assert len(paged["section"]) == 1
    assert "next" in paged["links"]
    sandbox.quirks.grades_need_section = True
    assert (await raw("GET", path)).status == 403
    assert (await raw("GET", path, section_id="3719526")).status == 200


async def test_unknown_users_are_not_found(raw: RawClient) -> None:
    for path in ("sections", "groups", "network", "grades", "requests/friends", "invites/groups"):
        assert (await raw("GET", f"users/1/{path}")).status == 404
    assert (await raw("GET", f"{JAMES}/requests/strangers")).status == 404
    assert (await raw("POST", f"{JAMES}/sections", {})).status == 405


async def test_a_school_uid_may_be_the_name_of_a_path(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    uid = sandbox.school.add(school_uid="sections").uid
    got = await raw("GET", "users/ext/sections")
    assert got.headers["Location"].endswith(f"users/{uid}")
