"""``--kind people``: create users, or update them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, requests_of
from lms_async.cli.meanings import Meaning
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.many_users import new_user

#: The fields that can be set when a user is created.
FIELDS = {
    "school_uid": "the school's own id for the person; must never change",
    "name_first": "first name",
    "name_last": "last name",
    "role_id": "Schoology's id of the role, a number",
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
    "school_id": "Schoology's id of the school",
    "building_id": "Schoology's id of the building",
    "additional_buildings": "Schoology's ids of more buildings, separated by commas",
    "parent_uids": "Schoology's ids of the parents, separated by commas",
    "advisor_uids": "Schoology's ids of the advisors, separated by commas",
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


def _create(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.create_many(rows, update_existing=options.update_existing, journal=journal)


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
    meanings=MEANINGS,
    dates=("birthday_date",),
    options=("update_existing",),
    check_row=new_user,
    count_requests=requests_of(50),
    bulk=_create,
    code_explanations=EXPLAINED,
)
