"""Enrollments as TypedDicts."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyNumber,
    Flag,
    NeededId,
    NeededNumber,
    NeededNumberList,
)

from ..choices import EnrollmentStatus


class EnrollmentCreateDict(TypedDict, total=False):
    """The fields of :class:`EnrollmentCreate`, as a mapping."""

    uid: Required[NeededNumber]
    admin: Required[Flag]
    status: Required[EnrollmentStatus]
    section_id: AnyNumber
    group_id: AnyNumber


class EnrollmentUpdateDict(TypedDict, total=False):
    """The fields of :class:`EnrollmentUpdate`, as a mapping."""

    id: AnyNumber
    admin: Flag
    status: EnrollmentStatus
    section_id: AnyNumber
    group_id: AnyNumber


class EnrollmentBySchoolCodeDict(TypedDict, total=False):
    """The fields of :class:`EnrollmentBySchoolCode`, as a mapping."""

    section_school_code: Required[NeededId]
    school_uid: Required[NeededId]
    admin: Flag
    delete: Flag


class EnrollmentByCourseCodeDict(TypedDict, total=False):
    """The fields of :class:`EnrollmentByCourseCode`, as a mapping."""

    course_code: Required[NeededId]
    section_code: Required[NeededId]
    school_uid: Required[NeededId]
    admin: Flag
    delete: Flag


class EnrollmentByPeriodDict(EnrollmentByCourseCodeDict, total=False):
    """The fields of :class:`EnrollmentByPeriod`, as a mapping."""

    grading_periods: Required[NeededNumberList]
