"""Sections of courses. Vendor page: Course Sections, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    AnyNumber,
    ClockTime,
    Flag,
    Id,
    IdList,
    Needed,
    NeededNumberList,
    NumberList,
    Unset,
)

from .choices import CourseFormat


@attrs.define(kw_only=True, repr=False)
class SectionOptions(Record):
    """The options of a section, as Schoology returns them."""

    weighted_grading_categories: Flag | None = None
    upload_documents: Flag | None = None
    create_discussion: Flag | None = None
    member_post: Flag | None = None
    member_post_comment: Flag | None = None
    #: The layout of the section's pages, 1 or 2.
    course_format: int | None = None
    #: Schoology does not document this field and those below.
    default_grading_scale_id: Id | None = None
    hide_overall_grade: Flag | None = None
    hide_grading_period_grade: Flag | None = None
    allow_custom_overall_grade: Flag | None = None
    allow_custom_overall_grade_text: Flag | None = None
    #: Keys of the response that this model does not know, such as ``content_index_visibility``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Section(Record):
    """A section of a course: one class with its teachers and students."""

    id: Id | None = None
    section_title: str | None = None
    #: The code of the section, unique in its course and grading periods.
    section_code: str | None = None
    #: The school's own id of the section, unique in the school.
    section_school_code: str | None = None
    course_id: Id | None = None
    course_title: str | None = None
    course_code: str | None = None
    school_id: Id | None = None
    building_id: Id | None = None
    #: Schoology does not document this field.
    parent_id: Id | None = None
    #: The code that people enter to join; ``""`` or ``None`` if that is turned off.
    access_code: str | None = None
    #: Schoology's ids of the grading periods.
    grading_periods: IdList | None = None
    description: str | None = None
    location: str | None = None
    profile_url: str | None = None
    #: Weekdays as numbers; 0 is Sunday. Schoology's documents give 7 for Saturday.
    meeting_days: IdList | None = None
    #: ``HH:MM``; ``""`` if not set.
    start_time: str | None = None
    end_time: str | None = None
    class_periods: IdList | None = None
    #: A number from 0 to 9, see :data:`~schoology_async.models.choices.SubjectArea`.
    subject_area: int | None = None
    #: A number from 0 to 15, see :data:`~schoology_async.models.choices.GradeLevel`.
    grade_level_range_start: int | None = None
    grade_level_range_end: int | None = None
    weight: float | None = None
    #: Whether an import manages the section.
    synced: Flag | None = None
    active: Flag | None = None
    #: Whether the user of the credentials is an administrator of the section.
    admin: Flag | None = None
    options: SectionOptions | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class SectionOptionsUpdate(Record):
    """The options of a section that can be written.

    Schoology accepts ``upload_document``, but returns it as ``upload_documents``.
    """

    weighted_grading_categories: Flag | Unset = UNSET
    upload_document: Flag | Unset = UNSET
    create_discussion: Flag | Unset = UNSET
    member_post: Flag | Unset = UNSET
    member_post_comment: Flag | Unset = UNSET
    #: The layout of the section's pages.
    course_format: CourseFormat | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields that a create and an update share. A field that is ``UNSET`` is not sent."""

    #: The code of the section, unique in its course and grading periods.
    section_code: AnyId | Unset = UNSET
    #: The school's own id of the section, unique in the school. It can't be changed if the section
    #: is ``synced``.
    section_school_code: AnyId | Unset = UNSET
    description: str | Unset | None = UNSET
    location: str | Unset | None = UNSET
    #: Weekdays as numbers; 0 is Sunday. Schoology's documents give 7 for Saturday.
    meeting_days: NumberList | Unset | None = UNSET
    #: ``HH:MM``.
    start_time: ClockTime | Unset | None = UNSET
    end_time: ClockTime | Unset | None = UNSET
    class_periods: NumberList | Unset | None = UNSET
    #: Whether an import manages the section.
    synced: Flag | Unset = UNSET
    options: SectionOptionsUpdate | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SectionCreate(_Writable):
    """A section to create. One of ``section_code`` and ``section_school_code`` is needed."""

    #: Schoology returns it as ``section_title``.
    title: Needed
    #: Schoology's ids of the grading periods.
    grading_periods: NeededNumberList
    #: Schoology's id of the course. Only ``sections.create_many`` needs it.
    course_id: AnyNumber | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SectionUpdate(_Writable):
    """Changes to a section. Fields that are not set stay unchanged."""

    #: Schoology's id of the section. ``sections.update`` takes it as an argument.
    id: AnyNumber | Unset = UNSET
    title: str | Unset = UNSET
    #: Schoology's ids of the grading periods. They can't be changed if the section is ``synced``.
    grading_periods: NeededNumberList | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SectionCopy(Record):
    """A section to copy.

    Three things are required: the source, the course and the target. The id or the code names the
    source, and likewise the course. One of three fields names the target: ``section_id`` an empty
    section, ``section_school_code`` an empty or a new section, ``section_code`` a new section.
    """

    title: Needed
    #: Schoology's ids of the grading periods.
    grading_periods: NeededNumberList
    source_section_id: AnyNumber | Unset = UNSET
    source_section_school_code: AnyId | Unset = UNSET
    section_id: AnyNumber | Unset = UNSET
    section_school_code: AnyId | Unset = UNSET
    section_code: AnyId | Unset = UNSET
    course_id: AnyNumber | Unset = UNSET
    course_code: AnyId | Unset = UNSET
    description: str | Unset | None = UNSET
    #: Whether an import manages the copy.
    synced: Flag | Unset = UNSET
