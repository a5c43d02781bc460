"""Students, teachers, parents and their children as mappings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from lms_async.records.scalars import AnyId, Email, Needed, NumberList, Year

from ..fields import (
    ClearableDay,
    ClearableId,
    NeededDay,
    NeededEmail,
    Relationship,
    Salutation,
    TextList,
    WholeId,
)
from ..parent import ChildLink


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


class _NewPerson(_PersonFields, total=False):
    """The fields of a new person."""

    email: Required[NeededEmail]
    last_name: Required[Needed]


class _PersonChange(_PersonFields, total=False):
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


class StudentCreateDict(_NewPerson, _StudentFields, total=False):
    """The fields of :class:`StudentCreate`, as a mapping."""


class StudentUpdateDict(_PersonChange, _StudentFields, total=False):
    """The fields of :class:`StudentUpdate`, as a mapping."""


class StudentArchiveDict(TypedDict, total=False):
    """The fields of :class:`StudentArchive`, as a mapping."""

    id: Required[WholeId]
    withdrawn_on: NeededDay
    graduated_on: NeededDay


class TeacherCreateDict(_NewPerson, total=False):
    """The fields of :class:`TeacherCreate`, as a mapping."""


class TeacherUpdateDict(_PersonChange, total=False):
    """The fields of :class:`TeacherUpdate`, as a mapping."""


class _ParentFields(TypedDict, total=False):
    """The fields of a parent that can be written."""

    salutation: Salutation
    title: str
    employer: str
    work_email: Email
    work_phone: str
    work_address: str
    work_address_ii: str
    work_fax: str
    work_city: str
    work_state: str
    work_postal_code: str
    work_country: str


class ParentCreateDict(_NewPerson, _ParentFields, total=False):
    """The fields of :class:`ParentCreate`, as a mapping."""

    child_ids: NumberList


class ParentUpdateDict(_PersonChange, _ParentFields, total=False):
    """The fields of :class:`ParentUpdate`, as a mapping."""


class ChildLinkDict(TypedDict, total=False):
    """The fields of :class:`ChildLink`, as a mapping."""

    id: Required[WholeId]
    relationship: Required[Relationship]


class ParentChildLinkDict(TypedDict, total=False):
    """The fields of :class:`ParentChildLink`, as a mapping."""

    parent_id: Required[WholeId]
    child_id: Required[WholeId]
    relationship: Required[Relationship]


class ParentChildDict(TypedDict, total=False):
    """The fields of :class:`ParentChild`, as a mapping."""

    parent_id: Required[WholeId]
    child_id: Required[WholeId]


class ParentChildrenDict(TypedDict, total=False):
    """The fields of :class:`ParentChildren`, as a mapping."""

    parent_id: Required[WholeId]
    children: Required[Sequence[ChildLink | ChildLinkDict]]
