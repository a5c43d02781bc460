"""Grades, attendance and completion, read only. Vendor pages: Grades, Attendance, Completion.

Schoology documents some of these fields by examples only. They are in ``extra``.
"""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Id

from .bare import BareList


@attrs.define(kw_only=True, repr=False)
class UserGrades(Record):
    """A user's grades in one section; the grades are in ``extra``."""

    #: Schoology's id of the section.
    section_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Grade(Record):
    """The grade of an enrollment for one assignment."""

    enrollment_id: Id | None = None
    assignment_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Grades(Record):
    """The grades of a section by assignment."""

    grade: BareList[Grade] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FinalGrade(Record):
    """The final grades of an enrollment; the grades are in ``extra``."""

    enrollment_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Gradebook(Record):
    """The grades of a section; grading periods are in ``extra``, under ``period``."""

    grades: Grades | None = None
    final_grade: BareList[FinalGrade] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class GradeItem(Record):
    """An item of a section that can be graded, such as an assignment."""

    id: Id | None = None
    title: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class AttendanceRow(Record):
    """One enrollment's attendance on one day."""

    enrollment_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Attendances(Record):
    """The enrollments with one attendance status."""

    attendance: BareList[AttendanceRow] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class AttendanceStatus(Record):
    """An attendance status, with the enrollments that have it."""

    status_code: int | None = None
    attendances: Attendances | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class AttendanceStatuses(Record):
    """The attendance statuses of one day."""

    status: BareList[AttendanceStatus] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class AttendanceDay(Record):
    """The attendance of one day."""

    #: In the form that Schoology returns.
    date: str | None = None
    statuses: AttendanceStatuses | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Attendance(Record):
    """The attendance of a section by day; ``totals`` is in ``extra``."""

    date: BareList[AttendanceDay] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Completion(Record):
    """The progress of a student in a section."""

    uid: Id | None = None
    school_uid: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
