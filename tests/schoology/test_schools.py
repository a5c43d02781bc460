"""``schoology.schools``, with a server on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import InvalidInput, NotFound
from schoology_async import SchoolCreate, SchoolUpdate
from tests.schoology.scripted import Answer, RecordedRequest, Scripted

ROWS: list[dict[str, Any]] = [{"id": str(number), "title": f"S{number}"} for number in range(5)]


def paged(key: str) -> Answer:
    """Return the answer of a paged list that has neither ``total`` nor ``links``."""

    def answer(query: dict[str, str]) -> Any:
        start = int(query.get("start", 0))
        return {key: ROWS[start : start + int(query["limit"])]}

    return answer


#: The documents do not say whether these lists have pages: whatever the vendor does, all rows come.
WAYS: dict[str, Any] = {
    "without pages": lambda key: {key: ROWS},
    "one row": lambda key: {key: ROWS[:1]},
    "one bare row": lambda key: {key: ROWS[0]},
    "pages": paged,
    "links": lambda key: {key: ROWS, "links": {"self": "x"}},
    "a total": lambda key: {key: ROWS, "total": "5"},
    "none": lambda key: {key: []},
    "none, without the key": lambda key: {"total": 0},
}
COUNTS = {"one row": 1, "one bare row": 1, "none": 0, "none, without the key": 0}


@pytest.mark.parametrize("way", WAYS)
async def test_list(scripted: Scripted, way: str) -> None:
    scripted.answers["GET schools"] = WAYS[way]("school")
    schools = await scripted.schoology.schools.list(page_size=2)
    assert [school.id for school in schools] == [str(n) for n in range(COUNTS.get(way, 5))]
    assert scripted.requests[0].query == {"limit": "2"}


@pytest.mark.parametrize("way", WAYS)
async def test_list_buildings(scripted: Scripted, way: str) -> None:
    scripted.answers["GET schools/7/buildings"] = WAYS[way]("building")
    buildings = await scripted.schoology.buildings.list(7, page_size=2)
    assert [building.id for building in buildings] == [str(n) for n in range(COUNTS.get(way, 5))]


async def test_create(scripted: Scripted) -> None:
    scripted.answers["POST schools"] = {**ROWS[1], "fax": None, "links": {}}
    made = await scripted.schoology.schools.create(SchoolCreate(title="S1", city="Salem"))
    assert (made.id, made.title) == ("1", "S1")
    assert scripted.last == RecordedRequest("POST", "schools", {}, {"title": "S1", "city": "Salem"})
    with pytest.raises(InvalidInput, match="title: is needed"):
        await scripted.schoology.schools.create({"city": "Salem"})  # type: ignore[typeddict-item]


async def test_create_building(scripted: Scripted) -> None:
    scripted.answers["POST schools/7/buildings"] = {**ROWS[1], "building_code": "N"}
    made = await scripted.schoology.buildings.create(7, {"title": "S1", "building_code": "N"})
    assert made.building_code == "N"
    assert scripted.last.body == {"title": "S1", "building_code": "N"}


async def test_get(scripted: Scripted) -> None:
    scripted.answers["GET schools/1"] = ROWS[1]
    assert (await scripted.schoology.schools.get("1")).title == "S1"
    with pytest.raises(NotFound):
        await scripted.schoology.schools.get(2)


async def test_update(scripted: Scripted) -> None:
    scripted.answers["PUT schools/1"] = 204
    await scripted.schoology.schools.update(1, SchoolUpdate(phone=None, city=""))
    assert scripted.last.body == {"phone": None, "city": ""}
    with pytest.raises(InvalidInput, match="nothing to change"):
        await scripted.schoology.schools.update(1, {})


async def test_delete(scripted: Scripted) -> None:
    scripted.answers["DELETE schools/1"] = 204
    await scripted.schoology.schools.delete(1)
    assert scripted.last == RecordedRequest("DELETE", "schools/1", {}, None)
