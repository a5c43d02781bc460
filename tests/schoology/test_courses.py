"""``schoology.courses``, with a server on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import InvalidInput, OutcomeUnknown
from lms_async.errors import InvalidResponse
from schoology_async import CourseCreate, CourseUpdate, SectionCreate
from tests.schoology.scripted import RecordedRequest, Scripted

PHYSICS = {"id": 1407691, "title": "Physics", "course_code": "PHY", "credits": 0.5, "synced": 0}


async def test_list(scripted: Scripted) -> None:
    def pages(query: dict[str, str]) -> Any:
        start = int(query.get("start", 0))
        rows = [{**PHYSICS, "id": number} for number in range(5)][start : start + 2]
        following = {"next": f"http://{{host}}/v1/courses?start={start + 2}&limit=2"}
        return {"course": rows, "total": "5", "links": {} if start > 2 else following}

    scripted.answers["GET courses"] = lambda query: _here(scripted, pages(query))
    courses = await scripted.schoology.courses.list(
        building_id=7, fetch_district_course_name=True, page_size=2
    )
    assert [course.id for course in courses] == ["0", "1", "2", "3", "4"]
    assert scripted.requests[0].query == {
        "building_id": "7",
        "fetch_district_course_name": "1",
        "limit": "2",
    }


def _here(scripted: Scripted, payload: Any) -> Any:
    host = scripted.schoology.base_url.removeprefix("http://").partition("/")[0]
    if link := payload["links"].get("next"):
        payload["links"]["next"] = link.format(host=host)
    return payload


async def test_create(scripted: Scripted) -> None:
    scripted.answers["POST courses"] = PHYSICS
    course = CourseCreate(
        title="Physics", course_code=" PHY ", grade_level_range_start=3, subject_area=5, synced=True
    )
    made = await scripted.schoology.courses.create(course)
    assert (made.id, made.credits, made.synced) == ("1407691", 0.5, False)
    sent = {
        "title": "Physics",
        "course_code": "PHY",
        "grade_level_range_start": 3,
        "subject_area": 5,
        "synced": 1,
    }
    assert scripted.last == RecordedRequest("POST", "courses", {}, sent)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"course_code": "PHY"}, {"title"}),
        ({"title": "P", "course_code": "#N/A"}, {"course_code"}),
        ({"title": "P", "course_code": "PHY", "subject_area": 10}, {"subject_area"}),
        ({"title": "P", "course_code": "PHY", "subject_area": True}, {"subject_area"}),
        ({"title": "P", "course_code": "PHY", "building_id": "North"}, {"building_id"}),
        ({"title": "P", "course_code": "PHY", "synced": "perhaps"}, {"synced"}),
        ({"title": "P", "course_code": "PHY", "sections": []}, {"sections"}),
        (
            {
                "title": "P",
                "course_code": "PHY",
                "sections": [{"title": "1", "grading_periods": [1]}, {"section_code": "2"}],
            },
            {"sections[0].section_code", "sections[1].title", "sections[1].grading_periods"},
        ),
    ],
)
async def test_create_checks_before_it_sends(
    scripted: Scripted, wrong: Any, fields: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await scripted.schoology.courses.create(wrong)
    assert set(refused.value.fields) == fields
    assert scripted.requests == []


async def test_create_refuses_sections(scripted: Scripted) -> None:
    section = SectionCreate(title="1", section_code="1", grading_periods=[1])
    course = CourseCreate(title="P", course_code="PHY", sections=[section])
    with pytest.raises(InvalidInput, match="create_many"):
        await scripted.schoology.courses.create(course)


async def test_create_is_not_sent_again(scripted: Scripted) -> None:
    scripted.answers["POST courses"] = 502
    with pytest.raises(OutcomeUnknown):
        await scripted.schoology.courses.create({"title": "P", "course_code": "PHY"})
    assert len(scripted.requests) == 1


async def test_get(scripted: Scripted) -> None:
    scripted.answers["GET courses/1407691"] = PHYSICS
    assert (await scripted.schoology.courses.get("1407691")).course_code == "PHY"
    scripted.answers["GET courses/5"] = PHYSICS
    with pytest.raises(InvalidResponse, match="another record"):
        await scripted.schoology.courses.get("5")


async def test_update(scripted: Scripted) -> None:
    scripted.answers["PUT courses/5"] = 204
    await scripted.schoology.courses.update(5, CourseUpdate(id="5", department=None, credits=1))
    assert scripted.last.body == {"department": None, "credits": 1.0}
    with pytest.raises(InvalidInput, match="id: differs"):
        await scripted.schoology.courses.update(5, {"id": 6, "title": "P"})


async def test_delete(scripted: Scripted) -> None:
    scripted.answers["DELETE courses/5"] = 204
    await scripted.schoology.courses.delete(5)
    assert scripted.last == RecordedRequest("DELETE", "courses/5", {}, None)
