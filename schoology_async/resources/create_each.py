"""Create records of which Schoology takes one per request: buildings and grading periods.

Schoology accepts two buildings with the same code. So the existing records are read first, and a
record that exists is updated or rejected, but never created again.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from typing import Any, Generic, Protocol, TypeVar

import attrs
import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.lookup import FoundRecord, look_up
from lms_async.bulk.rows import Rows, check_input, one_by_one
from lms_async.errors import InvalidInput, LmsError
from lms_async.http.call import Call, get
from lms_async.http.urls import Path
from lms_async.journal.journal import Journal
from lms_async.outcome import RowError, RowResult, Status
from lms_async.resource import Given

from .base import SchoologyResource, with_options
from .filters import flags
from .shown import shows

R = TypeVar("R")


class Known(Protocol):
    """A record that Schoology returned."""

    id: str | None


K = TypeVar("K", bound=Known)

#: What identifies a row: the school, or whatever else has its own list, and the name in this list.
Key = tuple[str, str]


@attrs.frozen(kw_only=True)
class OneEach(Generic[K]):
    """How one kind of record is created.

    :param noun: the record in messages, e.g. ``a building with this code``.
    :param prepare: checks a row, and returns its key and the body of the request.
    :param read: reads the existing records of a list. Returns the records by name.
    :param create: returns the path for new records of a list.
    :param one: returns the path of one record, by its id.
    """

    noun: str
    prepare: Callable[[Any], tuple[Key, dict[str, Any]]]
    read: Callable[[str], Awaitable[Mapping[str, Sequence[K]]]]
    create: Callable[[str], Path]
    one: Callable[[str], Path]


class CreateEach(SchoologyResource):
    """A resource whose ``create_many`` sends one record per request."""

    def _create_each(
        self,
        items: Given[R],
        operation: str,
        kind: OneEach[K],
        *,
        update_existing: bool,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Create records, several requests at once. See :class:`OneEach`.

        :param update_existing: update a record that exists, instead of rejecting its row.
        """
        check_input(items)
        query = flags(update_existing=update_existing)
        existing: dict[str, Mapping[str, Sequence[K]]] = {}
        # What the look-up of a row found. It is about this row only: in a list that is read while
        # other rows are sent, the records of these rows would seem to have existed before.
        looked_up: dict[Key, Sequence[K]] = {}
        # Places whose list could not be read, such as an unknown school. The requests of their rows
        # read it again, so that the bulk handles the error like that of any request.
        unread: set[str] = set()
        # The row that updates each record. Another row about it, by another name, is rejected.
        updated_by: dict[str, Key] = {}

        def is_updated(rows: Rows[R], known: Sequence[K]) -> bool:
            """Return whether the row updates the record that exists."""
            if not (update_existing and len(known) == 1):
                return False
            key = _key(rows)
            return updated_by.setdefault(str(known[0].id), key) == key

        def found(rows: Rows[R]) -> Sequence[K]:
            place, name = key = _key(rows)
            return looked_up.get(key) or existing[place].get(name, ())

        def call(rows: Rows[R]) -> Call[Any]:
            known, (place, _) = found(rows), _key(rows)
            path = kind.one(str(known[0].id)) if known else kind.create(place)
            if place in unread or (known and not is_updated(rows, known)):
                # The row is rejected. A bulk has a request for each row, so this one reads.
                return get(path, is_bulk=True, required_key="id" if known else None)
            return Call(
                "PUT" if known else "POST",
                str(path),
                route=path.route,
                body=orjson.Fragment(rows.bodies[0]),
                required_key=None if known else "id",
                repeatable=bool(known),
                is_bulk=True,
            )

        def parse(payload: Any, rows: Rows[R]) -> list[RowResult | None]:
            known = found(rows)
            if _key(rows)[0] in unread:  # this time it was read, but nothing was sent
                return [None]
            if not known:
                return [RowResult(Status.DONE, str(payload["id"]))]
            if is_updated(rows, known):
                return [RowResult(Status.DONE, known[0].id)]
            if update_existing and len(known) == 1:
                error = RowError("duplicate", f"{kind.noun} exists, and an earlier row updates it")
                return [RowResult(Status.REJECTED, known[0].id, error)]
            times = "exists" if len(known) == 1 else "exists several times"
            error = RowError("409", f"{kind.noun} {times}")
            return [RowResult(Status.REJECTED, known[0].id, error)]

        async def look_up_one(rows: Rows[R]) -> list[Found]:
            place, name = key = _key(rows)
            records = (await kind.read(place)).get(name, ())

            async def find(sent: Sequence[dict[str, Any]]) -> list[FoundRecord[K]]:
                return [ABSENT if not records else records[0] if len(records) == 1 else None]

            looked_up[key] = records
            return await look_up(
                rows,
                find,
                is_same=lambda sent, record: shows(record, sent),
                id_of=lambda record: record.id,
                resend_changes=update_existing,
            )

        async def known_in(place: str) -> Mapping[str, Sequence[K]]:
            try:
                return await kind.read(place)
            except LmsError:
                unread.add(place)
                return {}

        async def with_existing() -> AsyncIterator[R]:
            async for item in _each(items):
                try:
                    (place, _), _ = kind.prepare(item)
                except InvalidInput:
                    pass  # the bulk rejects the row
                else:
                    if place not in existing:
                        existing[place] = await known_in(place)
                yield item

        return self._bulk(
            with_existing(),
            with_options(operation, query),
            prepare=one_by_one(kind.prepare),
            call=call,
            parse_results=parse,
            max_rows=1,
            distinct=True,
            path_names_rows=True,
            look_up=look_up_one,
            journal=journal,
        )


async def _each(items: Given[R]) -> AsyncIterator[R]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


def _key(rows: Rows[Any]) -> Key:
    key: Any = rows.keys[0]
    place, name = key
    return place, name


def by_name(pairs: Iterable[tuple[str, K]]) -> Mapping[str, Sequence[K]]:
    """Return records by their names. Records without a name are left out."""
    named: dict[str, list[K]] = {}
    for name, record in pairs:
        if name:
            named.setdefault(name, []).append(record)
    return named
