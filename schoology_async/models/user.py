"""People. Vendor page: User, "Fields"; what is read and what may be written are two models."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    AnyIdList,
    Day,
    Email,
    Flag,
    Id,
    IdList,
    Login,
    Needed,
    NeededId,
    NeededNumber,
    Unset,
    Year,
)

PARENTS = ("parents",)
#: Parents are printed as ``null``, a list, ``{"parent": [...]}`` or ``{"parent": {...}}``.
Parents = Annotated[list["User"], "parents"]
NameTitle = Literal["Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Professor", ""]
Gender = Literal["M", "F", ""]


@attrs.define(kw_only=True, repr=False)
class User(Record):
    """A user as Schoology shows one. What is shown depends on who asks, so any field may be
    ``None``; keys that are not listed here are in ``extra``.

    ``uid`` and ``id`` are the same number, as text. ``grad_year`` and ``birthday_date`` are kept
    as the vendor prints them (``""`` when not set). ``tz_offset`` is in hours.
    """

    #: The vendor prints ``"password": ""`` on every read.
    ignored: ClassVar[frozenset[str]] = frozenset({"password"})

    uid: Id | None = None
    id: Id | None = None
    school_id: Id | None = None
    building_id: Id | None = None
    additional_buildings: IdList | None = None
    school_uid: Id | None = None
    synced: Flag | None = None
    name_title: str | None = None
    name_title_show: Flag | None = None
    name_first: str | None = None
    name_first_preferred: str | None = None
    use_preferred_first_name: Flag | None = None
    name_middle: str | None = None
    name_middle_show: Flag | None = None
    name_last: str | None = None
    name_display: str | None = None
    username: str | None = None
    primary_email: str | None = None
    picture_url: str | None = None
    profile_url: str | None = None
    gender: str | None = None
    position: str | None = None
    grad_year: str | None = None
    birthday_date: str | None = None
    role_id: Id | None = None
    tz_offset: float | None = None
    tz_name: str | None = None
    language: str | None = None
    parents: Parents | None = None
    parent_uids: IdList | None = None
    advisor_uids: IdList | None = None
    child_uids: IdList | None = None
    send_message: int | None = None
    subjects_taught: str | None = None
    grades_taught: str | None = None
    department: str | None = None
    bio: str | None = None
    phone: str | None = None
    website: str | None = None
    address: str | None = None
    interests: str | None = None
    activities: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class InactiveUser(Record):
    """A user who was made inactive; ``inactive_timestamp`` is in epoch seconds."""

    uid: Id | None = None
    name: str | None = None
    school_uid: Id | None = None
    synced: Flag | None = None
    inactive_timestamp: int | None = None
    modified_by_uid: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """What may be written at any time. A field that is ``UNSET`` is not sent."""

    username: Login | Unset | None = UNSET
    primary_email: Email | Unset | None = UNSET
    school_id: AnyId | Unset | None = UNSET
    building_id: AnyId | Unset | None = UNSET
    additional_buildings: AnyIdList | Unset | None = UNSET
    name_title: NameTitle | Unset | None = UNSET
    name_title_show: Flag | Unset | None = UNSET
    name_first_preferred: str | Unset | None = UNSET
    name_middle: str | Unset | None = UNSET
    name_middle_show: Flag | Unset | None = UNSET
    position: str | Unset | None = UNSET
    gender: Gender | Unset | None = UNSET
    grad_year: Year | Unset | None = UNSET
    birthday_date: Day | Unset | None = UNSET
    password: str | Unset = UNSET
    tz_name: str | Unset | None = UNSET
    language: str | Unset | None = UNSET
    parent_uids: AnyIdList | Unset | None = UNSET
    advisor_uids: AnyIdList | Unset | None = UNSET
    child_uids: AnyIdList | Unset | None = UNSET
    synced: Flag | Unset = UNSET
    profile_picture_fid: AnyId | Unset = UNSET
    subjects_taught: str | Unset | None = UNSET
    grades_taught: str | Unset | None = UNSET
    department: str | Unset | None = UNSET
    bio: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    website: str | Unset | None = UNSET
    address: str | Unset | None = UNSET
    interests: str | Unset | None = UNSET
    activities: str | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class UserCreate(_Writable):
    """A user to be made. Beside the four fields without a default, one of ``username`` and
    ``primary_email`` is needed.

    ``role_id`` is the number of the role in Schoology. ``email_login_info`` has Schoology mail the
    login to the user.
    """

    school_uid: NeededId
    name_first: Needed
    name_last: Needed
    role_id: NeededNumber
    email_login_info: Flag | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class UserUpdate(_Writable):
    """Changes to a user: only what is given is changed; a blank ``password`` changes nothing.

    ``id`` says whose, in ``update_many``; ``update`` takes it as its own argument.
    """

    id: AnyId | Unset = UNSET
    school_uid: AnyId | Unset = UNSET
    name_first: str | Unset = UNSET
    name_last: str | Unset = UNSET
    role_id: AnyId | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class Reactivation(Record):
    """An inactive user to bring back; ``option_reenroll`` also restores courses and groups."""

    uid: NeededId
    option_reenroll: Flag | Unset = UNSET
