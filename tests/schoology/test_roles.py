"""``schoology.roles``, with a server on this machine."""

from __future__ import annotations

import pytest

from lms_async import InvalidInput, NotFound, UnexpectedResponse
from tests.schoology.scripted import Scripted

TEACHER = {"id": 1215, "title": "Teacher", "faculty": 1, "role_type": 1}


@pytest.mark.parametrize(
    ("payload", "ids"),
    [
        ({"role": [TEACHER]}, ["1215"]),
        ({"role": [TEACHER], "building_role": [{"id": "9", "role_type": 2}]}, ["1215", "9"]),
        ({"role": TEACHER, "building_role": []}, ["1215"]),
        ({"role": []}, []),
    ],
)
async def test_list(scripted: Scripted, payload: dict[str, object], ids: list[str]) -> None:
    scripted.answers["GET roles"] = payload
    roles = await scripted.schoology.roles.list()
    assert [role.id for role in roles] == ids
    assert all(role.faculty is True for role in roles[:1])


async def test_list_needs_the_key_of_the_list(scripted: Scripted) -> None:
    scripted.answers["GET roles"] = {"id": "1", "title": "a school"}
    with pytest.raises(UnexpectedResponse, match="role"):
        await scripted.schoology.roles.list()


async def test_get(scripted: Scripted) -> None:
    scripted.answers["GET roles/1215"] = TEACHER
    role = await scripted.schoology.roles.get(1215)
    assert (role.id, role.title, role.faculty, role.role_type) == ("1215", "Teacher", True, 1)
    with pytest.raises(NotFound):
        await scripted.schoology.roles.get("7")
    with pytest.raises(InvalidInput, match="role_id: must be a whole number"):
        await scripted.schoology.roles.get("Teacher")
    assert len(scripted.requests) == 2
