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
    """The options of a section, as Schoology shows them."""

    weighted_grading_categories: Flag | None = None
    upload_documents: Flag | None = None
    create_discussion: Flag | None = None
    member_post: Flag | None = None
    member_post_comment: Flag | None = None
    #: The layout of the section's pages, 1 or 2.
    course_format: int | None = None
    #: This and the fields below are not documented.
    default_grading_scale_id: Id | None = None
    hide_overall_grade: Flag | None = None
    hide_grading_period_grade: Flag | None = None
    allow_custom_overall_grade: Flag | None = None
    allow_custom_overall_grade_text: Flag | None = None
    #: Keys of the response that this model does not know, such as ``content_index_visibility``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Section(Record):
    """A section of a course: a class with its people, periods and times."""

    id: Id | None = None
    section_title: str | None = None
    #: The section's name within its course and grading periods.
    section_code: str | None = None
    #: The school's own id of the section, unique in the school.
    section_school_code: str | None = None
    course_id: Id | None = None
    course_title: str | None = None
    course_code: str | None = None
    school_id: Id | None = None
    building_id: Id | None = None
    #: Not documented.
    parent_id: Id | None = None
    #: The code by which people join; ``""`` or ``None`` where that is turned off.
    access_code: str | None = None
    #: Schoology's ids of the grading periods.
    grading_periods: IdList | None = None
    description: str | None = None
    location: str | None = None
    profile_url: str | None = None
    #: Numbers from 0, a Sunday; the documents call a Saturday 7.
    meeting_days: IdList | None = None
    #: ``HH:MM``, as the vendor prints it; ``""`` if not set.
    start_time: str | None = None
    end_time: str | None = None
    class_periods: IdList | None = None
    #: A number from 0 to 9, see :data:`~schoology_async.models.choices.SubjectArea`.
    subject_area: int | None = None
    #: A number from 0 to 15, see :data:`~schoology_async.models.choices.GradeLevel`.
    grade_level_range_start: int | None = None
    grade_level_range_end: int | None = None
    weight: float | None = None
    #: Whether the section is kept in step by an import.
    synced: Flag | None = None
    active: Flag | None = None
    #: Whether the user of the credentials is an administrator of the section.
    admin: Flag | None = None
    options: SectionOptions | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class SectionOptionsUpdate(Record):
    """The options of a section that can be written. The vendor reads ``upload_document``, and
    shows it as ``upload_documents``."""

    weighted_grading_categories: Flag | Unset = UNSET
    upload_document: Flag | Unset = UNSET
    create_discussion: Flag | Unset = UNSET
    member_post: Flag | Unset = UNSET
    member_post_comment: Flag | Unset = UNSET
    #: The layout of the section's pages.
    course_format: CourseFormat | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields of a new section and of a change. A field that is ``UNSET`` is not sent."""

    #: The section's name within its course and grading periods.
    section_code: AnyId | Unset = UNSET
    #: The school's own id of the section, unique in the school; can't be changed of a ``synced``
    #: section.
    section_school_code: AnyId | Unset = UNSET
    description: str | Unset | None = UNSET
    location: str | Unset | None = UNSET
    #: Numbers from 0, a Sunday; the documents call a Saturday 7.
    meeting_days: NumberList | Unset | None = UNSET
    #: ``HH:MM``.
    start_time: ClockTime | Unset | None = UNSET
    end_time: ClockTime | Unset | None = UNSET
    class_periods: NumberList | Unset | None = UNSET
    #: Whether the section is kept in step by an import.
    synced: Flag | Unset = UNSET
    options: SectionOptionsUpdate | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SectionCreate(_Writable):
    """A section to create. One of ``section_code`` and ``section_school_code`` is needed."""

    #: Shown by the vendor as ``section_title``.
    title: Needed
    #: Schoology's ids of the grading periods.
    grading_periods: NeededNumberList
    #: Schoology's id of the course. Only ``sections.create_many`` needs it: elsewhere it is clear.
    course_id: AnyNumber | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SectionUpdate(_Writable):
    """Changes to a section. Only the fields that are given are changed."""

    #: Schoology's id of the section. ``update`` takes it as its own argument.
    id: AnyNumber | Unset = UNSET
    title: str | Unset = UNSET
    #: Schoology's ids of the grading periods; can't be changed of a ``synced`` section.
    grading_periods: NeededNumberList | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SectionCopy(Record):
    """A section to copy.

    The source is needed, by its id or its code; the course, by its id or its code; and the target:
    ``section_id`` names an empty section, ``section_school_code`` one that exists or is to be made,
    and ``section_code`` one to be made.
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
    #: Whether the copy is kept in step by an import.
    synced: Flag | Unset = UNSET
