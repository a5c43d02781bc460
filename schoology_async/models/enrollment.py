"""Enrollments of people in sections and groups. Vendor page: Enrollments, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyNumber,
    Flag,
    Id,
    NeededId,
    NeededNumber,
    NeededNumberList,
    Unset,
)

from .choices import EnrollmentStatus


@attrs.define(kw_only=True, repr=False)
class Enrollment(Record):
    """A person's enrollment in the section or group that was requested.

    Schoology does not return the id of that section or group.
    """

    #: Schoology's id of the enrollment.
    id: Id | None = None
    #: Schoology's id of the person.
    uid: Id | None = None
    #: The school's own id of the person.
    school_uid: Id | None = None
    name_title: str | None = None
    name_title_show: Flag | None = None
    name_first: str | None = None
    name_first_preferred: str | None = None
    use_preferred_first_name: Flag | None = None
    name_middle: str | None = None
    name_middle_show: Flag | None = None
    name_last: str | None = None
    #: The name that Schoology shows to other users.
    name_display: str | None = None
    picture_url: str | None = None
    #: Whether the person is a teacher of the section or an owner of the group.
    admin: Flag | None = None
    #: 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
    status: int | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class EnrollmentCreate(Record):
    """A person to enroll."""

    #: Schoology's id of the person.
    uid: NeededNumber
    #: Whether the person is a teacher of the section or an owner of the group.
    admin: Flag
    #: 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
    status: EnrollmentStatus
    #: Schoology's id of the section. Only rows of ``create_many`` need it,
    #: unless they have ``group_id``.
    section_id: AnyNumber | Unset = UNSET
    #: Schoology's id of the group.
    group_id: AnyNumber | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class EnrollmentUpdate(Record):
    """Changes to an enrollment. Fields that are not set stay unchanged."""

    #: Schoology's id of the enrollment. ``enrollments.update`` takes it as an argument.
    id: AnyNumber | Unset = UNSET
    #: Whether the person is a teacher of the section or an owner of the group.
    admin: Flag | Unset = UNSET
    #: 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
    status: EnrollmentStatus | Unset = UNSET
    #: Schoology's id of the section. Only rows of ``update_many`` need it,
    #: unless they have ``group_id``.
    section_id: AnyNumber | Unset = UNSET
    #: Schoology's id of the group.
    group_id: AnyNumber | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class EnrollmentBySchoolCode(Record):
    """A person to enroll in a section, or to remove from it with ``delete``.

    The school's own ids name the person and the section.
    """

    #: The school's own id of the section.
    section_school_code: NeededId
    #: The school's own id of the person.
    school_uid: NeededId
    #: Whether the person is a teacher of the section.
    admin: Flag | Unset = UNSET
    delete: Flag | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class EnrollmentByCourseCode(Record):
    """A person to enroll in a section, or to remove from it with ``delete``.

    ``course_code`` and ``section_code`` name the section.
    """

    #: The school's own id of the course.
    course_code: NeededId
    #: The code of the section, unique in its course and grading periods.
    section_code: NeededId
    #: The school's own id of the person.
    school_uid: NeededId
    #: Whether the person is a teacher of the section.
    admin: Flag | Unset = UNSET
    delete: Flag | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class EnrollmentByPeriod(EnrollmentByCourseCode):
    """Like :class:`EnrollmentByCourseCode`, with the grading periods of the section."""

    #: Schoology's ids of the grading periods. The row is applied to the sections in them.
    grading_periods: NeededNumberList
