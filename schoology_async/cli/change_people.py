"""``--kind change-people``: change some fields of people who exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, Row, requests_of
from lms_async.errors import InvalidInput
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.many_users import change
from .active import check_uid
from .people import ALIASES, MEANINGS, PEOPLE
from .people import FIELDS as OF_PEOPLE
from .references import ONLY_ACTIVE_PERSON

FIELDS = {
    "school_uid": OF_PEOPLE["school_uid"],
    "uid": "instead of school_uid: Schoology's id of the person",
    **{
        name: text
        for name, text in OF_PEOPLE.items()
        if name not in ("school_uid", "email_login_info")
    },
}


def _change_of(row: Row) -> Any:
    """Return the row as ``users.update_many`` takes it: with the ``id`` of the person."""
    return {"id": row.get("uid", ""), **{name: row[name] for name in row if name != "uid"}}


def _check(row: Row) -> None:
    """Check a row. The school's own id was replaced by Schoology's before."""
    check_uid(row)
    if len(change(_change_of(row))) == 1:
        raise InvalidInput("there is nothing to change")


def _update(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.update_many(map(_change_of, rows), journal=journal)


CHANGE_PEOPLE = Kind(
    name="change-people",
    noun="people",
    does="Change some fields of people who exist, 50 per request, for example email addresses. "
    "The file needs no other columns. No one is created.",
    fields=FIELDS,
    required=(("school_uid", "uid"),),
    key=("school_uid",),
    aliases=ALIASES,
    meanings=MEANINGS,
    references={**PEOPLE.references, "school_uid": ONLY_ACTIVE_PERSON},
    dates=PEOPLE.dates,
    check_row=_check,
    count_requests=requests_of(50),
    bulk=_update,
    code_explanations={
        "404": "Schoology has no active person with this id.",
        "409": "Another person already has this username or email address.",
    },
)
