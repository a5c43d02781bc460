"""Compare the sandbox's sections with the samples of the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import SECTION_8I, SECTION_9NW, paths, sample_roster, within

PERIODS = [13221, 2344, 1246]
MATH_35 = {
    "title": "Section 1",
    "description": "Section 1 Math",
    "section_school_code": "35",
    "grading_periods": PERIODS,
}
MATH_37 = MATH_35 | {
    "title": "Section 2",
    "description": "Section 2 Math",
    "section_school_code": "37",
}


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)
    for identity in PERIODS:
        sandbox.school.grading_periods.add(str(identity), "2020-01-01", "2099-12-31", id=identity)
    sandbox.school.grading_periods.add("Past", "2019-08-01", "2020-07-31", id=7)


def bulk(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"sections": {"section": list(rows)}}


async def test_list_of_a_course(raw: RawClient, sandbox: SchoologySandbox) -> None:
    body = (await raw("GET", "courses/1407691/sections")).json
    for row, sample in zip(body["section"], (SECTION_9NW, SECTION_8I), strict=True):
        assert within(row, sample) == paths(sample, row)
        assert row["links"] == {"self": f"{sandbox.base_url}sections/{sample['id']}"}
    assert body["total"] == "2"
    assert body["links"] == {"self": f"{sandbox.base_url}courses/1407691/sections?start=0&limit=20"}
    assert (await raw("GET", "courses/1/sections")).status == 404


async def test_view(raw: RawClient) -> None:
    got = (await raw("GET", "sections/4318461")).json
    levels = {
        "subject_area": "0",  # strings here; lists do not have this field
        "grade_level_range_start": "12",
        "grade_level_range_end": "14",
    }
    sample = {k: v for k, v in SECTION_9NW.items() if k != "links"} | levels
    assert within(got, sample) == paths(sample, got)
    assert "links" not in got
    assert got["parent_id"] is None  # only in the live API, like the next field
    assert got["options"]["hide_overall_grade"] == 0
    assert (await raw("GET", "sections/1")).status == 404


async def test_by_school_code(raw: RawClient, sandbox: SchoologySandbox) -> None:
    odd = sandbox.school.sections.add("1407691", section_school_code="a/b ü#,1")
    got = await raw("GET", "sections/ext/a%2Fb%20%C3%BC%23%2C1")
    assert (got.status, got.json["id"]) == (200, odd.id)  # without a redirect, unlike users/ext
    assert (await raw("GET", "sections/ext/si200")).status == 404  # case-sensitive
    assert (await raw("GET", "sections/ext/SI200")).json["id"] == "4318461"


async def test_by_school_codes(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.school.sections.add("1407691", section_school_code="OLD", grading_periods=[7])
    got = (await raw("GET", "sections", section_school_codes="SI200,nothing,OLD")).json
    assert [row["id"] for row in got["section"]] == ["4318461"]
    assert got["total"] == 1  # a number
    # Any value of include_past adds past sections, even 0.
    got = await raw("GET", "sections", section_school_codes="SI200,OLD", include_past=0)
    assert [row["section_school_code"] for row in got.json["section"]] == ["SI200", "OLD"]
    missing = await raw("GET", "sections")
    assert (missing.status, missing.text) == (403, "")
    codes = ",".join(str(number) for number in range(51))
    assert (await raw("GET", "sections", section_school_codes=codes)).status == 400


async def test_past_sections_are_hidden(raw: RawClient, sandbox: SchoologySandbox) -> None:
    past = sandbox.school.sections.add("1407691", section_code="P", grading_periods=[7])
    both = sandbox.school.sections.add("1407691", section_code="B", grading_periods=[7, 13011])

    async def listed(**query: Any) -> list[str]:
        found = (await raw("GET", "courses/1407691/sections", **query)).json
        return [row["id"] for row in found["section"]]

    assert past.id not in await listed()
    assert both.id in await listed()
    for anything in ("1", "0", "", "no"):
        assert past.id in await listed(include_past=anything)
    assert (await raw("GET", f"sections/{past.id}")).json["active"] == 0


async def test_create(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw(
        "POST",
        "courses/1407691/sections",
        {
            "title": "Section API",
            "description": "discuss REST API",
            "section_school_code": "SA1",
            "grading_periods": [13011],
        },
    )
    assert got.status == 201
    new = got.json
    assert new == {
        "id": new["id"],
        "course_id": "1407691",
        "school_id": "344232",
        "access_code": new["access_code"],
        "section_title": "Section API",
        "section_code": "",
        "section_school_code": "SA1",
        "synced": None,
        "active": 1,
        "description": "discuss REST API",
        "grading_periods": [13011],
        "profile_url": new["profile_url"],
        "location": "",
        "meeting_days": [""],
        "start_time": None,
        "end_time": None,
        "options": {
            "weighted_grading_categories": None,
            "upload_documents": None,
            "create_discussion": None,
            "member_post": None,
            "member_post_comment": None,
            "content_index_visibility": [],
        },
        "links": {"self": f"{sandbox.base_url}sections/{new['id']}"},
    }
    assert (await raw("POST", "courses/1/sections", MATH_35)).status == 404


async def test_written_values_can_be_read(raw: RawClient) -> None:
    more = {
        "section_title": "By its other name",
        "location": "Room 5",
        "meeting_days": [1, "3", 7],
        "start_time": "08:00",
        "end_time": "09:30",
        "class_periods": [5],
        "synced": "1",
        "options": {"upload_document": 1, "course_format": 2},
    }
    sent = {k: v for k, v in MATH_35.items() if k != "title"} | more
    new = (await raw("POST", "courses/1407691/sections", sent)).json
    got = (await raw("GET", f"sections/{new['id']}")).json
    assert got["section_title"] == "By its other name"
    assert (got["location"], got["meeting_days"]) == ("Room 5", ["1", "3", "7"])
    assert (got["start_time"], got["end_time"], got["synced"]) == ("08:00", "09:30", "1")
    assert got["options"]["upload_documents"] == "1"


async def test_bulk_create(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw("POST", "courses/1407691/sections", bulk(MATH_35, MATH_37))
    assert got.status == 207
    for row, sent in zip(got.json["section"], (MATH_35, MATH_37), strict=True):
        section = sandbox.school.sections.by_school_code(str(sent["section_school_code"]))
        assert section is not None
        assert row == {
            "response_code": 200,
            "id": section.id,
            "location": f"{sandbox.base_url}sections/{section.id}",
            "section_code": "",
            "section_school_code": sent["section_school_code"],
            "synced": None,
            "grading_periods": PERIODS,
        }
    assert sandbox.school.sections.creates == {"35": 1, "37": 1}


async def test_update_existing_matches_by_code_and_periods(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    path = "courses/1407691/sections"
    by_code = {"title": "A", "section_code": "A", "grading_periods": [435, 13011]}
    first = (await raw("POST", path, bulk(by_code, MATH_35))).json["section"]
    again = [by_code | {"title": "B", "grading_periods": [13011, 435]}, MATH_35]
    refused = (await raw("POST", path, bulk(*again))).json["section"]
    assert [row["response_code"] for row in refused] == [409, 409]
    got = (await raw("POST", path, bulk(*again), update_existing=1)).json["section"]
    # The school code does not match a section.
    assert [row["response_code"] for row in got] == [200, 409]
    assert got[0]["id"] == first[0]["id"]
    assert sandbox.school.sections[got[0]["id"]].title == "B"
    # A section with only one of the periods is not matched, and its code is a duplicate.
    other = by_code | {"grading_periods": [13011]}
    (row,) = (await raw("POST", path, bulk(other), update_existing=1)).json["section"]
    assert row["response_code"] == 409
    free = by_code | {"grading_periods": [2344]}
    (row,) = (await raw("POST", path, bulk(free), update_existing=1)).json["section"]
    assert row["response_code"] == 200
    assert row["id"] != first[0]["id"]


async def test_duplicate_codes_are_rejected(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [
        {"title": "T", "section_code": "SC101", "grading_periods": [13011]},  # taken
        {"title": "T", "section_code": "sc101", "grading_periods": [13011]},  # case-sensitive
        {"title": "T", "section_code": "SC101", "grading_periods": [435]},  # another period
        {"title": "T", "section_school_code": "SI200", "grading_periods": [2344]},  # taken
        {"title": "T", "section_school_code": "si200", "grading_periods": [2344]},
    ]
    got = (await raw("POST", "courses/1407691/sections", bulk(*rows))).json["section"]
    assert [row["response_code"] for row in got] == [409, 200, 200, 409, 200]
    got = (await raw("POST", "courses/5614935/sections", bulk(rows[0], rows[3]))).json["section"]
    assert [row["response_code"] for row in got] == [
        200,
        409,
    ]  # a school code is unique in the district


async def test_update_rejects_changed_codes_of_a_synced_section(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    updated = {"title": "Updated Section 1 title", "section_school_code": "35", "synced": "1"}
    got = await raw("PUT", "sections/4318461", updated)
    assert (got.status, got.text) == (204, "")
    section = sandbox.school.sections["4318461"]
    assert (section.title, section.section_school_code, section.synced) == (
        "Updated Section 1 title",
        "35",
        1,
    )
    for locked in ({"section_school_code": "36"}, {"grading_periods": [13011]}):
        assert (await raw("PUT", "sections/4318461", locked)).status == 400
    same = {"section_school_code": "35", "grading_periods": ["435", 13011], "title": "New"}
    assert (await raw("PUT", "sections/4318461", same)).status == 204
    assert sandbox.school.sections["4318461"].title == "New"
    assert (await raw("PUT", "sections/4318461", {"title": ""})).status == 400
    assert (await raw("PUT", "sections/1", {})).status == 404


async def test_bulk_update(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [
        {"id": "3719526", "section_school_code": "SC111", "section_code": ""},
        {"id": 4318461, "title": "New"},
        {"id": "1", "title": "Nothing"},
    ]
    got = await raw("PUT", "sections", bulk(*rows))
    assert got.status == 207
    assert got.json["section"][:2] == [
        {
            "response_code": 200,
            "id": "3719526",
            "location": f"{sandbox.base_url}sections/3719526",
            "section_code": "",
            "section_school_code": "SC111",
            "synced": "0",  # null for a new one
            "grading_periods": [13011],
        },
        {
            "response_code": 200,
            "id": "4318461",
            "location": f"{sandbox.base_url}sections/4318461",
            "section_code": "",
            "section_school_code": "SI200",
            "synced": "0",
            "grading_periods": [435, 13011],
        },
    ]
    assert got.json["section"][2]["response_code"] == 404


async def test_delete(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.school.enrollments.add("section", "3719526", "48289")
    assert (await raw("DELETE", "sections/3719526")).status == 204
    assert not sandbox.school.enrollments.of_user("48289")
    got = await raw("DELETE", "sections", section_ids="4318461,1")
    assert [(row["response_code"], row["id"]) for row in got.json["section"]] == [
        (200, "4318461"),
        (404, "1"),
    ]
    assert sandbox.school.sections.deletes == {"1407691/SC101": 1, "SI200": 1}
    assert len(sandbox.school.sections) == 0


async def test_grading_periods_of_a_section(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = (await raw("GET", "sections/4318461/grading_periods")).json
    assert got["links"] == {"self": f"{sandbox.base_url}sections/4318461/grading_periods"}
    first = got["grading_period"][0]
    sample = {
        "id": 435,
        "title": "Fall 2013",
        "weight": 100,
        "start": "2012-09-17 00:00:00",
        "end": "2099-12-31 00:00:00",
    }
    # Only the live API has the last two fields. They are numbers, unlike in a read of the period.
    assert first == sample | {"parent": 0, "has_children": 0}


async def test_an_unknown_path_below_a_section_answers_with_the_section(raw: RawClient) -> None:
    for path in ("sections/4318461/members", "sections/4318461/page/5"):
        got = await raw("GET", path)
        assert (got.status, got.json["id"]) == (200, "4318461")
    assert (await raw("GET", "sections/1/members")).status == 404
    assert (await raw("PUT", "sections/4318461/members", {})).status == 405
