"""Who is in which class. Vendor page: Memberships.

Null values are never rendered, so any field may be ``None`` on read. Timestamps are kept as the
vendor prints them: with and without milliseconds, in UTC and with an offset.
"""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import UNSET, Flag, Id, Unset

from .converter import Level


@attrs.define(kw_only=True, repr=False)
class ClassStudent(Record):
    """A student of a class; ``level`` is ``None`` in classes without levels."""

    id: Id | None = None
    level: Level | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentPlace(Record):
    """A student to be put into a class, or moved to another ``level`` (``SL`` or ``HL``) there."""

    id: int
    level: Level | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class MembershipPlace(Record):
    """A student's place in a class, for many classes at once."""

    class_id: int
    student_id: int
    level: Level | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class ClassTeacher(Record):
    """A teacher of a class."""

    id: Id | None = None
    show_on_reports: Flag | None = None
    teacher_archived: Flag | None = None
    first_joined_at: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TeacherPlace(Record):
    """A teacher that a class is to have."""

    id: int
    show_on_reports: bool | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class Membership(Record):
    """A user's place in a class. Of a deleted one, ``extra`` may say when."""

    id: Id | None = None
    user_id: Id | None = None
    class_id: Id | None = None
    level: Level | None = None
    role: str | None = None
    user_email: str | None = None
    uniq_class_id: Id | None = None
    uniq_student_id: Id | None = None
    created_at: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class StudentClass(Record):
    """A class of one student."""

    id: Id | None = None
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
    """All that one student belongs to."""

    classes: list[StudentClass] = attrs.field(factory=list)
    groups: list[StudentGroup] = attrs.field(factory=list)
    year_groups: list[StudentYearGroup] = attrs.field(factory=list)
    extra: dict[str, Any] = attrs.field(factory=dict)
