"""The common fields of students, teachers and parents. Vendor schema: ``PersonalInformation``."""

from __future__ import annotations

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    Flag,
    Id,
    Unset,
)

from .fields import ClearableDay, TextList, Texts


@attrs.define(kw_only=True, repr=False)
class Person(Record):
    """The fields of a person as ManageBac returns them. It leaves out null values."""

    #: ManageBac's id of the person.
    id: Id | None = None
    #: The email address with which the person signs in.
    email: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    nickname: str | None = None
    other_name: str | None = None
    #: The school's own id of the person.
    identifier: Id | None = None
    #: ``Male``, ``Female``, or another value that the school has configured.
    gender: str | None = None
    #: ``YYYY-MM-DD``, as in the response.
    birthday: str | None = None
    phone_number: str | None = None
    mobile_phone_number: str | None = None
    street_address: str | None = None
    street_address_ii: str | None = None
    city: str | None = None
    state: str | None = None
    zipcode: str | None = None
    #: A name or a code of two letters.
    country: str | None = None
    #: Codes such as ``US``.
    nationalities: Texts | None = None
    #: Codes such as ``ENG``.
    languages: Texts | None = None
    #: The id of the person's account in the vendor's portal.
    account_uid: Id | None = None
    #: E.g. ``Europe/Kyiv``.
    timezone: str | None = None
    #: ``Student``, ``Parent``, ``Advisor`` or ``Teacher``. The vendor's pages differ in the words
    #: and in upper and lower case.
    role: str | None = None
    #: Whether the person has left the school.
    archived: Flag | None = None
    #: The language in which the person sees ManageBac.
    ui_language: str | None = None
    last_accessed_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    #: The person's id in SchoolsBuddy.
    sb_id: Id | None = None
    #: The person's id in OpenApply.
    oa_id: Id | None = None


@attrs.define(kw_only=True, repr=False)
class PersonFields(Record):
    """The fields of a person that can be written. A field that is ``UNSET`` is not sent, and
    ``""`` clears it."""

    first_name: str | Unset = UNSET
    middle_name: str | Unset = UNSET
    #: At least 6 characters. For a new person without a password, the vendor chooses one.
    password: str | Unset = UNSET
    nickname: str | Unset = UNSET
    other_name: str | Unset = UNSET
    #: The school's own id of the person.
    identifier: AnyId | Unset = UNSET
    #: ``Male``, ``Female``, or another value that the school has configured.
    gender: str | Unset = UNSET
    #: A date, ``YYYY-MM-DD`` or ``DD.MM.YYYY``.
    birthday: ClearableDay | Unset = UNSET
    phone_number: str | Unset = UNSET
    mobile_phone_number: str | Unset = UNSET
    street_address: str | Unset = UNSET
    street_address_ii: str | Unset = UNSET
    city: str | Unset = UNSET
    state: str | Unset = UNSET
    zipcode: str | Unset = UNSET
    country: str | Unset = UNSET
    #: Codes such as ``US``.
    nationalities: TextList | Unset = UNSET
    #: Codes such as ``ENG``.
    languages: TextList | Unset = UNSET
    #: E.g. ``Europe/Kyiv``.
    timezone: str | Unset = UNSET
    #: Only a token of the SchoolsBuddy extension may set this, and only once.
    sb_id: AnyId | Unset = UNSET
    #: See ``sb_id``.
    oa_id: AnyId | Unset = UNSET
