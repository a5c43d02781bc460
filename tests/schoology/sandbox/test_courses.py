"""Compare the sandbox's courses with the samples of the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import BULK_COURSE, FS1_COURSE, TIME_TRAVEL, sample_roster

INLINE = {
    "courses": {
        "course": [
            {
                "title": title,
                "description": description,
                "course_code": code,
                "sections": {
                    "section": [
                        {
                            "title": f"Section {number}",
                            "description": f"Section {number} {short}",
                            "section_id": section_id,
                            "grading_periods": [13221, 2344, 1246],
                        }
                        for number, section_id in ((1, "27"), (2, "35"))
                    ]
                },
            }
            for title, description, code, short in (
                ("English course", "Essay Writing", "E233", "English"),
                ("Math course", "Calculus", "MS230", "Math"),
            )
        ]
    }
}
"""The documents' sample of a bulk create, with sections inside courses."""


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)
    for identity in ("13221", "2344", "1246"):
        sandbox.school.grading_periods.add(identity, "2020-01-01", "2099-12-31", id=identity)


async def test_list(raw: RawClient, sandbox: SchoologySandbox) -> None:
    body = (await raw("GET", "courses")).json
    assert body == {
        "course": [TIME_TRAVEL, FS1_COURSE, BULK_COURSE],
        "total": "3",
        "links": {"self": f"{sandbox.base_url}courses?start=0&limit=20"},
    }


