"""Convert sections to the vendor's JSON, with the inconsistent types of its samples."""

from __future__ import annotations

from typing import Any

from ..roster import Course, Section

Row = dict[str, Any]

_VISIBLE = ("topics", "assignments", "assessments", "documents", "discussion", "album", "pages")
_LIVE_VISIBLE = ("course_assessment", "common_assessments")
_LIVE_OPTIONS = (
    *("default_grading_scale_id", "hide_overall_grade", "hide_grading_period_grade"),
    *("allow_custom_overall_grade", "allow_custom_overall_grade_text"),
)
"""Options of the live API that are not documented. They are numbers; all others are strings."""
_SHOWN_OPTIONS = {
    "weighted_grading_categories": "weighted_grading_categories",
    "upload_documents": "upload_document",  # the name to write has no s
    "create_discussion": "create_discussion",
    "member_post": "member_post",
    "member_post_comment": "member_post_comment",
}


def whole(
    section: Section,
    course: Course | None,
    school_id: str,
    *,
    picture: str,
    active: int,
    admin: int,
) -> Row:
    """Return the fields that all reads of a section have. Flags and ids are strings."""
    return {
        "id": section.id,
        "course_title": course.title if course else "",
        "course_code": course.course_code if course else "",
        "course_id": section.course_id,
        "school_id": school_id,
        # The documents do not have `building_id` and `parent_id`, but the live API does.
        "building_id": course.building_id if course else school_id,
        "parent_id": None,
        "access_code": section.access_code,
        "section_title": section.title,
        "section_code": section.section_code,
        "section_school_code": section.section_school_code,
        "synced": str(section.synced),
        "active": active,
        "description": section.description,
        "grading_periods": list(section.grading_periods),
        "profile_url": picture,
        "location": section.location,
        "meeting_days": list(section.meeting_days) or [""],
        "start_time": section.start_time,
        "end_time": section.end_time,
        "weight": "0",
        "options": {
            **{
                shown: str(section.options.get(written, 0))
                for shown, written in _SHOWN_OPTIONS.items()
            },
            **dict.fromkeys(_LIVE_OPTIONS, 0),
            "content_index_visibility": dict.fromkeys(_VISIBLE + _LIVE_VISIBLE, 1),
        },
        "admin": admin,
        **section.extra,
    }


def levels(course: Course | None, kind: type[str] | type[int]) -> Row:
    """Return the fields of a section that come from its course, as strings or as numbers."""
    names = ("subject_area", "grade_level_range_start", "grade_level_range_end")
    return {name: kind(getattr(course, name, 0)) for name in names}


def created(section: Section, school_id: str, *, picture: str, link: str) -> Row:
    """Return a section in the response to its creation. Only here, missing values are null."""
    return {
        "id": section.id,
        "course_id": section.course_id,
        "school_id": school_id,
        "access_code": section.access_code,
        "section_title": section.title,
        "section_code": section.section_code,
        "section_school_code": section.section_school_code,
        "synced": section.synced or None,
        "active": 1,
        "description": section.description,
        "grading_periods": list(section.grading_periods),
        "profile_url": picture,
        "location": section.location,
        "meeting_days": list(section.meeting_days) or [""],
        "start_time": section.start_time or None,
        "end_time": section.end_time or None,
        "options": {
            **{shown: section.options.get(written) for shown, written in _SHOWN_OPTIONS.items()},
            "content_index_visibility": [],  # an empty object, which PHP prints as a list
        },
        "links": {"self": link},
    }


def result(section: Section, location: str, *, is_new: bool) -> Row:
    """Return the result of one row of a bulk write."""
    return {
        "response_code": 200,
        "id": section.id,
        "location": location,
        "section_code": section.section_code,
        "section_school_code": section.section_school_code,
        "synced": section.synced or None if is_new else str(section.synced),
        "grading_periods": list(section.grading_periods),
    }
