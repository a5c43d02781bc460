"""``schoology.enrollments``, with a server on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import InvalidInput, UnexpectedResponse
from schoology_async import EnrollmentCreate, EnrollmentUpdate
from tests.schoology.scripted import RecordedRequest, Scripted

ROW = {"id": "438", "uid": "45552", "admin": 1, "status": "1", "name_title_show": "0"}
REALMS: list[tuple[dict[str, Any], str]] = [
    ({"section_id": 43}, "sections/43"),
    ({"group_id": "12"}, "groups/12"),
]
EITHER = pytest.mark.parametrize(("realm", "path"), REALMS)


@EITHER
async def test_list(scripted: Scripted, realm: dict[str, Any], path: str) -> None:
    scripted.answers[f"GET {path}/enrollments"] = {"enrollment": [ROW], "links": {}}
    (row,) = await scripted.schoology.enrollments.list(**realm)
    assert (row.id, row.uid, row.admin, row.status) == ("438", "45552", True, 1)
    assert scripted.last.query == {"enrollment_status": "1,2,3,4,5", "limit": "200"}
    await scripted.schoology.enrollments.list(
        **realm, uids=[1, "2"], enrollment_status=[1, 5], type="member", picture_size="sm"
    )
    assert scripted.last.query == {
        "enrollment_status": "1,5",
        "type": "member",
        "picture_size": "sm",
        "limit": "200",
        "uid": "1,2",
    }


async def test_list_of_any_number_of_uids(scripted: Scripted) -> None:
    def found(query: dict[str, str]) -> Any:
        rows = [{"id": uid, "uid": uid} for uid in query["uid"].split(",")]
        return {"enrollment": rows, "links": {}}

    scripted.answers["GET sections/43/enrollments"] = found
    rows = await scripted.schoology.enrollments.list(section_id=43, uids=range(1, 121))
    assert [row.uid for row in rows] == [str(number) for number in range(1, 121)]
    assert len(scripted.requests) == 3


@EITHER
async def test_get(scripted: Scripted, realm: dict[str, Any], path: str) -> None:
    scripted.answers[f"GET {path}/enrollments/438"] = ROW
    assert (await scripted.schoology.enrollments.get(438, **realm)).uid == "45552"
    scripted.answers[f"GET {path}/enrollments/9"] = {"id": "9", "section_title": "the section"}
    with pytest.raises(UnexpectedResponse):
        await scripted.schoology.enrollments.get(9, **realm)


@EITHER
async def test_create(scripted: Scripted, realm: dict[str, Any], path: str) -> None:
    scripted.answers[f"POST {path}/enrollments"] = {**ROW, "status": 1}
    made = await scripted.schoology.enrollments.create(
        EnrollmentCreate(uid=45552, admin=True, status=1, **realm), **realm
    )
    assert made.id == "438"
    sent = {"uid": "45552", "admin": 1, "status": 1}
    assert scripted.last == RecordedRequest("POST", f"{path}/enrollments", {}, sent)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"uid": 1, "admin": "maybe", "status": 1}, "admin"),
        ({"uid": 1, "admin": 2, "status": 1}, "admin"),
        ({"uid": 1, "admin": 0, "status": 6}, "status"),
        ({"uid": 1, "admin": 0, "status": ""}, "status"),
        ({"uid": 1, "admin": 0}, "status"),
        ({"uid": "Ada", "admin": 0, "status": "1"}, "uid"),
        ({"uid": 1, "admin": 0, "status": "1", "section_id": 44}, "section_id"),
        ({"uid": 1, "admin": 0, "status": "1", "group_id": 43}, "group_id"),
    ],
)
async def test_create_checks_before_it_sends(scripted: Scripted, wrong: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await scripted.schoology.enrollments.create(wrong, section_id=43)
    assert list(refused.value.fields) == [field]
    assert scripted.requests == []


@EITHER
async def test_update(scripted: Scripted, realm: dict[str, Any], path: str) -> None:
    scripted.answers[f"PUT {path}/enrollments/438"] = 204
    await scripted.schoology.enrollments.update(438, EnrollmentUpdate(status=2), **realm)
    assert scripted.last.body == {"status": 2}
    named = {"id": "438", "status": 2, **realm}  # like a row of update_many
    await scripted.schoology.enrollments.update(438, named, **realm)  # type: ignore[arg-type]
    assert scripted.last.body == {"status": 2}
    with pytest.raises(InvalidInput, match="section_id: differs"):
        await scripted.schoology.enrollments.update(438, {"section_id": 9, "status": 2}, **realm)


@EITHER
async def test_delete(scripted: Scripted, realm: dict[str, Any], path: str) -> None:
    scripted.answers[f"DELETE {path}/enrollments/438"] = 204
    await scripted.schoology.enrollments.delete(438, **realm)
    assert scripted.last == RecordedRequest("DELETE", f"{path}/enrollments/438", {}, None)


@EITHER
async def test_redeem_access_code(scripted: Scripted, realm: dict[str, Any], path: str) -> None:
    scripted.answers[f"POST {path}/accesscode"] = ROW
    made = await scripted.schoology.enrollments.redeem_access_code(" GBMWW-2QKN5 ", **realm)
    assert made.uid == "45552"
    assert scripted.last.body == {"access_code": "GBMWW-2QKN5"}
    with pytest.raises(InvalidInput):
        await scripted.schoology.enrollments.redeem_access_code(" ", **realm)


@pytest.mark.parametrize("realm", [{}, {"section_id": 43, "group_id": 12}])
async def test_exactly_one_of_section_id_and_group_id_is_required(
    scripted: Scripted, realm: dict[str, Any]
) -> None:
    enrollments = scripted.schoology.enrollments
    with pytest.raises(InvalidInput, match="section_id"):
        enrollments.list(**realm)
    for call in (
        enrollments.get(1, **realm),
        enrollments.create({"uid": 1, "admin": False, "status": 1}, **realm),
        enrollments.update(1, {"status": 2}, **realm),
        enrollments.delete(1, **realm),
        enrollments.redeem_access_code("X", **realm),
    ):
        with pytest.raises(InvalidInput, match="section_id"):
            await call
    assert scripted.requests == []


async def test_list_refuses_ids_that_the_filter_does_not_support(scripted: Scripted) -> None:
    for uids in ([], ["1,2"], [""]):
        with pytest.raises(InvalidInput, match="uid"):
            scripted.schoology.enrollments.list(section_id=43, uids=uids)
    with pytest.raises(InvalidInput, match="section_id: must be a whole number"):
        scripted.schoology.enrollments.list(section_id="one")
