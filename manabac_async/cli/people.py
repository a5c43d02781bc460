"""What the kinds and listings of students, teachers and parents have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_flag, filter_time
from lms_async.cli.kinds import INACTIVE, KindOptions, Row
from lms_async.cli.meanings import Meaning
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import ManageBac
from ..resources.many_people import plain_email
from .references import PAGE_SIZE
from .since import SINCE

#: The fields of every person that can be set. ``sb_id`` and ``oa_id`` are left out: only a token
#: of the vendor's other products may set them.
FIELDS = {
    "email": "email address, used to sign in; unique in ManageBac",
    "first_name": "first name",
    "middle_name": "middle name",
    "last_name": "last name",
    "nickname": "nickname",
    "other_name": "other name",
    "identifier": "the school's own id for the person",
    "password": "first password, at least 6 characters; not sent for people who exist",
    "gender": "Male or Female, or another value of the school's settings",
    "birthday": "YYYY-MM-DD or DD.MM.YYYY",
    "phone_number": "telephone number",
    "mobile_phone_number": "mobile telephone number",
    "street_address": "street and number",
    "street_address_ii": "second line of the address",
    "city": "city",
    "state": "state",
    "zipcode": "postal code",
    "country": "country, such as HK",
    "nationalities": "codes of the nationalities, such as US, separated by commas",
    "languages": "codes of the languages, such as ENG, separated by commas",
    "timezone": "time zone, such as Europe/Kyiv",
}

#: Other names of the fields, as other systems export them.
ALIASES = {
    "e-mail": "email",
    "email address": "email",
    "mail": "email",
    "given name": "first_name",
    "forename": "first_name",
    "family name": "last_name",
    "surname": "last_name",
    "preferred name": "nickname",
    "sex": "gender",
    "date of birth": "birthday",
    "dob": "birthday",
    "phone": "phone_number",
    "mobile": "mobile_phone_number",
    "mobile phone": "mobile_phone_number",
    "address": "street_address",
    "zip": "zipcode",
    "postal code": "zipcode",
}

#: What the fields hold, for the columns of well-known exports.
MEANINGS: Mapping[str, Meaning] = {
    "email": "email",
    "first_name": "given name",
    "middle_name": "middle name",
    "last_name": "family name",
    "nickname": "preferred given name",
    "gender": "gender",
    "birthday": "birth date",
    "phone_number": "phone",
}

#: Columns of a listing that an import does not take.
SHOWN_ONLY = ("id", "archived", "last_accessed_at", "created_at", "updated_at")

EXPLAINED = {
    "422": "ManageBac did not accept a value of the row. If an email address or id is taken, the "
    "person exists already. To update existing people, add --update-existing --restart.",
}

FILTERS = {
    "archived": "1 for archived people only, 0 for active people only",
    "q": "text to search for in names and email addresses",
    **SINCE,
}


def save_people(
    kind: str,
) -> Callable[[Any, Iterable[Any], KindOptions, Journal | None], Bulk[Any]]:
    """Return the bulk call that creates people and, with ``--update-existing``, updates others.

    :param kind: ``students``, ``teachers`` or ``parents``.
    """

    def bulk(
        client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
    ) -> Bulk[Any]:
        resource = getattr(client, kind)
        save = resource.upsert_many if options.update_existing else resource.create_many
        saving: Bulk[Any] = save(rows, send_welcome_email=bool(options.notify), journal=journal)
        return saving

    return bulk


async def list_people(
    client: ManageBac, kind: str, filters: Mapping[str, str], **more: Any
) -> AsyncIterator[Any]:
    """Yield the people that match the filters."""
    people = getattr(client, kind).list(
        archived=filter_flag(filters, "archived"),
        q=filters.get("q"),
        modified_since=filter_time(filters, "modified_since"),
        deleted_since=filter_time(filters, "deleted_since"),
        per_page=PAGE_SIZE,
        **more,
    )
    async for person in people:
        yield person


def recognized_by(code: str) -> dict[str, Callable[[str], Hashable]]:
    """Return the fields by which ``upsert_many`` recognizes people.

    :param code: the field with the school's own id.
    """
    return {code: str.strip, "email": plain_email}


async def existing_people(
    client: ManageBac, kind: str, columns: Iterable[str]
) -> AsyncIterator[Row]:
    """Yield all people of a kind as rows. ManageBac cannot filter them by the school's own id."""
    async for person in list_people(client, kind, {}):
        yield row_of(person, [*columns, "id"], {INACTIVE: "1"} if person.archived else {})
