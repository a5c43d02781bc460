"""Students and teachers as TypedDicts."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    Email,
    Needed,
    NumberList,
    Year,
)

from ..fields import ClearableDay, ClearableId, NeededDay, NeededEmail, TextList, WholeId


class _PersonFields(TypedDict, total=False):
    """The fields of a person that can be written."""

    first_name: str
    middle_name: str
    password: str
    nickname: str
    other_name: str
    identifier: AnyId
    gender: str
    birthday: ClearableDay
    phone_number: str
    mobile_phone_number: str
    street_address: str
    street_address_ii: str
    city: str
    state: str
    zipcode: str
    country: str
    nationalities: TextList
    languages: TextList
    timezone: str
    sb_id: AnyId
    oa_id: AnyId


class NewPersonFields(_PersonFields, total=False):
    """The fields of a new person."""

    email: Required[NeededEmail]
    last_name: Required[Needed]


class PersonChangeFields(_PersonFields, total=False):
    """The fields of a person that a change may have."""

    id: WholeId
    email: Email
    last_name: str


class _StudentFields(TypedDict, total=False):
    """The fields of a student that can be written."""

    student_id: AnyId
    homeroom_advisor_id: ClearableId
    year_group_id: WholeId
    graduating_year: Year
    parent_ids: NumberList


class StudentCreateDict(NewPersonFields, _StudentFields, total=False):
    """The fields of :class:`StudentCreate`, as a mapping."""


class StudentUpdateDict(PersonChangeFields, _StudentFields, total=False):
    """The fields of :class:`StudentUpdate`, as a mapping."""


class StudentArchiveDict(TypedDict, total=False):
    """The fields of :class:`StudentArchive`, as a mapping."""

    id: Required[WholeId]
    withdrawn_on: NeededDay
    graduated_on: NeededDay


class TeacherCreateDict(NewPersonFields, total=False):
    """The fields of :class:`TeacherCreate`, as a mapping."""


class TeacherUpdateDict(PersonChangeFields, total=False):
    """The fields of :class:`TeacherUpdate`, as a mapping."""
