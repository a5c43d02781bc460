"""``--kind parents``: create parents, or update them; and the list of parents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping

from lms_async.cli.kinds import Kind, Listing, Row, requests_of

from ..client import ManageBac
from ..resources.sending.parents import new_parent
from .people import (
    ALIASES,
    EXPLAINED,
    FILTERS,
    SHOWN_ONLY,
    existing_people,
    in_lower_case,
    list_people,
    recognized_by,
    save_people,
)
from .people import FIELDS as OF_PEOPLE
from .rows import row_of

#: ``child_ids`` is left out, because it links children without a relationship. The kind
#: ``children`` links them with it.
FIELDS = {
    **OF_PEOPLE,
    "salutation": "Mr., Ms., Mrs. or Dr.",
    "title": "job title",
    "employer": "employer",
    "work_email": "email address at work",
    "work_phone": "telephone number at work",
    "work_fax": "fax number at work",
    "work_address": "street and number at work",
    "work_address_ii": "second line of the address at work",
    "work_city": "city at work",
    "work_state": "state at work",
    "work_postal_code": "postal code at work",
    "work_country": "country at work",
}

_KEPT = tuple(name for name in FIELDS if name != "password")
_COLUMNS = (*_KEPT, "child_ids", *SHOWN_ONLY)


def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    return existing_people(client, "parents", _KEPT)


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    async for parent in list_people(client, "parents", filters):
        yield row_of(parent, _COLUMNS)


PARENTS = Kind(
    name="parents",
    noun="parents",
    does="Create parents. With --update-existing, also update parents who exist, found by "
    "identifier or email address.",
    fields=FIELDS,
    required=(("email",), ("last_name",)),
    key=("email",),
    normalize_key=in_lower_case,
    aliases={
        **ALIASES,
        "parent id": "identifier",
        "guardian id": "identifier",
        "job title": "title",
    },
    dates=("birthday",),
    options=("update_existing", "notify"),
    check_row=new_parent,
    count_requests=requests_of(1),
    bulk=save_people("parents"),
    read_existing=_existing,
    recognized_by=recognized_by("identifier"),
    code_explanations=EXPLAINED,
)

PARENT_LIST = Listing(
    name="parents",
    does="Parents, active and archived.",
    columns=_COLUMNS,
    read=_read,
    shown=("id", "identifier", "last_name", "first_name", "email", "archived"),
    filters=FILTERS,
    imported_as="parents",
)
