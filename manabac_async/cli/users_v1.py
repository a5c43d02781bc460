"""``--to managebac-v1``: create users through the legacy v1."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.cli.target import Row, RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.journal.journal import Journal
from lms_async.limits.limiter import Limiter

from ..v1.client import VARIABLES, ManageBacV1
from ..v1.resources import checked_new_user
from ..vendor import LIMIT, PERIOD

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


@attrs.frozen
class UsersV1Target:
    """Creates users, one per request. v1 cannot update users by a key of the school."""

    name: str = "managebac-v1"
    vendor: str = "ManageBac"
    fields: Mapping[str, str] = attrs.field(factory=FIELDS.copy)
    required: Sequence[Sequence[str]] = (("type",), ("first_name",), ("last_name",), ("email",))
    key: Sequence[str] = ("email",)
    aliases: Mapping[str, str] = attrs.field(factory=ALIASES.copy)
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
    can_update: bool = False
    limit: tuple[int, float] = (LIMIT, PERIOD)
    demo: None = None

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> ManageBacV1:
        """Create a client from the ``MANAGEBAC_V1_…`` variables."""
        return ManageBacV1.from_env(environment, limiter=limiter, trust_env=True, events=events)

    async def verify(self, client: ManageBacV1) -> None:
        """Send GET ib_groups, which has a short response."""
        await client.ib_groups.list()

    def check_row(self, row: Row) -> None:
        """Check a row as ``users.create_many`` does."""
        checked_new_user(row)

    def normalize_key(self, key: tuple[str, ...]) -> Hashable:
        """Return the email address in lower case, as ``users.create_many`` compares it."""
        return tuple(cell.casefold() for cell in key)

    def count_requests(self, rows: Iterable[Row]) -> int:
        """Count one request per user."""
        return sum(1 for _ in rows)

    def bulk(
        self,
        client: ManageBacV1,
        rows: Iterable[Any],
        *,
        update_existing: bool,
        journal: Journal | None,
    ) -> Bulk[Any]:
        """Call ``users.create_many``."""
        return client.users.create_many(rows, journal=journal)

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AbstractAsyncContextManager[RunningSandbox]:
        """Run the same sandbox as the other target."""
        from .serving import served

        return served(people=people, limit=limit, latency=latency, host=host, port=port)
