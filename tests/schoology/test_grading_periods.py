"""``schoology.grading_periods``, with a server on this machine."""

from __future__ import annotations

from datetime import date

import pytest

from lms_async import InvalidInput
from schoology_async import GradingPeriodCreate, GradingPeriodUpdate
from tests.schoology.scripted import RecordedRequest, Scripted

FALL = {"id": 13011, "title": "Fall", "start": "2012-09-17", "end": "2012-12-21", "active": "1"}


async def test_list(scripted: Scripted) -> None:
    scripted.answers["GET gradingperiods"] = {"total": 1, "gradingperiods": [FALL]}
    (fall,) = await scripted.schoology.grading_periods.list(title="Fa", startswith=True)
    assert (fall.id, fall.start, fall.active) == ("13011", date(2012, 9, 17), True)
    assert scripted.requests[0].query == {"title": "Fa", "startswith": "1", "limit": "200"}
    scripted.answers["GET gradingperiods"] = {"total": 0}
    assert await scripted.schoology.grading_periods.list() == []
    assert scripted.last.query == {"limit": "200"}


async def test_create(scripted: Scripted) -> None:
    scripted.answers["POST gradingperiods"] = {**FALL, "id": "13011", "links": {}}
    period = GradingPeriodCreate(title="Fall", start=date(2012, 9, 17), end=date(2012, 12, 21))
    made = await scripted.schoology.grading_periods.create(period)
    assert made.id == "13011"
    sent = {"title": "Fall", "start": "2012-09-17", "end": "2012-12-21"}
    assert scripted.last == RecordedRequest("POST", "gradingperiods", {}, sent)
    with pytest.raises(InvalidInput) as refused:
        await scripted.schoology.grading_periods.create({"title": "", "start": "soon"})  # type: ignore[typeddict-item]
    assert set(refused.value.fields) == {"title", "start", "end"}


async def test_get(scripted: Scripted) -> None:
    scripted.answers["GET gradingperiods/13011"] = {**FALL, "parent": "7", "has_children": False}
    period = await scripted.schoology.grading_periods.get(13011)
    assert (period.parent, period.has_children) == ("7", False)


async def test_update(scripted: Scripted) -> None:
    scripted.answers["PUT gradingperiods/13011"] = 204
    changes = GradingPeriodUpdate(end=date(2012, 12, 20))
    await scripted.schoology.grading_periods.update("13011", changes)
    assert scripted.last.body == {"end": "2012-12-20"}


async def test_delete(scripted: Scripted) -> None:
    scripted.answers["DELETE gradingperiods/13011"] = 204
    await scripted.schoology.grading_periods.delete("13011")
    assert scripted.last == RecordedRequest("DELETE", "gradingperiods/13011", {}, None)
