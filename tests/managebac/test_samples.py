"""The models read every field of the vendor's samples, and lose none."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from manabac_async import models
from manabac_async.models.converter import converter, strict_converter

PERSON = {
    "id": 11,
    "email": "p@school.example",
    "first_name": "P",
    "middle_name": "M",
    "last_name": "L",
    "nickname": "N",
    "other_name": "O",
    "identifier": "AA1001",
    "gender": "Female",
    "birthday": "2006-03-14",
    "phone_number": "1",
    "mobile_phone_number": "2",
    "street_address": "A",
    "street_address_ii": "B",
    "city": "C",
    "state": "D",
    "zipcode": "E",
    "country": "US",
    "nationalities": ["US", "GB"],
    "languages": [],
    "account_uid": "u",
    "timezone": "Europe/Kyiv",
    "archived": False,
    "ui_language": "en",
    "last_accessed_at": "2021-02-25T08:13:03.000-08:00",
    "created_at": "2021-06-28T12:39:52.000Z",
    "updated_at": "2026-04-30T18:14:01Z",
    "sb_id": "s",
    "oa_id": "o",
}
TERM = {"id": 1, "name": "T", "starts_on": "2024-08-01", "ends_on": "2024-12-20"}
SUBJECT = {
    "id": 1,
    "subject_group_id": 2,
    "custom": True,
    "name": "N",
    "title": "T",
    "sl": True,
    "hl": False,
    "description": "D",
    "scope_and_sequence_based_on": "phases",
    "updated_at": "2017-12-21T16:50:47.000+08:00",
    "self_taught": False,
    "phases": ["1"],
    "levels": ["SL"],
    "enabled": True,
}

SAMPLES: list[tuple[type[Any], dict[str, Any]]] = [
    (
        models.Student,
        {
            **PERSON,
            "role": "Student",
            "student_id": "AA1001",
            "status": "enrolled",
            "graduated_on": "2024-06-01",
            "withdrawn_on": "2024-06-01",
            "homeroom_advisor_id": 3,
            "ee_advisor_id": 4,
            "cas_advisor_id": 5,
            "year_group_id": 6,
            "ib_group_id": 6,
            "graduating_year": 2026,
            "parent_ids": [7, 8],
            "class_grade": "Grade 11",
            "class_grade_number": -1,
            "program": "IB Diploma",
            "program_code": "diploma",
            "national_id": "9",
        },
    ),
    (models.Teacher, {**PERSON, "role": "Advisor", "programs": ["100_120"]}),
    (
        models.Parent,
        {
            **PERSON,
            "role": "Parent",
            "salutation": "Dr.",
            "title": "Engineer",
            "employer": "Acme",
            **{
                f"work_{name}": name
                for name in (
                    *("email", "phone", "address", "address_ii", "fax", "city", "state"),
                    *("postal_code", "country"),
                )
            },
            "child_ids": [1, 2],
            "children": [{"id": 1, "relationship": "Mother"}],
        },
    ),
    (models.ChildRelation, {"id": 1, "relationship": "Consultant Recruiter"}),
    (
        models.Class,
        {
            "id": 1,
            "name": "N",
            "description": "D",
            "language": "en",
            "uniq_id": "U",
            "class_section": "A",
            "start_term_id": 2,
            "end_term_id": 3,
            "created_at": "2023-07-24T15:12:58.000Z",
            "updated_at": "2023-07-24T15:12:58.000Z",
            "grade": "Grade 11",
            "grade_number": 12,
            "applicable_levels": ["HL", "SL"],
            "program": "IB Diploma",
            "program_code": "diploma",
            "subject_id": 4,
            "subject_name": "S",
            "subject_group": "G",
            "subject_group_id": 5,
            "subject_option": ["1", "2"],
            "lock_memberships": "students_only",
            "archived": False,
            "subjects": [{"id": 4, "name": "S", "subject_group_id": 5, "subject_group": "G"}],
            "teachers": [{"teacher_id": 6, "show_on_reports": True, "teacher_archived": False}],
        },
    ),
    (models.ClassTerm, {**TERM, "academic_year": {"id": 1, "name": "2024-2025"}}),
    (
        models.YearGroup,
        {
            "id": 1,
            "name": "IB MYP Group of 2025 (Year 4)",
            "short_name": "M25",
            "program": "IB MYP",
            "program_code": "myp",
            "grade": "Year 4",
            "archived": False,
            "grade_number": 10,
            "graduation_year": 2025,
            "student_ids": [1, 2],
        },
    ),
    (models.YearGroupAdvisor, {"id": 1, "roles": ["homeroom", "EXT"]}),
    (
        models.School,
        {
            "subdomain": "faria",
            "name": "F",
            "country": "US",
            "language": "en",
            "session_in_may": True,
            "logo": "/a",
            "top_nav_logo": "/b",
            "high_res_logo": "/c",
            "programs": ["IB Diploma, May session"],
            "enabled_programs": [{"name": "IB PYP", "code": "ib_pyp"}],
            "kbl_id": 1,
        },
    ),
    (
        models.Program,
        {
            "name": "N",
            "short_name": "S",
            "uid": 100120,
            "code": "diploma",
            "grades": [
                {
                    "name": "Grade 11",
                    "label": "Year 12",
                    "code": "pyp;-2",
                    "uid": 1,
                    "grade_number": -2,
                    "enabled": True,
                    "program": "pyp",
                }
            ],
        },
    ),
    (
        models.SchoolSubject,
        {
            "id": 1,
            "name": "N",
            "group": "G",
            "group_id": 2,
            "hl": True,
            "sl": True,
            "self_taught": False,
            "levels": ["HL"],
        },
    ),
    (models.TermGradeScale, {"score": 89.5, "mark": "7", "program_code": "diploma"}),
    (
        models.TermRubric,
        {
            "id": 1,
            "title": "T",
            "program_code": "myp",
            "rubric_type": "All Subjects",
            "type": "Formula",
            "status": "active",
            "rubric_options": [{"id": 1, "value": "A", "descriptor": "Always"}],
            "formula": "AVG",
            "formula_rubric_ids": [2, 3],
            "suffix": "%",
            "subject_id": 4,
        },
    ),
    (
        models.AcademicYear,
        {
            "id": 1,
            "name": "2024-2025",
            "active": True,
            "starts_on": "2024-08-01",
            "ends_on": "2025-06-30",
            "updated_at": "2017-12-21T16:50:47.000+08:00",
            "program": "myp",
            "academic_terms": [
                {
                    **TERM,
                    "academic_year_id": 1,
                    "active": True,
                    "locked": False,
                    "exam_grade": True,
                    "updated_at": "2017-12-21T16:50:47.000+08:00",
                }
            ],
        },
    ),
    (
        models.Calendar,
        {
            "start_date": "2024-08-01",
            "end_date": "2025-06-30",
            "calendar_type": "Rotation Cycle",
            "rotation_cycle": 6,
            "ignore_holidays": False,
            "days_off": [0, 6],
            "dates": [{"date": "2024-08-01", "rotation_day": 1}],
        },
    ),
    (models.Subject, {**SUBJECT, "code": "PHY"}),
    (models.Subject, {**SUBJECT, "sl_code": "PHYS", "hl_code": "PHYH"}),
    (
        models.SubjectGroup,
        {
            "id": 1,
            "name": "N",
            "custom": True,
            "max_phase": "5",
            "program": "pyp",
            "updated_at": "2017-12-21T16:50:47.000+08:00",
        },
    ),
    (
        models.AssessmentType,
        {
            "id": 1,
            "kind": "summative",
            "name": "S",
            "color_code": "#478cfe",
            "available_assessments": ["binary"],
            "required_assessments": ["criteria"],
        },
    ),
    (
        models.TermReport,
        {
            "id": 1,
            "title": "T",
            "type": "final",
            "program": "myp",
            "academic_term_id": 2,
            "academic_term_name": "N",
            "next_gen": True,
            "pdf_url": "/v2/x",
            "individual_reports_url": "/v2/y",
            "term_grades_url": "/v2/z",
            "created_at": "2021-06-28T12:39:52.000Z",
            "updated_at": "2021-06-28T12:39:52.000Z",
            "released_on": "2021-06-28",
        },
    ),
    (
        models.TeacherClass,
        {
            "id": 1,
            "uniq_id": "U",
            "name": "N",
            "archived": False,
            "start_term_id": 2,
            "end_term_id": 3,
            "show_on_reports": False,
        },
    ),
    (
        models.TeacherGroup,
        {
            "id": 1,
            "name": "N",
            "archived": False,
            "group_advisor": True,
            "primary_group_advisor": False,
        },
    ),
]


def shown(record: Any, field: str) -> Any:
    """Return a field as the vendor printed it."""
    value = getattr(record, field)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return plain(value)


def plain(value: Any) -> Any:
    if attrs.has(type(value)):
        assert value.extra == {}
        names = [field.name for field in attrs.fields(type(value)) if field.name != "extra"]
        return {name: shown(value, name) for name in names if getattr(value, name) is not None}
    return value


def same(printed: Any) -> Any:
    """Return a value as the models read it: ids become texts."""
    if isinstance(printed, dict):
        return {
            name: str(value)
            if (name == "id" or name.endswith(("_id", "uid"))) and isinstance(value, int)
            else list(map(str, value))
            if name.endswith("_ids")
            else same(value)
            for name, value in printed.items()
        }
    return [same(one) for one in printed] if isinstance(printed, list) else printed


@pytest.mark.parametrize(
    ("model", "sample"), SAMPLES, ids=[f"{m.__name__} {i}" for i, (m, _) in enumerate(SAMPLES)]
)
def test_no_field_of_a_sample_is_lost(model: type[Any], sample: dict[str, Any]) -> None:
    record = strict_converter.structure(sample, model)
    assert plain(record) == same(sample)
    # Unknown fields and fields with an unexpected value are kept in `extra`.
    odd = converter.structure({**sample, "new_field": {"a": 1}}, model)
    assert odd.extra == {"new_field": {"a": 1}}
    # ManageBac leaves null values out of responses, so no field is required.
    assert plain(converter.structure({}, model)) == {}
    assert plain(converter.structure(dict.fromkeys(sample), model)) == {}


def test_every_field_of_a_read_model_is_in_a_sample() -> None:
    sampled: dict[str, set[str]] = {}
    for model, sample in SAMPLES:
        sampled.setdefault(model.__name__, set()).update(sample)
    for model, _ in SAMPLES:
        fields = {field.name for field in attrs.fields(model)} - {"extra"}
        assert fields == sampled[model.__name__], model


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Mother", "Mother"),
        ({"kind": "mother", "name": "Mother"}, "Mother"),
        ({"kind": "mother"}, "mother"),
        (None, None),
    ],
)
def test_relationship_is_read_from_text_and_object(printed: Any, read: str | None) -> None:
    child = converter.structure({"id": 1, "relationship": printed}, models.ChildRelation)
    assert (child.relationship, child.extra) == (read, {})


def test_unreadable_relationship_is_kept_in_extra() -> None:
    child = converter.structure({"id": 1, "relationship": [3]}, models.ChildRelation)
    assert (child.relationship, child.extra) == (None, {"relationship": [3]})


@pytest.mark.parametrize(
    ("printed", "read"), [(["a", "b, c"], ("a", "b, c")), ("a, b", ("a, b",)), ("", ()), ([], ())]
)
def test_lists_of_texts_are_read_in_each_form(printed: Any, read: tuple[str, ...]) -> None:
    assert converter.structure({"programs": printed}, models.School).programs == read
