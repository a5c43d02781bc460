"""``--kind deactivate`` and ``--kind reactivate``: leavers, and people who come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.exit_codes import MAY_NOT_READ
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, every_row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.errors import InvalidInput
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending

from ..client import Schoology
from ..models import Reactivation
from ..models.converter import converter
from ..resources.many_users import GUARD
from .references import ACTIVE_PERSON, INACTIVE_PERSON

_PERSON = {
    "school_uid": "the school's own id of the person",
    "uid": "instead of school_uid: Schoology's id of the person",
}
_ALIASES = dict.fromkeys(
    ("student id", "student number", "sis id", "unique id", "unique user id"), "school_uid"
)

_reactivation = Sending(converter, Reactivation, what="the row")


def check_uid(row: Row) -> None:
    """Check that a row names a person. The school's own id was replaced by Schoology's before.

    :raises InvalidInput: it does not.
    """
    uid = row.get("uid", "").strip()
    if not uid:
        raise InvalidInput("the row can't be sent", fields={"school_uid": "is needed"})
    if not (uid.isascii() and uid.isdigit()):
        raise InvalidInput("the row can't be sent", fields={"uid": "must be a whole number"})


def _check(row: Row) -> None:
    check_uid(row)
    _reactivation(row)


def _deactivate(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    # Both are in `asks`, so the command has them.
    keep, notify = options.keep_enrollments, options.notify
    if keep is None or notify is None:
        raise InvalidInput("keep_enrollments and notify must be True or False")
    return client.users.delete_many(
        (row["uid"] for row in rows),
        keep_enrollments=keep,
        notify=notify,
        guard=options.guard or GUARD,
        journal=journal,
    )


def _reactivate(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.reactivate_many(rows, journal=journal)


async def _count(client: Schoology) -> int:
    return await client.users.count()


async def _already_inactive(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    uids = {uid for (uid,) in keys}
    with suppress(*MAY_NOT_READ):  # then all rows are sent
        async for user in client.users.list_inactive():
            if user.uid in uids:
                yield {"uid": user.uid, "id": user.uid}


async def _already_active(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    """Yield the people who are active. All people are listed only if someone is not inactive."""
    uids = {uid for (uid,) in keys}
    with suppress(*MAY_NOT_READ):
        async for leaver in client.users.list_inactive():
            uids.discard(leaver.uid or "")
    if not uids:
        return
    async for user in client.users.list():
        if user.uid in uids:
            yield {"uid": user.uid, "id": user.uid}


async def _read_inactive(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    async for user in client.users.list_inactive():
        yield row_of(user, INACTIVE_LISTING.columns)


DEACTIVATE = Kind(
    name="deactivate",
    noun="people",
    does="Make people inactive, 50 per request, for example leavers. --kind reactivate makes them "
    "active again, but does not bring back erased enrollments and grades.",
    fields=_PERSON,
    required=(("school_uid", "uid"),),
    key=("school_uid",),
    aliases=_ALIASES,
    meanings={"school_uid": "person id"},
    references={"school_uid": ACTIVE_PERSON},
    options=("keep_enrollments", "notify"),
    asks=("keep_enrollments", "notify"),
    check_row=_check,
    count_requests=requests_of(50),
    bulk=_deactivate,
    removes=every_row,
    count_existing=_count,
    read_existing=_already_inactive,
    switches=True,
    code_explanations={"404": "Schoology has no active person with this id."},
)

REACTIVATE = Kind(
    name="reactivate",
    noun="people",
    does="Make inactive people active again, 50 per request.",
    fields={
        **_PERSON,
        "option_reenroll": "1 to restore the person's courses and groups too",
    },
    required=(("school_uid", "uid"),),
    key=("school_uid",),
    aliases=_ALIASES,
    meanings={"school_uid": "person id"},
    references={"school_uid": INACTIVE_PERSON},
    check_row=_check,
    count_requests=requests_of(50),
    bulk=_reactivate,
    read_existing=_already_active,
    switches=True,
    code_explanations={
        "404": "Schoology has no inactive person with this id.",
        "409": "Another person now has the school_uid, username or email address.",
    },
)

INACTIVE_LISTING = Listing(
    name="inactive",
    does="The inactive people.",
    columns=["school_uid", "uid", "name", "inactive_timestamp", "modified_by_uid", "synced"],
    shown=("school_uid", "name", "uid"),
    exported=False,
    read=_read_inactive,
)
