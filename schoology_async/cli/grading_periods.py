"""``--kind grading-periods``: create the terms that sections belong to, or change their dates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.sending.grading_periods import new_grading_period

FIELDS = {
    "title": "name of the grading period, unique in the school",
    "start": "first day, YYYY-MM-DD or DD.MM.YYYY",
    "end": "last day, YYYY-MM-DD or DD.MM.YYYY",
}
ALIASES = {
    "grading period": "title",
    "term": "title",
    "term name": "title",
    "name": "title",
    "start date": "start",
    "begin date": "start",
    "first day": "start",
    "end date": "end",
    "last day": "end",
}


def _create(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.grading_periods.create_many(
        rows, update_existing=options.update_existing, journal=journal
    )


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    for period in await client.grading_periods.list():
        if (period.title,) in keys:
            yield row_of(period, [*FIELDS, "id"])


async def _read(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for period in await client.grading_periods.list():
        yield row_of(period, GRADING_PERIODS_LISTING.columns)


GRADING_PERIODS = Kind(
    name="grading-periods",
    noun="grading periods",
    does="Create grading periods, one per request. With --update-existing, also change the dates "
    "of grading periods with the same title.",
    fields=FIELDS,
    required=(("title",), ("start",), ("end",)),
    key=("title",),
    aliases=ALIASES,
    dates=("start", "end"),
    options=("update_existing",),
    check_row=new_grading_period,
    count_requests=requests_of(1),
    bulk=_create,
    read_existing=_read_existing,
    code_explanations={
        "409": "A grading period with this title exists. To change its dates, add "
        "--update-existing --restart.",
    },
)

GRADING_PERIODS_LISTING = Listing(
    name="grading-periods",
    does="The grading periods of the school.",
    columns=[*FIELDS, "id", "active", "parent"],
    shown=("title", "start", "end", "id"),
    imported_as="grading-periods",
    read=_read,
)
