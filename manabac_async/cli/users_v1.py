"""``--to managebac-v1 --kind people``: create users through the legacy API, one per request.

v1 cannot update users by a key of the school.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, ignore_case, requests_of
from lms_async.journal.journal import Journal

from ..v1.client import ManageBacV1
from ..v1.resources import checked_new_user

#: The fields that can be set when a user is created.
FIELDS = {
    "type": "student, parent or advisor",
    "first_name": "first name",
    "last_name": "last name",
    "email": "email address, used to sign in",
    "student_id": "the school's own id for the student",
    "nickname": "nickname",
    "other_name": "other name",
    "gender": "Male or Female",
    "birthday": "YYYY-MM-DD or DD.MM.YYYY",
    "password": "first password",
    "welcome_email": "Yes to let ManageBac send a welcome email, otherwise No",
    "year_label": "year label, as set up for the school's IB groups",
    "ib_group_id": "ManageBac's id of the IB group",
    "program": "program, such as IB DP",
    "class_year": "ManageBac's number of the grade (13 is Grade 12)",
    "attendance_start_date": "first day at the school, YYYY-MM-DD or DD.MM.YYYY",
    "homeroom_advisor": "ManageBac's id or the email address of the advisor",
    "parents_ids": "ManageBac's ids of a student's parents, separated by commas",
    "children_ids": "ManageBac's ids of a parent's children, separated by commas",
    "language": "language",
    "language1": "first language",
    "language2": "second language",
    "language3": "third language",
    "language4": "fourth language",
    "nationality1": "first nationality",
    "nationality2": "second nationality",
    "nationality3": "third nationality",
    "nationality4": "fourth nationality",
    "national_id": "national id",
    "phone_number": "telephone number",
    "mobile_phone_number": "mobile telephone number",
    "street_address": "street and number",
    "street_address_ii": "second line of the address",
    "city": "city",
    "state": "state",
    "zipcode": "postal code",
    "country": "country code, such as HK",
    "salutation": "salutation, such as Mr.",
    "title": "job title",
    "employer": "employer",
    "work_address": "street and number at work",
    "work_address_ii": "second line of the address at work",
    "work_city": "city at work",
    "work_state": "state at work",
    "work_postal_code": "postal code at work",
    "work_country": "country code at work",
    "work_phone": "telephone number at work",
    "work_fax": "fax number at work",
    "work_email": "email address at work",
}

#: Other names of the fields, as other systems export them.
ALIASES = {
    "role": "type",
    "given name": "first_name",
    "forename": "first_name",
    "family name": "last_name",
    "surname": "last_name",
    "middle name": "other_name",
    "e-mail": "email",
    "email address": "email",
    "mail": "email",
    "sis id": "student_id",
    "unique id": "student_id",
    "date of birth": "birthday",
    "dob": "birthday",
    "student number": "student_id",
    "phone": "phone_number",
    "mobile": "mobile_phone_number",
    "mobile phone": "mobile_phone_number",
    "address": "street_address",
    "zip": "zipcode",
    "postal code": "zipcode",
}


def _create(
    client: ManageBacV1, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.create_many(rows, journal=journal)


PEOPLE = Kind(
    name="people",
    noun="people",
    does="Create students, parents and advisors, one per request.",
    fields=FIELDS,
    required=(("type",), ("first_name",), ("last_name",), ("email",)),
    key=("email",),
    normalize_key=ignore_case,
    aliases=ALIASES,
    meanings={
        "type": "person role",
        "student_id": "person id",
        "first_name": "given name",
        "last_name": "family name",
        "nickname": "preferred given name",
        "other_name": "middle name",
        "email": "email",
        "gender": "gender",
        "birthday": "birth date",
        "phone_number": "phone",
        "salutation": "form of address",
        "title": "job title",
    },
    dates=("birthday", "attendance_start_date"),
    check_row=checked_new_user,
    count_requests=requests_of(1),
    bulk=_create,
)
