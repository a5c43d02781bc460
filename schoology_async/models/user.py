"""Models of users: to read, to create and to update. Vendor page: User, "Fields"."""

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

#: Parents are printed as ``null``, a list, ``{"parent": [...]}`` or ``{"parent": {...}}``.
Parents = Annotated[list["User"], "parents"]
NameTitle = Literal["Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Professor", ""]
Gender = Literal["M", "F", ""]


@attrs.define(kw_only=True, repr=False)
class User(Record):
    """A user as Schoology returns it. Any field may be ``None``, since Schoology shows fields
    depending on the permissions of the account."""

    #: The vendor prints ``"password": ""`` on every read.
    ignored: ClassVar[frozenset[str]] = frozenset({"password"})

    #: Schoology's id of the user.
    uid: Id | None = None
    #: The same id as ``uid``.
    id: Id | None = None
    #: Schoology's id of the school.
    school_id: Id | None = None
    #: Schoology's id of the user's building.
    building_id: Id | None = None
    #: Ids of further buildings.
    additional_buildings: IdList | None = None
    #: The school's own id of the person, unique in the school.
    school_uid: Id | None = None
    #: Whether an import manages the account.
    synced: Flag | None = None
    #: ``Mr.``, ``Mrs.``, ``Ms.``, ``Miss``, ``Dr.`` or ``Professor``.
    name_title: str | None = None
    #: Whether the title is shown.
    name_title_show: Flag | None = None
    name_first: str | None = None
    #: The first name that the person uses.
    name_first_preferred: str | None = None
    use_preferred_first_name: Flag | None = None
    name_middle: str | None = None
    name_middle_show: Flag | None = None
    name_last: str | None = None
    #: The name as others see it, composed by the vendor.
    name_display: str | None = None
    username: str | None = None
    primary_email: str | None = None
    picture_url: str | None = None
    profile_url: str | None = None
    #: ``M`` or ``F``.
    gender: str | None = None
    #: The job title.
    position: str | None = None
    #: Four digits, as the vendor prints them; ``""`` if not set.
    grad_year: str | None = None
    #: ``YYYY-MM-DD``, as the vendor prints it; ``""`` if not set.
    birthday_date: str | None = None
    #: Schoology's id of the role.
    role_id: Id | None = None
    #: Hours from UTC.
    tz_offset: float | None = None
    #: E.g. ``America/New_York``.
    tz_name: str | None = None
    #: A language code, e.g. ``es``.
    language: str | None = None
    #: Null in the vendor's samples of lists.
    parents: Parents | None = None
    #: Schoology's ids of the parents.
    parent_uids: IdList | None = None
    #: Schoology's ids of the advisors.
    advisor_uids: IdList | None = None
    #: Schoology's ids of the children.
    child_uids: IdList | None = None
    #: Only for a single user. Its meaning is not documented.
    send_message: int | None = None
    #: This and the fields below are shown only with the query ``extended=1``.
    subjects_taught: str | None = None
    grades_taught: str | None = None
    department: str | None = None
    bio: str | None = None
    phone: str | None = None
    website: str | None = None
    address: str | None = None
    interests: str | None = None
    activities: str | None = None
    #: Keys of the response that this model does not know.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class InactiveUser(Record):
    """A user who was made inactive."""

    uid: Id | None = None
    #: The name as others see it.
    name: str | None = None
    school_uid: Id | None = None
    synced: Flag | None = None
    #: When the user was made inactive, in seconds since 1970.
    inactive_timestamp: int | None = None
    #: Who made the user inactive.
    modified_by_uid: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields of a new user and of a change. A field that is ``UNSET`` is not sent."""

    #: The login name, unique in Schoology.
    username: Login | Unset | None = UNSET
    #: The email address, unique in Schoology.
    primary_email: Email | Unset | None = UNSET
    #: Schoology's id of the school.
    school_id: AnyId | Unset | None = UNSET
    #: Schoology's id of the building; by default the school itself.
    building_id: AnyId | Unset | None = UNSET
    #: Ids of further buildings.
    additional_buildings: AnyIdList | Unset | None = UNSET
    name_title: NameTitle | Unset | None = UNSET
    #: Whether the title is shown.
    name_title_show: Flag | Unset | None = UNSET
    #: The first name that the person uses.
    name_first_preferred: str | Unset | None = UNSET
    name_middle: str | Unset | None = UNSET
    name_middle_show: Flag | Unset | None = UNSET
    #: The job title.
    position: str | Unset | None = UNSET
    gender: Gender | Unset | None = UNSET
    #: Four digits.
    grad_year: Year | Unset | None = UNSET
    #: A date, ``YYYY-MM-DD`` or ``DD.MM.YYYY``.
    birthday_date: Day | Unset | None = UNSET
    #: A blank password changes nothing.
    password: str | Unset = UNSET
    #: E.g. ``America/New_York``.
    tz_name: str | Unset | None = UNSET
    #: A language code, see ``users.languages``.
    language: str | Unset | None = UNSET
    #: Schoology's ids of the parents.
    parent_uids: AnyIdList | Unset | None = UNSET
    #: Schoology's ids of the advisors.
    advisor_uids: AnyIdList | Unset | None = UNSET
    #: Schoology's ids of the children.
    child_uids: AnyIdList | Unset | None = UNSET
    #: Whether an import manages the account. Its ``school_uid`` can then not be changed.
    synced: Flag | Unset = UNSET
    #: Schoology's id of an uploaded picture.
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
    """A user to create. The four fields without a default are required, and so is one of
    ``username`` and ``primary_email``."""

    #: The school's own id of the person, unique in the school.
    school_uid: NeededId
    name_first: Needed
    name_last: Needed
    #: Schoology's id of the role, a number.
    role_id: NeededNumber
    #: Whether Schoology sends the login data to the user by email.
    email_login_info: Flag | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class UserUpdate(_Writable):
    """Changes to a user. Only the fields that are set are changed."""

    #: Schoology's id of the user. ``update`` takes it as its own argument.
    id: AnyId | Unset = UNSET
    #: The school's own id of the person. It can't be changed if the user is ``synced``.
    school_uid: AnyId | Unset = UNSET
    name_first: str | Unset = UNSET
    name_last: str | Unset = UNSET
    role_id: AnyId | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class Reactivation(Record):
    """An inactive user to make active again."""

    #: Schoology's id of the user.
    uid: NeededId
    #: Whether to restore courses and groups too.
    option_reenroll: Flag | Unset = UNSET
