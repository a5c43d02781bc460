"""``schoology.groups``, with a server on this machine."""

from __future__ import annotations

import pytest

from lms_async import InvalidInput
from schoology_async import GroupCreate, GroupOptionsUpdate, GroupUpdate
from tests.schoology.scripted import RecordedRequest, Scripted

CHESS = {"id": "12", "title": "Chess", "category": None, "options": {"invite_type": 2}}


async def test_list(scripted: Scripted) -> None:
    scripted.answers["GET groups"] = {"group": [CHESS], "total": 1, "links": {}}
    (chess,) = await scripted.schoology.groups.list(building_id=7)
    assert (chess.id, chess.category) == ("12", None)
    assert chess.options is not None
    assert chess.options.invite_type == 2
    assert scripted.last.query == {"building_id": "7", "limit": "200"}


async def test_create(scripted: Scripted) -> None:
    scripted.answers["POST groups"] = {**CHESS, "links": {}}
    group = GroupCreate(
        title="Chess",
        group_code="C-1",
        privacy_level="school",
        options=GroupOptionsUpdate(invite_type=2, create_files=False),
    )
    assert (await scripted.schoology.groups.create(group)).id == "12"
    sent = {
        "title": "Chess",
        "group_code": "C-1",
        "privacy_level": "school",
        "options": {"invite_type": 2, "create_files": 0},
    }
    assert scripted.last == RecordedRequest("POST", "groups", {}, sent)
    with pytest.raises(InvalidInput, match="privacy_level: must be one of everyone"):
        await scripted.schoology.groups.create({"title": "Chess", "privacy_level": "custom"})  # type: ignore[typeddict-item]


async def test_get(scripted: Scripted) -> None:
    scripted.answers["GET groups/12"] = CHESS
    assert (await scripted.schoology.groups.get(12, picture_size="big")).title == "Chess"
    assert scripted.last.query == {"picture_size": "big"}


async def test_update(scripted: Scripted) -> None:
    scripted.answers["PUT groups/12"] = 204
    await scripted.schoology.groups.update(12, {"options": {"member_post": True}})
    assert scripted.last.body == {"options": {"member_post": 1}}
    await scripted.schoology.groups.update(12, GroupUpdate(title="Go"))
    assert scripted.last.body == {"title": "Go"}


async def test_delete(scripted: Scripted) -> None:
    scripted.answers["DELETE groups/12"] = 204
    await scripted.schoology.groups.delete(12)
    assert scripted.last == RecordedRequest("DELETE", "groups/12", {}, None)


async def test_categories(scripted: Scripted) -> None:
    row = {"id": "advising", "title": "Advising Groups"}
    scripted.answers["GET groups/categories"] = {"category": [row]}
    (category,) = await scripted.schoology.groups.categories()
    assert (category.id, category.title) == ("advising", "Advising Groups")
