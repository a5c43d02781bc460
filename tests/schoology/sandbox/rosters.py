"""Courses, sections and people from the documents' samples."""

from __future__ import annotations

from typing import Any

from schoology_async.sandbox import SchoologySandbox

TIME_TRAVEL: dict[str, Any] = {
    "id": 1407691,
    "title": "Time Travel",
    "course_code": "CC106",
    "department": "",
    "description": "",
    "credits": 0,
    "subject_area": 0,
    "grade_level_range_start": 12,
    "grade_level_range_end": 14,
    "synced": 1,
    "building_id": "344232",
}
FS1_COURSE: dict[str, Any] = TIME_TRAVEL | {
    "id": 5410559,
    "title": "FS1 Course",
    "course_code": "",
    "subject_area": 2,
    "grade_level_range_start": 6,
    "grade_level_range_end": 0,
    "synced": 0,
    "building_id": "5171921",
}
BULK_COURSE: dict[str, Any] = TIME_TRAVEL | {
    "id": 5614935,
    "title": "Bulk Course 1",
    "course_code": "BC101",
    "department": "Administration",
    "description": "discuss bulk operations",
    "grade_level_range_start": 0,
    "grade_level_range_end": 0,
    "synced": 0,
}
SECTION_9NW: dict[str, Any] = {
    "id": "4318461",
    "course_title": "Time Travel",
    "course_code": "CC106",
    "course_id": "1407691",
    "school_id": "344232",
    "access_code": "GBMWW-2QKN5",
    "section_title": "Section 9nw",
    "section_code": "",
    "section_school_code": "SI200",
    "synced": "0",
    "active": 1,
    "description": "",
    "grading_periods": [435, 13011],
    "profile_url": "http://.../images/course-default.gif",
    "location": "",
    "meeting_days": [""],
    "start_time": "",
    "end_time": "",
    "weight": "0",
    "options": {
        "weighted_grading_categories": "0",
        "upload_documents": "0",
        "create_discussion": "0",
        "member_post": "1",
        "member_post_comment": "1",
        "content_index_visibility": {
            "topics": 1,
            "assignments": 1,
            "assessments": 1,
            "documents": 1,
            "discussion": 1,
            "album": 1,
            "pages": 1,
        },
    },
    "links": {"self": "http://.../v1/sections/4318461"},
    "admin": 1,
}
SECTION_8I: dict[str, Any] = SECTION_9NW | {
    "id": "3719526",
    "access_code": "88548-D5TVT",
    "section_title": "Section 8i",
    "section_code": "SC101",
    "section_school_code": "",
    "grading_periods": [13011],
    "links": {"self": "http://.../v1/sections/3719526"},
}
HOWLETT: dict[str, Any] = {
    "school_uid": "s1",
    "name_first": "James",
    "name_last": "Howlett",
    "username": "jlogan",
}


def sample_roster(sandbox: SchoologySandbox) -> None:
    """Add the documents' sample course, with its two sections and a student, to the school."""
    school = sandbox.school
    for identity, title in (("13011", "Never Ending Period"), ("435", "Fall 2013")):
        school.grading_periods.add(title, "2012-09-17", "2099-12-31", id=identity)
    for course in (TIME_TRAVEL, FS1_COURSE, BULK_COURSE):
        school.courses.add(course)
    for sample in (SECTION_9NW, SECTION_8I):
        posts = {"member_post": 1, "member_post_comment": 1}
        school.sections.add("1407691", sample | {"options": posts})
    school.add(HOWLETT, uid="48289")


def paths(sample: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return the sample with the URLs and codes of the response, since these can't be equal."""
    own = ("profile_url", "picture_url", "access_code", "links")
    changed = {name: answer[name] for name in own if name in sample}
    return sample | changed


def within(answer: Any, sample: Any) -> Any:
    """Return the keys of a response that the sample has. The live API returns more keys."""
    if isinstance(sample, dict):
        return {name: within(answer[name], value) for name, value in sample.items()}
    return answer
