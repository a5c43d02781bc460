"""Models of v1: users, IB groups and classes. Vendor page: "Users Data Reference"."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    AnyIdList,
    Day,
    Email,
    Id,
    IdList,
    Needed,
    Unset,
)

from ..models.converter import Kind

YesNo = Literal["Yes", "No"]


@attrs.define(kw_only=True, repr=False)
class UserV1(Record):
    """A user as v1 returns it. Any field may be ``None``. Unknown keys are in ``extra``."""

    #: ManageBac's id of the user.
    id: Id | None = None
    #: ``student``, ``parent`` or ``advisor``; the vendor prints ``Students``.
    type: Kind | None = None
    #: The school's own id of a student.
    student_id: Id | None = None
    first_name: str | None = None
    last_name: str | None = None
    nickname: str | None = None
    other_name: str | None = None
    email: str | None = None
    gender: str | None = None
    #: Printed as ``1997-04-01`` or ``17.03.1999``.
    birthday: Day | None = None
    program: str | None = None
    #: The vendor's number of the grade: Grade 12 is 13.
    class_year: int | None = None
    attendance_start_date: Day | None = None
    #: ManageBac's ids of a student's parents.
    parents_ids: IdList | None = None
    #: ManageBac's ids of a parent's children.
    child_ids: IdList | None = None
    children_ids: IdList | None = None
    language: str | None = None
    language1: str | None = None
    language2: str | None = None
    language3: str | None = None
    language4: str | None = None
    nationality1: str | None = None
    nationality2: str | None = None
    nationality3: str | None = None
    nationality4: str | None = None
    national_id: Id | None = None
    phone_number: str | None = None
    mobile_phone_number: str | None = None
    street_address: str | None = None
    street_address_ii: str | None = None
    city: str | None = None
    state: str | None = None
    zipcode: str | None = None
    country: str | None = None
    salutation: str | None = None
    title: str | None = None
    employer: str | None = None
    work_address: str | None = None
    work_address_ii: str | None = None
    work_city: str | None = None
    work_state: str | None = None
    work_postal_code: str | None = None
    work_country: str | None = None
    work_phone: str | None = None
    work_fax: str | None = None
    work_email: str | None = None
    #: Id in OpenApply, if the person came from there.
    openapply_student_id: Id | None = None
    openapply_parent_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields of a new user and of a change. A field that is ``UNSET`` is not sent."""

    #: The school's own id of a student, unique in the school.
    student_id: AnyId | Unset | None = UNSET
    nickname: str | Unset | None = UNSET
    other_name: str | Unset | None = UNSET
    gender: str | Unset | None = UNSET
    #: A date, ``YYYY-MM-DD`` or ``DD.MM.YYYY``.
    birthday: Day | Unset | None = UNSET
    password: str | Unset = UNSET
    #: Puts a student into an IB group, if the school has set up labels.
    year_label: str | Unset | None = UNSET
    ib_group_id: AnyId | Unset | None = UNSET
    program: str | Unset | None = UNSET
    #: The vendor's number of the grade: Grade 12 is 13.
    class_year: int | Unset | None = UNSET
    attendance_start_date: Day | Unset | None = UNSET
    #: ManageBac's id of an advisor.
    homeroom_advisor: AnyId | Unset | None = UNSET
    #: ManageBac's ids of a student's parents.
    parents_ids: AnyIdList | Unset | None = UNSET
    #: ManageBac's ids of a parent's children.
    children_ids: AnyIdList | Unset | None = UNSET
    language: str | Unset | None = UNSET
    language1: str | Unset | None = UNSET
    language2: str | Unset | None = UNSET
    language3: str | Unset | None = UNSET
    language4: str | Unset | None = UNSET
    nationality1: str | Unset | None = UNSET
    nationality2: str | Unset | None = UNSET
    nationality3: str | Unset | None = UNSET
    nationality4: str | Unset | None = UNSET
    national_id: AnyId | Unset | None = UNSET
    phone_number: str | Unset | None = UNSET
    mobile_phone_number: str | Unset | None = UNSET
    street_address: str | Unset | None = UNSET
    street_address_ii: str | Unset | None = UNSET
    city: str | Unset | None = UNSET
    state: str | Unset | None = UNSET
    zipcode: str | Unset | None = UNSET
    country: str | Unset | None = UNSET
    salutation: str | Unset | None = UNSET
    title: str | Unset | None = UNSET
    employer: str | Unset | None = UNSET
    work_address: str | Unset | None = UNSET
    work_address_ii: str | Unset | None = UNSET
    work_city: str | Unset | None = UNSET
    work_state: str | Unset | None = UNSET
    work_postal_code: str | Unset | None = UNSET
    work_country: str | Unset | None = UNSET
    work_phone: str | Unset | None = UNSET
    work_fax: str | Unset | None = UNSET
    work_email: Email | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class UserV1Create(_Writable):
    """A user to create. A student needs a ``student_id`` too."""

    #: ``student``, ``parent`` or ``advisor``.
    type: Kind
    first_name: Needed
    last_name: Needed
    #: Unique in the school.
    email: Email
    #: ``Yes`` makes ManageBac send the person an email.
    welcome_email: YesNo | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class UserV1Update(_Writable):
    """Changes to a user. Only the fields that are set are sent."""

    #: ManageBac's id of the user. ``update`` takes it as its own argument.
    id: AnyId | Unset = UNSET
    type: Kind | Unset = UNSET
    first_name: str | Unset = UNSET
    last_name: str | Unset = UNSET
    email: Email | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class IbGroup(Record):
    """An IB group. Its ``id`` is the ``group_id`` for the methods of ``groups``."""

    id: Id | None = None
    name: str | None = None
    grade: str | None = None
    program: str | None = None
    uniq_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class ClassV1(Record):
    """A class. Its ``id`` is the ``group_id`` for the methods of ``groups``."""

    id: Id | None = None
    name: str | None = None
    grade: str | None = None
    class_type: str | None = None
    uniq_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
