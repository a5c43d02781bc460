"""Members of classes. Vendor page: Memberships.

The vendor leaves out null values, so any field of a response may be ``None``. Timestamps are kept
in the vendor's formats: with or without milliseconds, in UTC or with an offset.
"""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    Flag,
    Id,
    Unset,
)

from .converter import Level
from .fields import WholeId


@attrs.define(kw_only=True, repr=False)
class ClassStudent(Record):
    """A student of a class."""

    #: ManageBac's id of the student.
    id: Id | None = None
    #: ``SL`` or ``HL``; ``None`` in classes without levels.
    level: Level | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentPlace(Record):
    """A student to put into a class, or to move to another level there."""

    #: ManageBac's id of the student.
    id: int
    #: ``SL`` or ``HL``; only in classes with levels.
    level: Level | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class MembershipPlace(Record):
    """A student to put into one of many classes."""

    #: ManageBac's id of the class.
    class_id: int
    #: ManageBac's id of the student.
    student_id: int
    #: ``SL`` or ``HL``; only in classes with levels.
    level: Level | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class ClassTeacher(Record):
    """A teacher of a class."""

    #: ManageBac's id of the teacher.
    id: Id | None = None
    #: Whether reports name the teacher.
    show_on_reports: Flag | None = None
    #: Whether the teacher has left the school.
    teacher_archived: Flag | None = None
    first_joined_at: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TeacherPlace(Record):
    """A teacher to assign to a class."""

    #: ManageBac's id of the teacher.
    id: int
    #: Whether reports name the teacher.
    show_on_reports: bool | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ClassTeacherPlace(Record):
    """A teacher to put into one of many classes, or to remove from it."""

    #: ManageBac's id of the class.
    class_id: WholeId
    #: ManageBac's id of the teacher.
    teacher_id: WholeId


@attrs.define(kw_only=True, repr=False)
class ClassStudentPlace(Record):
    """A student to remove from one of many classes."""

    #: ManageBac's id of the class.
    class_id: WholeId
    #: ManageBac's id of the student.
    student_id: WholeId


@attrs.define(kw_only=True, repr=False)
class Membership(Record):
    """A user's membership of a class. If it was deleted, ``extra`` may contain the time."""

    #: Id of the membership.
    id: Id | None = None
    user_id: Id | None = None
    class_id: Id | None = None
    #: ``SL`` or ``HL``; the vendor prints 0 or 1.
    level: Level | None = None
    #: ``Student``, ``Teacher`` or ``Admin``; some samples have ``Advisor``.
    role: str | None = None
    user_email: str | None = None
    #: The school's own id of the class. The vendor often leaves it out.
    uniq_class_id: Id | None = None
    #: The school's own id of the student. The vendor often leaves it out.
    uniq_student_id: Id | None = None
    created_at: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentClass(Record):
    """A class of one student."""

    id: Id | None = None
    #: The school's own id of the class.
    uniq_id: Id | None = None
    name: str | None = None
    archived: Flag | None = None
    start_term_id: Id | None = None
    end_term_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentGroup(Record):
    """A group of one student."""

    id: Id | None = None
    name: str | None = None
    archived: Flag | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentYearGroup(Record):
    """A year group of one student."""

    id: Id | None = None
    name: str | None = None
    program: str | None = None
    archived: Flag | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentMemberships(Record):
    """The classes and groups of one student."""

    classes: list[StudentClass] = attrs.field(factory=list)
    groups: list[StudentGroup] = attrs.field(factory=list)
    year_groups: list[StudentYearGroup] = attrs.field(factory=list)
    extra: dict[str, Any] = attrs.field(factory=dict)
