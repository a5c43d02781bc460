"""``schoology.search``, with a server on this machine."""

from __future__ import annotations

import pytest

from lms_async import UnexpectedResponse
from lms_async.errors import Forbidden
from tests.schoology.scripted import Scripted


async def test_search(scripted: Scripted) -> None:
    ada = {"uid": "7", "name": "Ada Okafor"}
    scripted.answers["GET search"] = {
        "users": {"search_result": [ada], "total": 31, "links": {}},
        "groups": {"search_result": [], "total": 0, "links": {}},
        "courses": {"search_result": {"id": 5, "course_title": "Adages"}, "total": "1"},
    }
    found = await scripted.schoology.search("Ada")
    assert scripted.last.query == {"keywords": "Ada", "page": "0"}
    assert found.users is not None
    assert found.users.search_result is not None
    assert (found.users.search_result[0].uid, found.users.total) == ("7", 31)
    assert found.groups is not None
    assert found.groups.search_result == []
    assert found.courses is not None
    assert found.courses.search_result is not None
    assert [course.id for course in found.courses.search_result] == ["5"]


async def test_search_for_one_kind(scripted: Scripted) -> None:
    scripted.answers["GET search"] = {"groups": {"search_result": [], "total": 0}}
    found = await scripted.schoology.search("Ada", type="group", page=2)
    assert (found.users, found.courses) == (None, None)
    assert scripted.last.query == {"keywords": "Ada", "type": "group", "page": "2"}


async def test_search_refused(scripted: Scripted) -> None:
    scripted.answers["GET search"] = 403
    with pytest.raises(Forbidden):
        await scripted.schoology.search("Ada")
    scripted.answers["GET search"] = {"id": "1", "title": "the school itself"}
    with pytest.raises(UnexpectedResponse, match="no results"):
        await scripted.schoology.search("Ada")
