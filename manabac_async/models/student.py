"""Models of students: to read, to create, to update and to archive. Vendor page: Students."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    Email,
    Id,
    IdList,
    Needed,
    NumberList,
    Unset,
    Year,
)

from .fields import ClearableId, NeededDay, NeededEmail, WholeId
from .person import Person, PersonFields


@attrs.define(kw_only=True, repr=False)
class Student(Person):
    """A student as ManageBac returns them. It leaves out null values."""

    #: The school's own id of the student. In the vendor's samples, it equals ``identifier``.
    student_id: Id | None = None
    #: ``enrolled``, ``withdrawn`` or ``graduated``.
    status: str | None = None
    #: ``YYYY-MM-DD``, as in the response.
    graduated_on: str | None = None
    withdrawn_on: str | None = None
    homeroom_advisor_id: Id | None = None
    ee_advisor_id: Id | None = None
    cas_advisor_id: Id | None = None
    year_group_id: Id | None = None
    #: The same id as ``year_group_id``.
    ib_group_id: Id | None = None
    #: Four digits.
    graduating_year: int | None = None
    parent_ids: IdList | None = None
    class_grade: str | None = None
    #: The vendor's number for sorting. It differs from the grade's label and may be negative.
    class_grade_number: int | None = None
    #: The program's name.
    program: str | None = None
    program_code: str | None = None
    national_id: Id | None = None
    #: Keys of the response that this model does not know, such as ``options`` after a creation.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _StudentFields(PersonFields):
    """The fields of a student that can be written, besides those of a person."""

    #: The school's own id of the student.
    student_id: AnyId | Unset = UNSET
    homeroom_advisor_id: ClearableId | Unset = UNSET
    #: On creation, this sets the grade too. An update moves the student to this year group.
    year_group_id: WholeId | Unset = UNSET
    #: Four digits.
    graduating_year: Year | Unset = UNSET
    #: ManageBac's ids of existing parents.
    parent_ids: NumberList | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class StudentCreate(_StudentFields):
    """A student to create. ``email`` and ``last_name`` are required."""

    #: The email address with which the person signs in, unique in ManageBac.
    email: NeededEmail
    last_name: Needed


@attrs.define(kw_only=True, repr=False)
class StudentUpdate(_StudentFields):
    """Changes to a student. Only the fields that are set are changed; ``""`` clears a field."""

    #: ManageBac's id of the person, for ``update_many``. ``update`` has its own argument for it.
    id: WholeId | Unset = UNSET
    email: Email | Unset = UNSET
    last_name: str | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class StudentArchive(Record):
    """A student to archive. Exactly one of the two dates is required."""

    #: ManageBac's id of the student.
    id: WholeId
    #: The day on which the student left without graduating.
    withdrawn_on: NeededDay | Unset = UNSET
    #: The day on which the student graduated.
    graduated_on: NeededDay | Unset = UNSET
