"""Compare the sandbox's groups with the samples of the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import paths, within

NEWS: dict[str, Any] = {
    "id": "5604383",
    "title": "Google News group",
    "description": "Google News group",
    "website": "",
    "access_code": "H2QSM-CJPXD",
    "category": "",
    "options": {
        "member_post": 1,
        "member_post_comment": 1,
        "create_discussion": 1,
        "create_files": 0,
        "invite_type": 0,
    },
    "group_code": "",
    "picture_url": "http://...group-default.gif",
    "school_id": "344232",
    "building_id": "344232",
}


@pytest.fixture(autouse=True)
def group(sandbox: SchoologySandbox) -> None:
    sandbox.school.groups.add(NEWS)


async def test_list_and_view(raw: RawClient, sandbox: SchoologySandbox) -> None:
    body = (await raw("GET", "groups")).json
    (row,) = body["group"]
    assert within(row, NEWS) == paths(NEWS, row)
    assert row["links"] == {"self": f"{sandbox.base_url}groups/5604383"}
    assert "admin" not in row
    assert body["total"] == 1  # a number
    one = (await raw("GET", "groups/5604383")).json
    assert within(one, NEWS) == paths(NEWS, one)
    assert "links" not in one
    assert (one["admin"], one["privacy_level"]) == (1, "school")
    assert (await raw("GET", "groups/1")).status == 404
    other = sandbox.school.groups.add(title="B", building_id=5).id
    found = (await raw("GET", "groups", building_id="5")).json["group"]
    assert [row["id"] for row in found] == [other]


async def test_only_administrators_of_a_group_see_its_access_code(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    uid = sandbox.school.add(school_uid="S1").uid
    send = {"X-Schoology-Run-As": uid}
    one = (await raw("GET", "groups/5604383", send=send)).json
    assert (one["access_code"], one["admin"]) == (None, 0)
    sandbox.school.enrollments.add("group", "5604383", uid, admin=1)
    one = (await raw("GET", "groups/5604383", send=send)).json
    assert (one["access_code"] is not None, one["admin"]) == (True, 1)


async def test_create(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw(
        "POST", "groups", {"title": "Google News", "description": "discuss latest news"}
    )
    assert got.status == 201
    new = got.json
    changed = {
        "id": new["id"],
        "title": "Google News",
        "description": "discuss latest news",
        "category": None,
        "options": NEWS["options"] | {"create_discussion": 0},
    }
    assert within(new, NEWS) == paths(NEWS, new) | changed
    assert new["links"] == {"self": f"{sandbox.base_url}groups/{new['id']}"}
    assert sandbox.school.groups.creates == {"Google News": 1}
    for wrong in (
        {},
        {"title": "A", "privacy_level": "custom"},  # can be read and not written
        {"title": "A", "options": {"invite_type": 3}},
    ):
        assert (await raw("POST", "groups", wrong)).status == 400


async def test_update_and_delete(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.school.enrollments.add("group", "5604383", "45552")
    changes = {"title": "New", "options": {"invite_type": 2}, "category": "alumni"}
    assert (await raw("PUT", "groups/5604383", changes)).status == 204
    group = sandbox.school.groups["5604383"]
    assert (group.title, group.category) == ("New", "alumni")
    assert group.options == NEWS["options"] | {"invite_type": 2}
    assert (await raw("DELETE", "groups/5604383")).status == 204
    assert not sandbox.school.enrollments.of_user("45552")
    assert (await raw("DELETE", "groups/5604383")).status == 404
    assert sandbox.school.groups.deletes == {"New": 1}


async def test_categories(raw: RawClient) -> None:
    rows = (await raw("GET", "groups/categories")).json["category"]
    assert rows[:2] == [
        {"id": "abroad", "title": "Abroad/Overseas Groups"},
        {"id": "advising", "title": "Advising Groups"},
    ]
    assert [row["id"] for row in rows[2:]] == ["alumni", "career", "extracurricular"]


async def test_members_of_a_group(raw: RawClient) -> None:
    path = "groups/5604383/enrollments"
    new = (await raw("POST", path, {"uid": "45552", "admin": 1, "status": 1})).json
    (row,) = (await raw("GET", path)).json["enrollment"]
    assert (row["id"], row["uid"], row["admin"]) == (new["id"], "45552", 1)


async def test_an_unknown_path_below_a_group_answers_with_the_group(raw: RawClient) -> None:
    got = await raw("GET", "groups/5604383/members")
    assert (got.status, got.json["id"]) == (200, "5604383")
    assert (await raw("GET", "groups/1/members")).status == 404
