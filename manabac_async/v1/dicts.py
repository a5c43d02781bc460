"""TypedDicts of the write models of v1, so that a type checker finds a misspelt key.

Each has the fields of the model of the same name. A test compares them.
"""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    AnyIdList,
    Day,
    Email,
    Needed,
)

from ..models.converter import Kind
from .models import YesNo


class _UserV1Fields(TypedDict, total=False):
    """The fields that can be set when a user is created and when it is updated."""

    student_id: AnyId | None
    nickname: str | None
    other_name: str | None
    gender: str | None
    birthday: Day | None
    password: str
    year_label: str | None
    ib_group_id: AnyId | None
    program: str | None
    class_year: int | None
    attendance_start_date: Day | None
    homeroom_advisor: AnyId | None
    parents_ids: AnyIdList | None
    children_ids: AnyIdList | None
    language: str | None
    language1: str | None
    language2: str | None
    language3: str | None
    language4: str | None
    nationality1: str | None
    nationality2: str | None
    nationality3: str | None
    nationality4: str | None
    national_id: AnyId | None
    phone_number: str | None
    mobile_phone_number: str | None
    street_address: str | None
    street_address_ii: str | None
    city: str | None
    state: str | None
    zipcode: str | None
    country: str | None
    salutation: str | None
    title: str | None
    employer: str | None
    work_address: str | None
    work_address_ii: str | None
    work_city: str | None
    work_state: str | None
    work_postal_code: str | None
    work_country: str | None
    work_phone: str | None
    work_fax: str | None
    work_email: Email | None


class UserV1CreateDict(_UserV1Fields, total=False):
    """The fields of :class:`UserV1Create`, as a mapping."""

    type: Required[Kind]
    first_name: Required[Needed]
    last_name: Required[Needed]
    email: Required[Email]
    welcome_email: YesNo


class UserV1UpdateDict(_UserV1Fields, total=False):
    """The fields of :class:`UserV1Update`, as a mapping."""

    id: AnyId
    type: Kind
    first_name: str
    last_name: str
    email: Email
