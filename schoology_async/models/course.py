"""Courses. Vendor page: Courses, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    AnyNumber,
    Flag,
    Id,
    Needed,
    NeededId,
    Unset,
)

from .choices import GradeLevel, SubjectArea
from .section import SectionCreate


@attrs.define(kw_only=True, repr=False)
class Course(Record):
    """A course. People are enrolled in its sections."""

    id: Id | None = None
    #: Schoology's id of the building.
    building_id: Id | None = None
    title: str | None = None
    #: The school's own id of the course, unique in the school.
    course_code: str | None = None
    department: str | None = None
    description: str | None = None
    credits: float | None = None
    #: Whether an import manages the course. If so, its ``course_code`` can't be changed.
    synced: Flag | None = None
    #: A number from 0 to 15, see :data:`~schoology_async.models.choices.GradeLevel`.
    grade_level_range_start: int | None = None
    grade_level_range_end: int | None = None
    #: A number from 0 to 9, see :data:`~schoology_async.models.choices.SubjectArea`.
    subject_area: int | None = None
    #: Returned only with ``fetch_district_course_name``.
    district_course_name: str | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields that a create and an update share. A field that is ``UNSET`` is not sent."""

    #: Schoology's id of the building.
    building_id: AnyNumber | Unset | None = UNSET
    department: str | Unset | None = UNSET
    description: str | Unset | None = UNSET
    credits: float | Unset | None = UNSET
    #: Whether an import manages the course. If so, its ``course_code`` can't be changed.
    synced: Flag | Unset = UNSET
    #: A number from 0 to 15, see :data:`~schoology_async.models.choices.GradeLevel`.
    grade_level_range_start: GradeLevel | Unset | None = UNSET
    grade_level_range_end: GradeLevel | Unset | None = UNSET
    #: A number from 0 to 9, see :data:`~schoology_async.models.choices.SubjectArea`.
    subject_area: SubjectArea | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class CourseCreate(_Writable):
    """A course to create."""

    title: Needed
    #: The school's own id of the course, unique in the school.
    course_code: NeededId
    #: Sections to create with the course. Only ``courses.create_many`` supports them.
    sections: list[SectionCreate] | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class CourseUpdate(_Writable):
    """Changes to a course. Fields that are not set stay unchanged."""

    #: Schoology's id of the course. ``courses.update`` takes it as an argument.
    id: AnyNumber | Unset = UNSET
    title: str | Unset = UNSET
    #: The school's own id of the course. It can't be changed if the course is ``synced``.
    course_code: AnyId | Unset = UNSET
