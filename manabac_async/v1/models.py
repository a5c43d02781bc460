"""People, IB groups and classes as v1 writes them. Vendor page: "Users Data Reference"."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import UNSET, AnyId, AnyIdList, Day, Email, Id, IdList, Needed, Unset

from ..models.converter import Kind

YesNo = Literal["Yes", "No"]


@attrs.define(kw_only=True, repr=False)
class UserV1(Record):
    """A user as v1 shows one. Any field may be ``None``; keys not listed here are in ``extra``."""

    id: Id | None = None
    type: Kind | None = None
    student_id: Id | None = None
    first_name: str | None = None
    last_name: str | None = None
    nickname: str | None = None
    other_name: str | None = None
    email: str | None = None
    gender: str | None = None
    birthday: Day | None = None
    program: str | None = None
    class_year: int | None = None
    attendance_start_date: Day | None = None
    parents_ids: IdList | None = None
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
    openapply_student_id: Id | None = None
    openapply_parent_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """What may be written at any time. A field that is ``UNSET`` is not sent."""

    student_id: AnyId | Unset | None = UNSET
    nickname: str | Unset | None = UNSET
    other_name: str | Unset | None = UNSET
    gender: str | Unset | None = UNSET
    birthday: Day | Unset | None = UNSET
    password: str | Unset = UNSET
    year_label: str | Unset | None = UNSET
    ib_group_id: AnyId | Unset | None = UNSET
    program: str | Unset | None = UNSET
    class_year: int | Unset | None = UNSET
    attendance_start_date: Day | Unset | None = UNSET
    homeroom_advisor: AnyId | Unset | None = UNSET
    parents_ids: AnyIdList | Unset | None = UNSET
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
    """A user to be made. A student needs a ``student_id`` too.

    ``type`` is ``student``, ``parent`` or ``advisor``; ``welcome_email`` has ManageBac write to
    them.
    """

    type: Kind
    first_name: Needed
    last_name: Needed
    email: Email
    welcome_email: YesNo | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class UserV1Update(_Writable):
    """Changes to a user: only what is given is sent.

    ``id`` says whose, in ``update_many``; ``update`` takes it as its own argument.
    """

    id: AnyId | Unset = UNSET
    type: Kind | Unset = UNSET
    first_name: str | Unset = UNSET
    last_name: str | Unset = UNSET
    email: Email | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class IbGroup(Record):
    """An IB group; its ``id`` goes where a ``group_id`` is asked for."""

    id: Id | None = None
    name: str | None = None
    grade: str | None = None
    program: str | None = None
    uniq_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class ClassV1(Record):
    """A class; its ``id`` goes where a ``group_id`` is asked for."""

    id: Id | None = None
    name: str | None = None
    grade: str | None = None
    class_type: str | None = None
    uniq_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
