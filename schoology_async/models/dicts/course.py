"""Courses as TypedDicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    AnyNumber,
    Flag,
    Needed,
    NeededId,
)

from ..choices import GradeLevel, SubjectArea
from ..section import SectionCreate
from .section import SectionCreateDict


class _CourseFields(TypedDict, total=False):
    """The fields that can be set when a course is created and when it is updated."""

    building_id: AnyNumber | None
    department: str | None
    description: str | None
    credits: float | None
    synced: Flag
    grade_level_range_start: GradeLevel | None
    grade_level_range_end: GradeLevel | None
    subject_area: SubjectArea | None


class CourseCreateDict(_CourseFields, total=False):
    """The fields of :class:`CourseCreate`, as a mapping."""

    title: Required[Needed]
    course_code: Required[NeededId]
    sections: Sequence[SectionCreate | SectionCreateDict]


class CourseUpdateDict(_CourseFields, total=False):
    """The fields of :class:`CourseUpdate`, as a mapping."""

    id: AnyNumber
    title: str
    course_code: AnyId
