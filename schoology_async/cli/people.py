"""``--kind people``: create users, or update them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_id, filter_ids
from lms_async.cli.kinds import INACTIVE, Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.meanings import Meaning
from lms_async.cli.record_rows import row_of
from lms_async.errors import Forbidden, NotFound, Unauthorized
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.many_users import new_user
from .references import (
    BUILDING,
    BUILDINGS,
    ROLE,
    SCHOOL,
    filterable,
    people_with,
    read_buildings,
    read_roles,
)

#: The fields that can be set when a user is created.
FIELDS = {
    "school_uid": "the school's own id for the person; must never change",
    "name_first": "first name",
    "name_last": "last name",
    "role_id": "role: its title, such as Student, or Schoology's id",
    "username": "login name",
    "primary_email": "email address",
    "name_title": "Mr., Mrs., Ms., Miss, Dr. or Professor",
    "name_title_show": "1 to show the title, 0 to hide it",
    "name_first_preferred": "preferred first name",
    "name_middle": "middle name",
    "name_middle_show": "1 to show the middle name, 0 to hide it",
    "gender": "M or F",
    "grad_year": "graduation year, four digits",
    "birthday_date": "YYYY-MM-DD or DD.MM.YYYY",
    "password": "first password",
    "email_login_info": "1 to let Schoology email the login to the person",
    "synced": "1 if an import keeps the account up to date, otherwise 0",
    "position": "job title",
    "tz_name": "time zone, such as America/New_York",
    "language": "language code, such as es",
    "school_id": "school: its title, or Schoology's id",
    "building_id": "building: its code, its title, or Schoology's id",
    "additional_buildings": "more buildings, like building_id, separated by commas",
    "parent_uids": "Schoology's ids of the parents, separated by commas; replaces all. "
    "--kind parents takes the school's own ids",
    "advisor_uids": "Schoology's ids of the advisors, separated by commas; replaces all. "
    "--kind advisors takes the school's own ids",
    "child_uids": "Schoology's ids of the children, separated by commas",
    "profile_picture_fid": "Schoology's id of an uploaded picture",
    "subjects_taught": "subjects taught",
    "grades_taught": "grades taught",
    "department": "department",
    "bio": "short biography",
    "phone": "telephone number",
    "website": "web address",
    "address": "postal address",
    "interests": "interests",
    "activities": "activities",
}

#: Other names of the fields, as other systems export them.
ALIASES = {
    "student id": "school_uid",
    "student number": "school_uid",
    "sis id": "school_uid",
    "unique id": "school_uid",
    "unique user id": "school_uid",
    "first name": "name_first",
    "given name": "name_first",
    "forename": "name_first",
    "last name": "name_last",
    "family name": "name_last",
    "surname": "name_last",
    "middle name": "name_middle",
    "preferred name": "name_first_preferred",
    "e-mail": "primary_email",
    "email address": "primary_email",
    "mail": "primary_email",
    "role": "role_id",
    "login": "username",
    "login name": "username",
    "graduation year": "grad_year",
    "birthday": "birthday_date",
    "date of birth": "birthday_date",
    "dob": "birthday_date",
    "sex": "gender",
    "time zone": "tz_name",
}

#: What the fields hold, for the columns of well-known exports.
MEANINGS: Mapping[str, Meaning] = {
    "school_uid": "person id",
    "name_first": "given name",
    "name_last": "family name",
    "role_id": "person role",
    "username": "username",
    "primary_email": "email",
    "name_title": "form of address",
    "name_first_preferred": "preferred given name",
    "name_middle": "middle name",
    "gender": "gender",
    "grad_year": "graduation year",
    "birthday_date": "birth date",
    "position": "job title",
    "department": "department",
    "phone": "phone",
}

#: Explanations of Schoology's error codes. The response does not say which case of 409 applies.
EXPLAINED = {
    "409": "Another person already has this username or email address. Without --update-existing "
    "it can also mean that a person with this school_uid exists. To update existing people, add "
    "--update-existing --restart.",
}


#: What Schoology does not show in the list of users, or shows as ids that another account does not
#: have. ``lms list parents`` shows the parents.
_NOT_LISTED = {
    *("password", "email_login_info", "profile_picture_fid"),
    *("subjects_taught", "grades_taught", "department", "bio", "phone", "website", "address"),
    *("interests", "activities", "school_id", "parent_uids", "advisor_uids", "child_uids"),
}
_LISTED = [name for name in FIELDS if name not in _NOT_LISTED]


def _create(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.create_many(rows, update_existing=options.update_existing, journal=journal)


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    missing = {key[0] for key in keys}
    async for user in people_with(client, filterable(key[0] for key in keys)):
        missing.discard(user.school_uid or "")
        yield row_of(user, [*FIELDS, "id"], {"id": user.uid})
    if not missing:
        return
    with suppress(Unauthorized, Forbidden, NotFound):  # the account may not list inactive people
        async for leaver in client.users.list_inactive():
            if leaver.school_uid in missing:
                yield {"school_uid": leaver.school_uid, "id": leaver.uid or "", INACTIVE: "1"}


async def _read(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    building_id = await filter_id(client, filters, "building_id", BUILDING)
    role_ids = await filter_ids(client, filters, "role_ids", ROLE)
    roles, buildings = await read_roles(client), await read_buildings(client)
    async for user in client.users.list(building_id=building_id, role_ids=role_ids):
        names = {
            "role_id": roles.name_of(user.role_id),
            "building_id": buildings.name_of(user.building_id),
            "additional_buildings": buildings.names_of(user.additional_buildings),
        }
        yield row_of(user, PEOPLE_LISTING.columns, names)


PEOPLE = Kind(
    name="people",
    noun="people",
    does="Create users, 50 per request. With --update-existing, also update users who exist.",
    fields=FIELDS,
    required=(
        ("school_uid",),
        ("name_first",),
        ("name_last",),
        ("role_id",),
        ("username", "primary_email"),
    ),
    key=("school_uid",),
    aliases=ALIASES,
    references={
        "role_id": ROLE,
        "school_id": SCHOOL,
        "building_id": BUILDING,
        "additional_buildings": BUILDINGS,
    },
    meanings=MEANINGS,
    dates=("birthday_date",),
    options=("update_existing",),
    check_row=new_user,
    count_requests=requests_of(50),
    bulk=_create,
    read_existing=_read_existing,
    activated_by="reactivate",
    code_explanations=EXPLAINED,
)

PEOPLE_LISTING = Listing(
    name="people",
    does="The users whom the account may see.",
    columns=[*_LISTED, "uid"],
    shown=("school_uid", "name_first", "name_last", "role_id", "username", "primary_email"),
    filters={
        "role_ids": "people with one of these roles: titles or ids, separated by commas",
        "building_id": "people of this building: its code, title or id",
    },
    imported_as="people",
    id_column="uid",
    read=_read,
)
