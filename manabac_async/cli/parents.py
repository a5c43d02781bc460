"""``--kind parents``: create parents, or update them; and the list of parents."""

from __future__ import annotations

from ..resources.sending.parents import new_parent
from .people import FIELDS as OF_PEOPLE
from .people_by_email import kind_of, listing_of

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

PARENTS = kind_of(
    "parents",
    fields=FIELDS,
    check_row=new_parent,
    aliases={"parent id": "identifier", "guardian id": "identifier", "job title": "title"},
    meanings={"salutation": "form of address", "title": "job title"},
)

PARENT_LIST = listing_of(PARENTS, "child_ids")
