"""Compare the sandbox's enrollments with the samples of the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import paths, sample_roster

LOGAN: dict[str, Any] = {
    "id": "44783136",
    "uid": "48289",
    "school_uid": "s1",
    "name_title": "",
    "name_title_show": "0",
    "name_first": "James",
    "name_first_preferred": "",
    "name_middle": "",
    "name_middle_show": "0",
    "name_last": "Howlett",
    "name_display": "James Howlett",
    "admin": 0,
    "status": "1",
    "picture_url": "http://..../default_user.gif",
}
PATH = "sections/3719526/enrollments"


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)
    sandbox.school.groups.add(id="65371", title="Chess")


def enroll(sandbox: SchoologySandbox, uid: str = "48289", **more: Any) -> str:
    return sandbox.school.enrollments.add("section", "3719526", uid, **more).id


def bulk(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"enrollments": {"enrollment": list(rows)}}


def results(got: Any) -> list[dict[str, Any]]:
    assert got.status == 207
    found: list[dict[str, Any]] = got.json["enrollments"]["enrollment"]
    return found


async def test_list_and_view(raw: RawClient, sandbox: SchoologySandbox) -> None:
    teacher = enroll(sandbox, "45552", admin=1)
    student = enroll(sandbox)
    body = (await raw("GET", PATH)).json
    assert [row["admin"] for row in body["enrollment"]] == [1, 0]
    assert body["enrollment"][0]["id"] == teacher
    row = body["enrollment"][1]
    links = {"links": {"self": f"{sandbox.base_url}{PATH}/{student}"}}
    assert row == paths(LOGAN, row) | {"id": student} | links
    assert body["total"] == "2"
    assert body["links"] == {"self": f"{sandbox.base_url}{PATH}?start=0&limit=20"}
    one = (await raw("GET", f"{PATH}/{student}")).json
    assert one == paths(LOGAN, one) | {"id": student}
    assert (await raw("GET", f"sections/4318461/enrollments/{student}")).status == 404
    assert (await raw("GET", "sections/1/enrollments")).status == 404
    assert (await raw("GET", "groups/65371/enrollments")).json["enrollment"] == []


async def test_filters(raw: RawClient, sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    for number in range(1, 6):
        enroll(sandbox, school.add(school_uid=f"e{number}", uid=number).uid, status=number)
    enroll(sandbox, admin=1)

    async def found(**query: Any) -> list[str]:
        return [row["uid"] for row in (await raw("GET", PATH, **query)).json["enrollment"]]

    assert await found() == ["1", "2", "3", "4", "5", "48289"]
    assert await found(enrollment_status="1") == ["1", "48289"]
    assert await found(enrollment_status="2,5") == ["2", "5"]
    assert await found(type="admin") == ["48289"]
    assert await found(type="member", enrollment_status="1") == ["1"]
    assert await found(type="admin,member", uid="2,48289") == ["2", "48289"]
    page = (await raw("GET", PATH, enrollment_status="1", limit=1)).json
    assert page["total"] == "2"
    assert "enrollment_status=1&start=1&limit=1" in page["links"]["next"]


async def test_create(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw("POST", PATH, {"uid": "48289", "admin": "0", "status": "1"})
    assert got.status == 201
    new = got.json
    link = {"links": {"self": f"{sandbox.base_url}{PATH}/{new['id']}"}}
    assert new == paths(LOGAN, new) | {"id": new["id"], "status": 1} | link
    assert sandbox.school.enrollments.creates == {"section/3719526/48289": 1}
    assert (await raw("POST", PATH, {"uid": "1", "admin": 0, "status": 1})).status == 404
    assert (await raw("POST", PATH, {"uid": "45552", "status": 1})).status == 400


async def test_bulk_create(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [
        {"uid": "48289", "admin": "0", "status": "1"},
        {"uid": 45552, "admin": 1, "status": 3},
        {"uid": "1", "admin": "0", "status": "1"},
        {"admin": "0", "status": "1"},
        {"uid": "48289", "admin": "2", "status": "1"},
        {"uid": "48289", "admin": "1", "status": "6"},
    ]
    got = results(await raw("POST", PATH, bulk(*rows)))
    enrollment = sandbox.school.enrollments.between("section", "3719526", "48289")
    assert enrollment is not None
    assert got[0] == {
        "response_code": 200,
        "id": enrollment.id,
        "uid": 48289,  # a number
        "location": f"{sandbox.base_url}{PATH}/{enrollment.id}",
    }
    assert [row["response_code"] for row in got] == [200, 200, 404, 400, 400, 400]
    assert len(sandbox.school.enrollments) == 2


@pytest.mark.parametrize(("quirk", "code"), [("rejected", 409), ("updated", 200)])
async def test_a_second_enrollment_of_a_person(
    raw: RawClient, sandbox: SchoologySandbox, quirk: Any, code: int
) -> None:
    sandbox.quirks.second_enrollment = quirk
    identity = enroll(sandbox)
    row = {"uid": "48289", "admin": "1", "status": "1"}
    assert [each["response_code"] for each in results(await raw("POST", PATH, bulk(row)))] == [code]
    assert sandbox.school.enrollments[identity].admin == int(quirk == "updated")
    assert len(sandbox.school.enrollments) == 1


async def test_bulk_create_in_sections_and_groups(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    rows = [
        {"realm": "section", "section_id": 3719526, "status": 1, "admin": 1, "uid": 45552},
        {"realm": "section", "section_id": "4318461", "status": 1, "admin": 0, "uid": 45552},
        {"realm": "group", "group_id": 65371, "status": 1, "admin": 1, "uid": 48289},
        {"realm": "group", "group_id": 1, "status": 1, "admin": 1, "uid": 48289},
        {"realm": "course", "course_id": 1, "status": 1, "admin": 1, "uid": 48289},
    ]
    got = results(await raw("POST", "enrollments", bulk(*rows)))
    first = sandbox.school.enrollments.between("section", "3719526", "45552")
    assert first is not None
    assert got[0] == {
        "response_code": 200,
        "location": f"{sandbox.base_url}{PATH}/{first.id}",
        "uid": 45552,
        "id": first.id,
        "realm": "section",
        "realm_id": "3719526",
    }
    assert [row["response_code"] for row in got] == [200, 200, 200, 404, 400]
    assert got[2]["realm_id"] == "65371"
    again = bulk(rows[0] | {"admin": 0}, rows[2])
    codes = [row["response_code"] for row in results(await raw("POST", "enrollments", again))]
    assert codes == [409, 409]
    codes = [
        row["response_code"]
        for row in results(await raw("POST", "enrollments", again, update_existing=1))
    ]
    assert codes == [200, 200]
    assert sandbox.school.enrollments[first.id].admin == 0
    assert set(sandbox.school.enrollments.creates.values()) == {1}


async def test_update(raw: RawClient, sandbox: SchoologySandbox) -> None:
    identity = enroll(sandbox)
    got = await raw("PUT", f"{PATH}/{identity}", {"uid": "48289", "status": "2"})
    assert (got.status, got.text) == (204, "")
    enrollment = sandbox.school.enrollments[identity]
    assert (enrollment.status, enrollment.admin) == (2, 0)
    assert (await raw("PUT", f"{PATH}/1", {"status": 1})).status == 404
    assert (await raw("PUT", f"{PATH}/{identity}", {"status": 0})).status == 400


async def test_bulk_update(raw: RawClient, sandbox: SchoologySandbox) -> None:
    ids = [enroll(sandbox), enroll(sandbox, "45552")]
    rows = [{"id": identity, "status": "2"} for identity in (*ids, "1")]
    got = results(await raw("PUT", PATH, bulk(*rows)))
    assert got[:2] == [{"response_code": 200, "id": identity} for identity in ids]
    assert got[2]["response_code"] == 404
    assert [one.status for one in sandbox.school.enrollments] == [2, 2]
    wrong = results(await raw("PUT", "sections/4318461/enrollments", bulk(rows[0])))
    assert wrong[0]["response_code"] == 404


async def test_delete(raw: RawClient, sandbox: SchoologySandbox) -> None:
    one, two, three = enroll(sandbox), enroll(sandbox, "45552"), enroll(sandbox, "7")
    got = await raw("DELETE", f"{PATH}/{one}")
    assert (got.status, got.text) == (204, "")
    got = results(await raw("DELETE", "enrollments", enrollment_ids=f"{two},{one}"))
    assert [row["response_code"] for row in got] == [200, 404]
    sandbox.quirks.bulk_delete_rows = False
    assert (await raw("DELETE", PATH, enrollment_ids=three)).status == 204
    assert len(sandbox.school.enrollments) == 0
    assert sandbox.school.enrollments.deletes["section/3719526/48289"] == 1
    assert (await raw("DELETE", "enrollments")).status == 400


async def test_an_access_code_enrolls_the_caller(raw: RawClient, sandbox: SchoologySandbox) -> None:
    section, group = sandbox.school.sections["3719526"], sandbox.school.groups["65371"]
    got = await raw("POST", "sections/3719526/accesscode", {"access_code": section.access_code})
    assert got.status == 201
    assert (got.json["uid"], got.json["admin"], got.json["status"]) == ("45552", 0, "1")
    # The documents do not say which of the two paths is right.
    got = await raw("POST", "groups/accesscode", {"access_code": group.access_code})
    assert got.status == 201
    for path in ("sections/4318461/accesscode", "groups/accesscode"):
        wrong = await raw("POST", path, {"access_code": section.access_code})
        assert wrong.status == 400
    assert {one.realm_id for one in sandbox.school.enrollments} == {"3719526", "65371"}


async def test_deactivating_a_person_ends_the_enrollments(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    identity = enroll(sandbox, admin=1)
    other = sandbox.school.enrollments.add("section", "4318461", "48289")
    await raw("DELETE", "users/48289", email_notification=0)
    assert (await raw("GET", PATH)).json["enrollment"] == []
    await raw("DELETE", "sections/4318461")
    body = {"user": [{"uid": "48289", "option_reenroll": "1"}]}
    await raw("PUT", "users/reactivate", body)
    (row,) = (await raw("GET", PATH)).json["enrollment"]
    assert (row["id"], row["admin"]) == (identity, 1)
    assert other.id not in sandbox.school.enrollments  # its section is gone


@pytest.mark.parametrize("reenroll", ["0", "1"])
async def test_kept_enrollments_stay_after_reactivation(
    raw: RawClient, sandbox: SchoologySandbox, reenroll: str
) -> None:
    identity = enroll(sandbox)
    await raw("DELETE", "users/48289", option_keep_enrollments=1, email_notification=0)
    (row,) = (await raw("GET", PATH)).json["enrollment"]
    assert (row["id"], row["name_last"]) == (identity, "Howlett")
    body = {"user": [{"uid": "48289", "option_reenroll": reenroll}]}
    await raw("PUT", "users/reactivate", body)
    assert len((await raw("GET", PATH)).json["enrollment"]) == 1


async def test_reactivation_restores_enrollments_only_on_request(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    enroll(sandbox)
    await raw("DELETE", "users/48289", email_notification=0)
    await raw("PUT", "users/reactivate", {"user": [{"uid": "48289", "option_reenroll": "0"}]})
    assert (await raw("GET", PATH)).json["enrollment"] == []
