"""The types of the rows that the write methods take, and the encoder of each type.

Each type is a union of a model and its TypedDict. It is not a type variable, because mypy checks a
dict literal against a TypedDict only in a union.
"""

from __future__ import annotations

from typing import Any

from lms_async.records.encoding import Sending

from ..models import (
    BuildingCreate,
    BuildingCreateDict,
    CourseCreate,
    CourseCreateDict,
    CourseUpdate,
    CourseUpdateDict,
    EnrollmentByCourseCode,
    EnrollmentByCourseCodeDict,
    EnrollmentBySchoolCode,
    EnrollmentBySchoolCodeDict,
    EnrollmentCreate,
    EnrollmentCreateDict,
    EnrollmentUpdate,
    EnrollmentUpdateDict,
    GradingPeriodCreate,
    GradingPeriodCreateDict,
    GradingPeriodUpdate,
    GradingPeriodUpdateDict,
    GroupCreate,
    GroupCreateDict,
    GroupOptionsUpdate,
    GroupUpdate,
    GroupUpdateDict,
    SchoolCreate,
    SchoolCreateDict,
    SchoolUpdate,
    SchoolUpdateDict,
    SectionCopy,
    SectionCopyDict,
    SectionCreate,
    SectionCreateDict,
    SectionOptionsUpdate,
    SectionUpdate,
    SectionUpdateDict,
)
from ..models.converter import converter

NewSchool = SchoolCreate | SchoolCreateDict
NewBuilding = BuildingCreate | BuildingCreateDict
SchoolChange = SchoolUpdate | SchoolUpdateDict
NewGradingPeriod = GradingPeriodCreate | GradingPeriodCreateDict
GradingPeriodChange = GradingPeriodUpdate | GradingPeriodUpdateDict
NewCourse = CourseCreate | CourseCreateDict
CourseChange = CourseUpdate | CourseUpdateDict
NewSection = SectionCreate | SectionCreateDict
SectionChange = SectionUpdate | SectionUpdateDict
CopiedSection = SectionCopy | SectionCopyDict
NewEnrollment = EnrollmentCreate | EnrollmentCreateDict
EnrollmentChange = EnrollmentUpdate | EnrollmentUpdateDict
SchoolCodeRow = EnrollmentBySchoolCode | EnrollmentBySchoolCodeDict
CourseCodeRow = EnrollmentByCourseCode | EnrollmentByCourseCodeDict
NewGroup = GroupCreate | GroupCreateDict
GroupChange = GroupUpdate | GroupUpdateDict


def _sending(model: type[Any], what: str, **rest: Any) -> Sending:
    return Sending(converter, model, what=what, **rest)


new_school = _sending(SchoolCreate, "the school")
new_building = _sending(BuildingCreate, "the building")
school_change = _sending(SchoolUpdate, "the change")
new_grading_period = _sending(GradingPeriodCreate, "the grading period")
grading_period_change = _sending(GradingPeriodUpdate, "the change")

_section_options = {"options": _sending(SectionOptionsUpdate, "the options")}
new_section = _sending(
    SectionCreate,
    "the section",
    one_of=(("section_code", "section_school_code"),),
    inner=_section_options,
)
section_change = _sending(SectionUpdate, "the change", inner=_section_options)
copied_section = _sending(
    SectionCopy,
    "the section",
    one_of=(
        ("source_section_id", "source_section_school_code"),
        ("section_id", "section_school_code", "section_code"),
        ("course_id", "course_code"),
    ),
)

#: ``sections`` is a list here. ``many_courses.py`` wraps it as ``{"section": [...]}``.
new_course = _sending(CourseCreate, "the course", inner={"sections": new_section})
course_change = _sending(CourseUpdate, "the change")

new_enrollment = _sending(EnrollmentCreate, "the enrollment")
enrollment_change = _sending(EnrollmentUpdate, "the change")
school_code_row = _sending(EnrollmentBySchoolCode, "the row")
course_code_row = _sending(EnrollmentByCourseCode, "the row")

_group_options = {"options": _sending(GroupOptionsUpdate, "the options")}
new_group = _sending(GroupCreate, "the group", inner=_group_options)
group_change = _sending(GroupUpdate, "the change", inner=_group_options)
