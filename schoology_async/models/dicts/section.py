"""Sections of courses as TypedDicts."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    AnyNumber,
    ClockTime,
    Flag,
    Needed,
    NeededNumberList,
    NumberList,
)

from ..choices import CourseFormat
from ..section import SectionOptionsUpdate


class SectionOptionsUpdateDict(TypedDict, total=False):
    """The fields of :class:`SectionOptionsUpdate`, as a mapping."""

    weighted_grading_categories: Flag
    upload_document: Flag
    create_discussion: Flag
    member_post: Flag
    member_post_comment: Flag
    course_format: CourseFormat


class _SectionFields(TypedDict, total=False):
    """The fields that can be set when a section is created and when it is updated."""

    section_code: AnyId
    section_school_code: AnyId
    description: str | None
    location: str | None
    meeting_days: NumberList | None
    start_time: ClockTime | None
    end_time: ClockTime | None
    class_periods: NumberList | None
    synced: Flag
    options: SectionOptionsUpdate | SectionOptionsUpdateDict


class SectionCreateDict(_SectionFields, total=False):
    """The fields of :class:`SectionCreate`, as a mapping."""

    title: Required[Needed]
    grading_periods: Required[NeededNumberList]
    course_id: AnyNumber


class SectionUpdateDict(_SectionFields, total=False):
    """The fields of :class:`SectionUpdate`, as a mapping."""

    id: AnyNumber
    title: str
    grading_periods: NeededNumberList


class SectionCopyDict(TypedDict, total=False):
    """The fields of :class:`SectionCopy`, as a mapping."""

    title: Required[Needed]
    grading_periods: Required[NeededNumberList]
    source_section_id: AnyNumber
    source_section_school_code: AnyId
    section_id: AnyNumber
    section_school_code: AnyId
    section_code: AnyId
    course_id: AnyNumber
    course_code: AnyId
    description: str | None
    synced: Flag
