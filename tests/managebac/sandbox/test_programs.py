"""The sandbox's school, academic years, terms and subjects against the specification of v2p3."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import DENIED, MALFORMED, RawClient

NOON = datetime(2025, 10, 1, 12, 0, tzinfo=UTC)
STAMP, SAMPLE_STAMP = "2025-10-01T12:00:00.000Z", "2021-06-28T12:39:52.000Z"
DIPLOMA = "school/programs/diploma"
YEAR = f"{DIPLOMA}/academic-years/20"
TERMS = f"{YEAR}/academic-terms"


@pytest.fixture(autouse=True)
def catalog(sandbox: ManageBacSandbox) -> None:
    """The year 20 with the terms 1 and 2, and the subjects 40 and 41 in the group 30."""
    sandbox.clock.stop(NOON.timestamp())
    academics = sandbox.school.academics
    academics.add_year(id=20)
    academics.add_term(date(2025, 8, 20), date(2025, 12, 19), id=1, name="Fall")
    academics.add_term(date(2026, 1, 7), date(2026, 6, 19), id=2, name="Spring", exam_grade=True)
    academics.add_subject_group("Sciences", id=30)
    academics.add_subject("Biology", 30, id=40, hl=True, levels=["HL"], code="BIO")
    academics.add_subject("Alchemy", 30, id=41, deprecated=True)


async def test_school_names_its_programs(call: RawClient, school: School) -> None:
    school.academics.info["name"] = "Faria"
    shown = (await call("GET", "school")).json["school"]
    assert shown["name"] == "Faria"
    assert shown["programs"] == ["IB Diploma", "IB MYP", "IB PYP"]
    assert shown["enabled_programs"][0] == {"name": "IB Diploma", "code": "diploma"}


async def test_academic_years_are_a_map_by_program(call: RawClient) -> None:
    whole = (await call("GET", "school/academic-years")).json["academic_years"]
    assert set(whole) == {"diploma", "myp", "pyp"}
    assert whole["diploma"]["academic_years"] == [
        {
            "id": 20,
            "name": "2025-2026",
            "active": True,
            "starts_on": "2025-08-20",
            "ends_on": "2026-06-19",
            "updated_at": SAMPLE_STAMP,
            "academic_terms": [
                {
                    "id": 1,
                    "name": "Fall",
                    "active": True,
                    "starts_on": "2025-08-20",
                    "ends_on": "2025-12-19",
                    "updated_at": SAMPLE_STAMP,
                    "exam_grade": False,
                },
                {
                    "id": 2,
                    "name": "Spring",
                    "active": False,
                    "starts_on": "2026-01-07",
                    "ends_on": "2026-06-19",
                    "updated_at": SAMPLE_STAMP,
                    "exam_grade": True,
                },
            ],
        }
    ]
    one = (await call("GET", "school/academic-years?program_code=myp")).json["academic_years"]
    assert one == {"myp": {"academic_years": []}}
    for active, count in (("true", 1), ("false", 0)):
        got = await call("GET", f"school/academic-years?active={active}")
        assert len(got.json["academic_years"]["diploma"]["academic_years"]) == count


async def test_grades_subjects_scales_and_rubrics(call: RawClient, school: School) -> None:
    programs = (await call("GET", "school/grades")).json["school"]["programs"]
    assert programs[0]["code"] == "diploma"
    grade = programs[0]["grades"][-1]
    assert (grade["label"], grade["code"], grade["grade_number"]) == ("Grade 12", "diploma;12", 13)
    assert programs[2]["grades"][0]["grade_number"] < 0
    subjects = (await call("GET", "school/subjects")).json["subjects"]
    assert subjects["diploma"] == [
        {
            "id": 40,
            "name": "Biology",
            "group": "Sciences",
            "group_id": 30,
            "hl": True,
            "sl": False,
            "levels": ["HL"],
        }
    ]
    scale = {"score": 82.5, "mark": "7", "program_code": "diploma"}
    school.academics.term_grade_scales.append(scale)
    school.academics.term_rubrics.append({"id": 1, "title": "Effort"})
    got = await call("GET", "school/term-grade-scales")
    assert got.json == {"school": {"term_grade_scales": [scale]}}
    got = await call("GET", "school/term-rubrics")
    assert got.json == {"school": {"term_rubrics": [{"id": 1, "title": "Effort"}]}}


# -- academic years and terms


async def test_academic_year_is_derived_from_its_terms(call: RawClient, school: School) -> None:
    terms = [
        {"name": "B", "starts_on": "2027-01-10", "ends_on": "2027-06-10", "locked": True},
        {
            "name": "A",
            "starts_on": "2026-08-10",
            "ends_on": "2026-12-10",
            "enable_exam_grade": True,
        },
    ]
    body = {"academic_year": {"terms_attributes": terms}}
    got = await call("POST", f"{DIPLOMA}/academic-years", body)
    assert got.status == 200
    year = got.json["academic_year"]
    assert (year["name"], year["program"]) == ("2026-2027", "diploma")
    assert (year["starts_on"], year["ends_on"]) == ("2026-08-10", "2027-06-10")
    assert [term["name"] for term in year["academic_terms"]] == ["A", "B"]
    assert [term["exam_grade"] for term in year["academic_terms"]] == [True, False]
    assert [term["locked"] for term in year["academic_terms"]] == [False, True]
    assert year["updated_at"] == STAMP
    assert (await call("GET", f"{DIPLOMA}/academic-years/{year['id']}")).json == got.json
    assert school.academics.years.creates == {"diploma 2026-2027": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"academic_year": {}},
        {"academic_year": {"terms_attributes": []}},
        {"academic_year": {"terms_attributes": [1]}},
        {"academic_year": {"terms_attributes": [{"name": "A"}]}},
    ],
)
async def test_invalid_academic_year_gives_400(
    call: RawClient, school: School, body: dict[str, Any]
) -> None:
    got = await call("POST", f"{DIPLOMA}/academic-years", body)
    assert got.status == 400
    assert isinstance(got.json["error"], str)
    assert [*school.academics.years] == [20]


async def test_calendar_of_an_academic_year(call: RawClient, school: School) -> None:
    calendar = (await call("GET", f"{YEAR}/calendar")).json["calendar"]
    assert calendar["start_date"] == "2025-08-20"
    assert calendar["dates"][0] == {"date": "2025-08-20", "rotation_day": 1}
    assert calendar["days_off"] == [0, 6]
    assert not any(date.fromisoformat(day["date"]).isoweekday() > 5 for day in calendar["dates"])
    school.academics.calendars[20] = {"calendar_type": "Weekly"}
    assert (await call("GET", f"{YEAR}/calendar")).json["calendar"] == {"calendar_type": "Weekly"}


async def test_term_is_created_updated_and_deleted(call: RawClient, school: School) -> None:
    term = {"name": "Summer", "starts_on": "2026-07-01", "ends_on": "2026-07-31"}
    got = await call("POST", TERMS, {"academic_term": term | {"enable_exam_grade": True}})
    assert got.status == 200
    made = got.json["academic_term"]
    number = made["id"]
    assert made == {
        **term,
        "id": number,
        "academic_year_id": 20,
        "locked": False,
        "exam_grade": True,
        "updated_at": STAMP,
    }
    got = await call("PATCH", f"{TERMS}/{number}", {"academic_term": {"locked": True}})
    assert got.json["academic_term"] == made | {"locked": True}
    got = await call("DELETE", f"{TERMS}/{number}")
    assert (got.status, got.json["academic_term"]["id"]) == (200, number)
    assert (await call("DELETE", f"{TERMS}/{number}")).status == 404
    counters = school.academics.terms
    assert (counters.creates, counters.updates, counters.deletes) == (
        {"Summer": 1},
        {number: 1},
        {number: 1},
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on": "2026-02-01"}, "starts_on"),  # overlaps with the term 2
        ({"starts_on": "2026-08-01"}, "starts_on"),  # after its end
        ({"starts_on": "soon"}, "starts_on"),
        ({"ends_on": None}, "ends_on"),
        ({"name": ""}, "name"),
    ],
)
async def test_invalid_term_gives_422(
    call: RawClient, school: School, change: dict[str, Any], field: str
) -> None:
    term = {"name": "Summer", "starts_on": "2026-07-01", "ends_on": "2026-07-31"} | change
    got = await call("POST", TERMS, {"academic_term": term})
    assert got.status == 422
    assert set(got.json["errors"]) == {field}
    assert len(school.academics.terms) == 2


async def test_term_that_classes_use_is_not_deleted(call: RawClient, school: School) -> None:
    school.add_class("Biology", start_term_id=1, end_term_id=2)
    got = await call("DELETE", f"{TERMS}/2")
    assert (got.status, set(got.json["errors"])) == (422, {"base"})
    assert 2 in school.academics.terms


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("school/programs/myp/academic-years/20", "AcademicYear"),
        (f"{DIPLOMA}/academic-years/404", "AcademicYear"),
        ("school/programs/x/subjects", "Program"),
        (f"{DIPLOMA}/subjects/404", "Subject"),
        ("school/programs/myp/subjects/40", "Subject"),
        (f"{DIPLOMA}/subject-groups/404", "SubjectGroup"),
        (f"{DIPLOMA}/reports/404", "TermReport"),
    ],
)
async def test_missing_record_gives_404(call: RawClient, path: str, what: str) -> None:
    got = await call("GET", path)
    assert got.status == 404
    assert got.json["error"].startswith(f"Couldn't find {what} with 'id'=")


# -- subjects


async def test_subject_group_is_created_updated_and_deleted(call: RawClient) -> None:
    path = f"{DIPLOMA}/subject-groups"
    got = await call("POST", path, {"subject_group": {"name": "Arts", "max_phase": "4"}})
    assert got.status == 200
    made = got.json["subject_group"]
    number = made["id"]
    assert made == {
        "id": number,
        "name": "Arts",
        "custom": True,
        "max_phase": "4",
        "program": "diploma",
        "updated_at": STAMP,
    }
    rows = (await call("GET", f"{path}?modified_since={STAMP}")).json["subject_groups"]
    assert rows == [{name: value for name, value in made.items() if name != "custom"}]
    assert len((await call("GET", path)).json["subject_groups"]) == 2
    got = await call("PATCH", f"{path}/{number}", {"subject_group": {"name": "Fine Arts"}})
    assert got.json["subject_group"]["name"] == "Fine Arts"
    assert (await call("GET", f"{path}/{number}")).json == got.json
    assert (await call("DELETE", f"{path}/{number}")).json == got.json
    assert (await call("GET", f"{path}/{number}")).status == 404


async def test_standard_subject_groups_can_not_be_changed(call: RawClient, school: School) -> None:
    path = f"{DIPLOMA}/subject-groups"
    for method in ("PATCH", "DELETE"):  # not a custom one
        got = await call(method, f"{path}/30", {"subject_group": {"name": "Other"}})
        assert (got.status, got.text) == (403, "")
    school.academics.subject_groups[30].custom = True
    got = await call("DELETE", f"{path}/30")
    assert (got.status, set(got.json["errors"])) == (422, {"base"})  # it has subjects
    for values, field in (
        ({"name": "Sciences"}, "name"),
        ({}, "name"),
        ({"name": "A", "max_phase": "6"}, "max_phase"),
    ):
        got = await call("POST", path, {"subject_group": values})
        assert (got.status, set(got.json["errors"])) == (422, {field})


async def test_subject_is_created_updated_and_deleted(call: RawClient, school: School) -> None:
    path = f"{DIPLOMA}/subjects"
    values = {"subject_group_id": 30, "name": "Botany", "code": "BOT", "sl": True}
    got = await call("POST", path, {"subject": values})
    assert got.status == 200
    made = got.json["subject"]
    number = made["id"]
    assert made == {
        **values,
        "id": number,
        "custom": True,
        "title": "Botany",
        "hl": False,
        "description": "",
        "scope_and_sequence_based_on": "",
        "updated_at": STAMP,
        "self_taught": False,
        "phases": [],
        "levels": [],
        "enabled": True,
    }
    row = (await call("GET", path)).json["subjects"][-1]
    assert (row["sl_code"], row["hl_code"]) == ("BOTSL", "BOTHL")
    assert "code" not in row  # a list has two codes instead
    got = await call("PUT", f"{path}/{number}", {"subject": {"title": "Plants", "enabled": False}})
    assert got.json["subject"] == made | {"title": "Plants", "enabled": False}
    assert (await call("GET", f"{path}/{number}")).json == got.json
    assert (await call("DELETE", f"{path}/{number}")).json == got.json
    assert school.academics.subjects.deletes == {number: 1}
    got = await call("POST", path, {"subject": values | {"subject_group_id": 404}})
    assert (got.status, got.json) == (422, {"errors": {"subject_group_id": ["must exist"]}})
    assert (await call("POST", path, values)).json == MALFORMED


async def test_forbidden_parameter_of_a_subject_gives_422(call: RawClient, school: School) -> None:
    body = {"subject": {"name": "Bio", "code": "B"}}
    got = await call("PUT", f"{DIPLOMA}/subjects/40", body)
    assert got.status == 422
    assert isinstance(got.json["error"], str)
    assert got.json["allowed_params"] == [
        *("subject_group_id", "enabled", "name", "title", "scope_and_sequence_based_on")
    ]
    assert school.academics.subjects[40].name == "Biology"


async def test_subjects_are_enabled_and_disabled_all_or_none(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    path, subjects = f"{DIPLOMA}/subjects", school.academics.subjects
    got = await call("POST", f"{path}/bulk-disable", {"subject_ids": [40, 41]})
    assert (got.status, got.json) == (200, {"subject_ids": [40, 41]})
    assert [subjects[number].enabled for number in (40, 41)] == [False, False]
    for ids in ([40, 404], []):
        got = await call("POST", f"{path}/bulk-enable", {"subject_ids": ids})
        assert (got.status, set(got.json["errors"])) == (422, {"subject_ids"})
    assert not subjects[40].enabled
    await call("POST", f"{path}/bulk-enable", {"subject_ids": [40]})
    assert subjects[40].enabled
    sandbox.quirks.extended = False
    got = await call("POST", f"{path}/bulk-disable", {"subject_ids": [40]})
    assert (got.status, got.json) == (401, DENIED)


async def test_assessment_types_have_three_possible_forms(
    call: RawClient, sandbox: ManageBacSandbox, school: School
) -> None:
    row = {"id": 1, "kind": "summative", "name": "Summative"}
    school.academics.assessment_types["diploma"] = [row]
    path = f"{DIPLOMA}/assessment_types"
    assert (await call("GET", path)).json == {"assessment_type": row}
    sandbox.quirks.assessment_types = "assessment_type"
    assert (await call("GET", path)).json == {"assessment_type": [row]}
    sandbox.quirks.assessment_types = "assessment_types"
    assert (await call("GET", path)).json == {"assessment_types": [row]}
