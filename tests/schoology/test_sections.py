"""``schoology.sections``, with a server on this machine."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from lms_async import InvalidInput, NotFound, UnexpectedResponse
from lms_async.errors import ApiError, InvalidResponse
from schoology_async import SectionCreate, SectionOptionsUpdate, SectionUpdate
from tests.schoology.scripted import RecordedRequest, Scripted

ONE = {"id": "43", "section_title": "One", "section_school_code": "S/1", "grading_periods": [4]}


async def test_list(scripted: Scripted) -> None:
    scripted.answers["GET courses/5/sections"] = {"section": [ONE], "total": "1", "links": {}}
    (one,) = await scripted.schoology.sections.list(5)
    assert (one.id, one.grading_periods) == ("43", ("4",))
    assert scripted.last.query == {
        "limit": "200"
    }  # any value of include_past would add past sections
    await scripted.schoology.sections.list(5, include_past=True)
    assert scripted.last.query == {"limit": "200", "include_past": "1"}


async def test_list_by_school_codes(scripted: Scripted) -> None:
    def found(query: dict[str, str]) -> Any:
        codes = query["section_school_codes"].split(",")
        return {"section": [{"id": code[1:], "section_school_code": code} for code in codes]}

    scripted.answers["GET sections"] = lambda query: {**found(query), "total": 1, "links": {}}
    codes = [f"S{number}" for number in range(120)]
    sections = await scripted.schoology.sections.list_by_school_codes([*codes, "S7"])
    assert [section.section_school_code for section in sections] == codes
    counts = [one.query["section_school_codes"].count(",") + 1 for one in scripted.requests]
    assert counts == [50, 50, 20]


@pytest.mark.parametrize("codes", [[], ["a,b"], [" "], "abc", [None]])
async def test_list_by_school_codes_refuses_codes_that_the_filter_does_not_support(
    scripted: Scripted, codes: Any
) -> None:
    with pytest.raises(InvalidInput, match="section_school_code"):
        scripted.schoology.sections.list_by_school_codes(codes)


async def test_get(scripted: Scripted) -> None:
    scripted.answers["GET sections/43"] = ONE
    assert (await scripted.schoology.sections.get(43)).section_title == "One"
    await scripted.schoology.sections.get(43, picture_size="tiny")
    assert scripted.last.query == {"picture_size": "tiny"}
    with pytest.raises(InvalidInput, match="section_id: must be a whole number"):
        await scripted.schoology.sections.get("one")


async def test_get_by_school_code(scripted: Scripted) -> None:
    scripted.answers["GET sections/ext/S/1"] = ONE  # recorded paths are decoded
    assert (await scripted.schoology.sections.get_by_school_code("S/1")).id == "43"
    with pytest.raises(NotFound):
        await scripted.schoology.sections.get_by_school_code("S2")


async def test_create(scripted: Scripted) -> None:
    scripted.answers["POST courses/5/sections"] = {**ONE, "synced": None, "meeting_days": [""]}
    section = SectionCreate(
        title="One",
        section_school_code="S/1",
        grading_periods=["4", 5],
        course_id="5",
        meeting_days=[1, 3],
        start_time=time(8, 30),
        end_time="9:15",
        options=SectionOptionsUpdate(upload_document=True, course_format=2),
    )
    made = await scripted.schoology.sections.create(5, section)
    assert (made.id, made.synced, made.meeting_days) == ("43", None, ())
    sent = {
        "title": "One",
        "section_school_code": "S/1",
        "grading_periods": [4, 5],
        "meeting_days": [1, 3],
        "start_time": "08:30",
        "end_time": "09:15",
        "options": {"upload_document": 1, "course_format": 2},
    }
    assert scripted.last == RecordedRequest("POST", "courses/5/sections", {}, sent)
    # The cells of a file are text.
    row: Any = {"title": "One", "section_code": "1", "grading_periods": "4, 5"}
    await scripted.schoology.sections.create(5, row)
    assert scripted.last.body["grading_periods"] == [4, 5]


GOOD: dict[str, Any] = {"title": "One", "section_code": "1", "grading_periods": [4]}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "One", "grading_periods": [4]}, "section_code"),
        ({**GOOD, "section_code": " "}, "section_code"),
        ({**GOOD, "grading_periods": []}, "grading_periods"),
        ({**GOOD, "grading_periods": ["Fall"]}, "grading_periods"),
        ({**GOOD, "grading_periods": [True]}, "grading_periods"),
        ({**GOOD, "grading_periods": ["9" * 5000]}, "grading_periods"),
        ({**GOOD, "start_time": "25:00"}, "start_time"),
        ({**GOOD, "start_time": "8 am"}, "start_time"),
        ({**GOOD, "options": {"course_format": 3}}, "options.course_format"),
        ({**GOOD, "options": {"upload_documents": 1}}, "options.upload_documents"),
        ({**GOOD, "options": "all"}, "options.row"),
        ({**GOOD, "course_id": 6}, "course_id"),
        ({**GOOD, "course_id": "Physics"}, "course_id"),
    ],
)
async def test_create_checks_before_it_sends(scripted: Scripted, wrong: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await scripted.schoology.sections.create(5, wrong)
    assert list(refused.value.fields) == [field]
    assert scripted.requests == []


async def test_update(scripted: Scripted) -> None:
    scripted.answers["PUT sections/43"] = 204
    await scripted.schoology.sections.update(43, SectionUpdate(title="Two", location=None))
    assert scripted.last.body == {"title": "Two", "location": None}
    with pytest.raises(InvalidInput, match="grading_periods: needs at least one"):
        await scripted.schoology.sections.update(43, {"grading_periods": ""})


async def test_delete(scripted: Scripted) -> None:
    scripted.answers["DELETE sections/43"] = 204
    await scripted.schoology.sections.delete(43)
    assert scripted.last == RecordedRequest("DELETE", "sections/43", {}, None)


@pytest.mark.parametrize("rest", [{}, {"links": {"self": "x"}}])
async def test_grading_periods(scripted: Scripted, rest: dict[str, Any]) -> None:
    period = {"id": 435, "start": "2013-09-01 00:00:00", "weight": 50, "parent": 0}
    scripted.answers["GET sections/43/grading_periods"] = {"grading_period": [period], **rest}
    (first,) = await scripted.schoology.sections.grading_periods(43)
    assert (first.id, first.start, first.weight) == ("435", date(2013, 9, 1), 50)


async def test_grades(scripted: Scripted) -> None:
    grade = {"enrollment_id": 7, "assignment_id": 8, "grade": 5}
    scripted.answers["GET sections/43/grades"] = {
        "grades": {"grade": grade},
        "period": [{"period_title": "Fall"}],
        "final_grade": [{"enrollment_id": 7, "period": []}],
    }
    book = await scripted.schoology.sections.grades(
        43, assignment_id=8, enrollment_id=7, timestamp=1316000000
    )
    assert scripted.last.query == {
        "assignment_id": "8",
        "enrollment_id": "7",
        "timestamp": "1316000000",
    }
    assert book.grades is not None
    assert book.grades.grade is not None
    assert (book.grades.grade[0].enrollment_id, book.grades.grade[0].extra) == ("7", {"grade": 5})
    assert book.final_grade is not None
    assert book.final_grade[0].extra == {"period": []}
    assert book.extra == {"period": [{"period_title": "Fall"}]}


async def test_a_section_in_place_of_its_grades_is_an_error(scripted: Scripted) -> None:
    scripted.answers["GET sections/43/grades"] = ONE  # the vendor's response to an unknown path
    scripted.answers["GET sections/43/attendance"] = ONE
    with pytest.raises(UnexpectedResponse, match="grades"):
        await scripted.schoology.sections.grades(43)
    with pytest.raises(UnexpectedResponse, match="date"):
        await scripted.schoology.sections.attendance(43)


async def test_grade_items(scripted: Scripted) -> None:
    item = {"id": 9, "title": "Essay", "max_points": 10}
    scripted.answers["GET sections/43/grade_items"] = {"assignment": [item], "links": {}}
    (essay,) = await scripted.schoology.sections.grade_items(43, with_attachments=True)
    assert (essay.id, essay.extra) == ("9", {"max_points": 10})
    assert scripted.last.query == {"with_attachments": "1"}


async def test_grade_item(scripted: Scripted) -> None:
    scripted.answers["GET sections/43/grade_items/9"] = {"id": 9, "title": "Essay"}
    assert (await scripted.schoology.sections.grade_item(43, 9)).title == "Essay"
    scripted.answers["GET sections/43/grade_items/8"] = ONE
    with pytest.raises(InvalidResponse, match="another record"):
        await scripted.schoology.sections.grade_item(43, 8)


async def test_attendance(scripted: Scripted) -> None:
    day = {
        "date": "2026-01-31",
        "statuses": {
            "status": [{"status_code": 2, "attendances": {"attendance": [{"enrollment_id": 7}]}}]
        },
    }
    scripted.answers["GET sections/43/attendance"] = {"date": [day], "totals": {"total": []}}
    attendance = await scripted.schoology.sections.attendance(
        43, start=date(2026, 1, 1), end="2026-02-01", enrollment_id=7
    )
    assert scripted.last.query == {
        "start": "2026-01-01",
        "end": "2026-02-01",
        "enrollment_id": "7",
    }
    assert attendance.extra == {"totals": {"total": []}}
    assert attendance.date is not None
    statuses = attendance.date[0].statuses
    assert statuses is not None
    assert statuses.status is not None
    rows = statuses.status[0].attendances
    assert rows is not None
    assert rows.attendance is not None
    assert rows.attendance[0].enrollment_id == "7"
    scripted.answers["GET sections/43/attendance"] = 410
    with pytest.raises(ApiError, match="another app"):
        await scripted.schoology.sections.attendance(43)


async def test_completion(scripted: Scripted) -> None:
    row = {"uid": 7, "school_uid": "S1", "percent_complete": 50}
    scripted.answers["GET sections/43/completion"] = {"completion": [row], "links": {}}
    (first,) = await scripted.schoology.sections.completion(43)
    assert (first.uid, first.extra) == ("7", {"percent_complete": 50})
