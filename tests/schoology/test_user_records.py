"""The records of one user: sections, groups, grades, connections and invites."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import InvalidInput
from tests.schoology.scripted import RecordedRequest, Scripted


async def test_sections(scripted: Scripted) -> None:
    row = {"id": "43", "parent_id": "0", "meeting_days": [""], "subject_area": 3}
    scripted.answers["GET users/7/sections"] = {"section": [row], "links": {}}
    (section,) = await scripted.schoology.users.sections(7)
    assert (section.id, section.subject_area, section.meeting_days) == ("43", 3, ())
    assert scripted.last.query == {"limit": "200"}
    await scripted.schoology.users.sections(7, include_past=True)
    assert scripted.last.query == {"limit": "200", "include_past": "1"}


async def test_groups(scripted: Scripted) -> None:
    scripted.answers["GET users/7/groups"] = {"group": [{"id": "12", "admin": 1}], "links": {}}
    (group,) = await scripted.schoology.users.groups(7)
    assert (group.id, group.admin) == ("12", True)


async def test_grades(scripted: Scripted) -> None:
    row = {"section_id": "43", "period": [{"period_id": "p1"}]}
    scripted.answers["GET users/7/grades"] = {"section": [row], "links": {}}
    (grades,) = await scripted.schoology.users.grades(
        7,
        section_id=43,
        grading_period_ids=[4, "final"],
        timestamp=1316000000,
        include_all_enrollments=True,
    )
    assert (grades.section_id, grades.extra) == ("43", {"period": [{"period_id": "p1"}]})
    assert scripted.last.query == {
        "section_id": "43",
        "grading_period_ids": "4,final",
        "timestamp": "1316000000",
        "include_all_enrollments": "1",
    }


def thirty_a_page(*, links: bool, host: str) -> Any:
    everyone = [{"uid": str(number)} for number in range(65)]

    def answer(query: dict[str, str]) -> Any:
        page = int(query["page"])
        rows = everyone[page * 30 : page * 30 + 30]
        payload: dict[str, Any] = {"user": rows, "total": "65"}
        if links:
            following = {"next": f"http://{host}/v1/users/7/network?page={page + 1}"}
            payload["links"] = following if page < 2 else {}
        elif not rows:
            del payload["user"]
        return payload

    return answer


@pytest.mark.parametrize("links", [True, False])
async def test_network(scripted: Scripted, links: bool) -> None:
    host = scripted.schoology.base_url.removeprefix("http://").partition("/")[0]
    scripted.answers["GET users/7/network"] = thirty_a_page(links=links, host=host)
    connections = await scripted.schoology.users.network(7)
    assert [one.uid for one in connections] == [str(number) for number in range(65)]
    pages = [one.query["page"] for one in scripted.requests]
    assert pages == ["0", "1", "2"] if links else pages == ["0", "1", "2", "3"]
    await scripted.schoology.users.network(7, search="Ada")
    assert {"search": "Ada", "page": "0"} in [one.query for one in scripted.requests]


async def test_friend_requests(scripted: Scripted) -> None:
    row = {"id": "1", "requester_id": 8, "created": 1316000000}
    scripted.answers["GET users/7/requests/friends"] = {"request": [row]}
    (request,) = await scripted.schoology.users.friend_requests(7, created_offset="-2 weeks")
    assert (request.id, request.requester_id, request.created) == ("1", "8", "1316000000")
    assert scripted.requests[0].query == {"created_offset": "-2 weeks"}


@pytest.mark.parametrize(("accept", "word"), [(True, "accept"), (False, "deny")])
async def test_answer_friend_request(scripted: Scripted, accept: bool, word: str) -> None:
    scripted.answers["PUT users/7/requests/friends/1"] = 204
    await scripted.schoology.users.answer_friend_request(7, 1, accept=accept)
    sent = {"request_action": word}
    assert scripted.last == RecordedRequest("PUT", "users/7/requests/friends/1", {}, sent)
    with pytest.raises(InvalidInput, match="accept"):
        await scripted.schoology.users.answer_friend_request(7, 1, accept="deny")  # type: ignore[arg-type]


async def test_invites(scripted: Scripted) -> None:
    scripted.answers["GET users/7/invites/groups"] = {"invite": [{"id": 1, "group_id": "12"}]}
    (invite,) = await scripted.schoology.users.invites(7, "groups")
    assert (invite.id, invite.group_id, invite.section_id) == ("1", "12", None)
    with pytest.raises(InvalidInput, match="realm"):
        scripted.schoology.users.invites(7, "courses")  # type: ignore[arg-type]


@pytest.mark.parametrize(("accept", "word"), [(True, "accept"), (False, "deny")])
async def test_answer_invite(scripted: Scripted, accept: bool, word: str) -> None:
    scripted.answers["PUT users/7/invites/sections/1"] = 204
    await scripted.schoology.users.answer_invite(7, "sections", 1, accept=accept)
    sent = {"invite": {"invite_action": word}}
    assert scripted.last == RecordedRequest("PUT", "users/7/invites/sections/1", {}, sent)
