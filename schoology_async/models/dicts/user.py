"""Users, and links of students to parents or advisors, as TypedDicts."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    AnyIdList,
    Day,
    Email,
    Flag,
    Login,
    Needed,
    NeededId,
    NeededNumber,
    Year,
)

from ..user import Gender, NameTitle


class _UserFields(TypedDict, total=False):
    """The fields that can be set when a user is created and when it is updated."""

    username: Login | None
    primary_email: Email | None
    school_id: AnyId | None
    building_id: AnyId | None
    additional_buildings: AnyIdList | None
    name_title: NameTitle | None
    name_title_show: Flag | None
    name_first_preferred: str | None
    name_middle: str | None
    name_middle_show: Flag | None
    position: str | None
    gender: Gender | None
    grad_year: Year | None
    birthday_date: Day | None
    password: str
    tz_name: str | None
    language: str | None
    parent_uids: AnyIdList | None
    advisor_uids: AnyIdList | None
    child_uids: AnyIdList | None
    synced: Flag
    profile_picture_fid: AnyId
    subjects_taught: str | None
    grades_taught: str | None
    department: str | None
    bio: str | None
    phone: str | None
    website: str | None
    address: str | None
    interests: str | None
    activities: str | None


class UserCreateDict(_UserFields, total=False):
    """The fields of :class:`UserCreate`, as a mapping."""

    school_uid: Required[NeededId]
    name_first: Required[Needed]
    name_last: Required[Needed]
    role_id: Required[NeededNumber]
    email_login_info: Flag


class UserUpdateDict(_UserFields, total=False):
    """The fields of :class:`UserUpdate`, as a mapping."""

    id: AnyId
    school_uid: AnyId
    name_first: str
    name_last: str
    role_id: AnyId


class ReactivationDict(TypedDict, total=False):
    """The fields of :class:`Reactivation`, as a mapping."""

    uid: Required[NeededId]
    option_reenroll: Flag


class AdvisorPairDict(TypedDict, total=False):
    """The fields of :class:`AdvisorPair`, as a mapping."""

    student_school_uid: Required[NeededId]
    advisor_school_uid: Required[NeededId]
    delete: Flag


class ParentPairDict(TypedDict, total=False):
    """The fields of :class:`ParentPair`, as a mapping."""

    student_school_uid: Required[NeededId]
    parent_school_uid: Required[NeededId]
    delete: Flag