async def test_list_filters_and_district_name(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.school.courses.add(title="A", course_code="A", district_course_name="District A")
    found = (await raw("GET", "courses", building_id="5171921")).json["course"]
    assert found == [FS1_COURSE]
    named = (await raw("GET", "courses", fetch_district_course_name=1)).json["course"]
    assert [row["district_course_name"] for row in named] == ["", "", "", "District A"]
    page = (await raw("GET", "courses", start=1, limit=1)).json
    assert page["course"] == [FS1_COURSE]
    assert page["links"]["next"] == f"{sandbox.base_url}courses?start=2&limit=1"


async def test_view(raw: RawClient) -> None:
    assert (await raw("GET", "courses/1407691")).json == TIME_TRAVEL
    got = await raw("GET", "courses/1")
    assert (got.status, got.text) == (404, "")


async def test_create(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rest = {
        "title": "REST API Course",
        "course_code": "RAPI101",
        "department": "Computer Science",
        "description": "discuss REST API",
    }
    got = await raw("POST", "courses", rest)
    assert got.status == 201
    identity = got.json["id"]
    assert got.json == BULK_COURSE | rest | {
        "id": identity,
        "links": {"self": f"{sandbox.base_url}courses/{identity}"},
    }
    assert sandbox.school.courses.creates == {"RAPI101": 1}
    assert (await raw("POST", "courses", rest)).status == 400
    assert (await raw("POST", "courses", {"title": "No code"})).status == 400
    assert (await raw("POST", "courses", {"course_code": "X"})).status == 400
    # Codes are case-sensitive.
    assert (await raw("POST", "courses", rest | {"course_code": "rapi101"})).status == 201


async def test_bulk_create_with_sections_inline(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw("POST", "courses", INLINE)
    assert got.status == 207
    for row, sent in zip(got.json["course"], INLINE["courses"]["course"], strict=True):
        code: Any = sent["course_code"]
        course = sandbox.school.courses.by_code(code)
        assert course is not None
        assert {k: v for k, v in row.items() if k != "sections"} == {
            "response_code": 200,
            "id": course.id,  # a string here, a number in a read
            "course_code": code,
            "location": f"{sandbox.base_url}courses/{course.id}",
        }
        sections = sandbox.school.sections.of_course(course.id)
        assert [one.title for one in sections] == ["Section 1", "Section 2"]
        assert [part["id"] for part in row["sections"]["section"]] == [s.id for s in sections]
        assert [part["response_code"] for part in row["sections"]["section"]] == [200, 200]


async def test_update_existing_matches_by_code(raw: RawClient, sandbox: SchoologySandbox) -> None:
    first = (await raw("POST", "courses", INLINE)).json
    again = (await raw("POST", "courses", INLINE)).json
    assert [row["response_code"] for row in again["course"]] == [409, 409]
    assert again["course"][0].keys() == {"response_code", "course_code", "message"}
    updated = (await raw("POST", "courses", INLINE, update_existing=1)).json
    for name in ("id", "course_code"):
        assert [row[name] for row in updated["course"]] == [row[name] for row in first["course"]]
    for row, old in zip(updated["course"], first["course"], strict=True):
        assert [s["id"] for s in row["sections"]["section"]] == [
            s["id"] for s in old["sections"]["section"]
        ]
    school = sandbox.school
    assert school.courses.creates == {"E233": 1, "MS230": 1}
    assert sum(school.sections.creates.values()) == 4
    assert sum(school.sections.updates.values()) == 4
    lower: Any = {"courses": {"course": [{"title": "E", "course_code": "e233"}]}}
    await raw("POST", "courses", lower, update_existing=1)
    assert school.courses.creates["e233"] == 1  # another course


async def test_a_rejected_section_does_not_reject_its_course(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    rows = [
        {"title": "No period", "section_code": "1"},
        {"title": "Unknown period", "section_code": "1", "grading_periods": [99]},
        {"title": "No code", "grading_periods": [13011]},
        {"title": "Fine", "section_code": "1", "grading_periods": "13011"},
    ]
    course = {"title": "C", "course_code": "C", "sections": {"section": rows}}
    (row,) = (await raw("POST", "courses", {"courses": {"course": [course]}})).json["course"]
    assert row["response_code"] == 200
    assert [part["response_code"] for part in row["sections"]["section"]] == [400, 400, 400, 200]
    assert [s.title for s in sandbox.school.sections.of_course(row["id"])] == ["Fine"]


async def test_update(raw: RawClient, sandbox: SchoologySandbox) -> None:
    advanced = {"title": "English Writing (Advanced)", "description": "Creative Writing"}
    got = await raw("PUT", "courses/1407691", advanced)
    assert (got.status, got.text, got.headers["Content-Type"]) == (204, "", "text/xml")
    course = sandbox.school.courses["1407691"]
    assert (course.title, course.description) == tuple(advanced.values())
    # The code of a synced course can't be changed.
    assert (await raw("PUT", "courses/1407691", {"course_code": "CC107"})).status == 400
    assert (await raw("PUT", "courses/5614935", {"course_code": "CC106"})).status == 400
    assert (await raw("PUT", "courses/5614935", {"course_code": "BC102"})).status == 204
    assert sandbox.school.courses.by_code("BC101") is None
    assert (await raw("PUT", "courses/1", {})).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject_area": 10},
        {"grade_level_range_start": "16"},
        {"credits": "many"},
        {"synced": 2},
        {"building_id": "north"},
        {"title": ["x"]},
    ],
)
async def test_an_update_with_an_invalid_value_changes_nothing(
    raw: RawClient, sandbox: SchoologySandbox, wrong: dict[str, Any]
) -> None:
    before = dict(sandbox.school.courses.by_id)
    assert (await raw("PUT", "courses/5614935", wrong)).status == 400
    assert (await raw("POST", "courses", {"title": "T", "course_code": "T"} | wrong)).status == 400
    assert sandbox.school.courses.by_id == before


async def test_bulk_update(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [
        {"id": "1407691", "title": "Time Travel 2", "course_code": "CC106"},
        {"id": 5614935, "title": "Bulk Course 4", "course_code": "BC101"},
        {"id": "1", "title": "Nothing"},
        {"title": "No id"},
    ]
    got = await raw("PUT", "courses", {"courses": {"course": rows}})
    assert got.status == 207
    assert got.json["course"][:2] == [
        {"response_code": 200, "id": "1407691", "course_code": "CC106"},
        {"response_code": 200, "id": "5614935", "course_code": "BC101"},
    ]
    assert [row["response_code"] for row in got.json["course"][2:]] == [404, 400]
    assert sandbox.school.courses.updates == {"1407691": 1, "5614935": 1}


async def test_deleting_a_course_deletes_its_sections_and_enrollments(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    school = sandbox.school
    school.enrollments.add("section", "4318461", "48289")
    got = await raw("DELETE", "courses/1407691")
    assert (got.status, got.text) == (204, "")
    assert not school.sections.by_id
    assert not school.enrollments.of_user("48289")
    assert school.courses.deletes == {"CC106": 1}
    assert (await raw("DELETE", "courses/1407691")).status == 404


@pytest.mark.parametrize(("rows", "status"), [(True, 207), (False, 204)])
async def test_bulk_delete(
    raw: RawClient, sandbox: SchoologySandbox, rows: bool, status: int
) -> None:
    sandbox.quirks.bulk_delete_rows = rows
    got = await raw("DELETE", "courses", course_ids="5410559,1,5614935")
    assert got.status == status
    assert list(sandbox.school.courses.by_id) == ["1407691"]
    if rows:
        assert [row["response_code"] for row in got.json["course"]] == [200, 404, 200]
    assert (await raw("DELETE", "courses")).status == 400


async def test_more_than_fifty_rows_are_refused(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [{"title": "T", "course_code": f"C{number}"} for number in range(51)]
    assert (await raw("POST", "courses", {"courses": {"course": rows}})).status == 400
    assert not sandbox.school.courses.creates


async def test_xml_has_one_element_for_each_grading_period(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    section = "<section><title>S</title><section_code>1</section_code>{}</section>"
    periods = "<grading_periods>13221</grading_periods><grading_periods>2344</grading_periods>"
    course = f"<title>T</title><course_code>X</course_code><sections>{section.format(periods)}"
    body = f"<body><courses><course>{course}</sections></course></courses></body>"
    got = await raw("POST", "courses", body, kind="text/xml")
    (row,) = got.json["course"]
    assert row["sections"]["section"][0]["grading_periods"] == [13221, 2344]
