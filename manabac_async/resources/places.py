"""The shape of the bulk methods that add people to groups and remove them: classes, year groups.

The vendor takes a list of ids for one group and answers ``{"status": "ok"}``, also if it skipped an
id that it does not know. So after an addition the group is read back: a person who is not in it is
a failure of this one row. A removal needs no reading back: who was skipped is not in the group.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Results
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, Method
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.records.encoding import Sending
from lms_async.resource import FollowUp, Given, LookUp, ParseResults

from ..bulk_results import explain, not_found
from .many import ManyRecords, all_ok

R = TypeVar("R")

_NOT_IN_IT = "ManageBac accepted the request, but does not show this person there afterwards"


class Place(str):
    """The key of a row: a person, and the group that the person is added to or removed from.

    Two rows are the same if they have the same text.
    """

    __slots__ = ("group", "person")

    group: int
    person: int

    def __new__(cls, group: int, person: int, *, only_one: bool) -> Place:
        """Make the key of a row.

        :param only_one: whether a person can be in one group only.
        """
        made = super().__new__(cls, person if only_one else f"{group} {person}")
        made.group, made.person = group, person
        return made


@attrs.frozen(kw_only=True)
class Places:
    """One kind of places: the fields of a row, and the vendor's calls."""

    sending: Sending
    #: The field of a row with the id of the group.
    group: str
    #: The field of a row with the id of the person.
    person: str
    #: The field of a request with the ids of the people.
    ids: str
    #: Reads which of some people are in a group. Takes the id of the group and of the people.
    members: Callable[[int, list[int]], Awaitable[set[str]]]
    #: Whether the vendor removes a person from the other groups when it adds the person to one.
    only_one: bool = False
    #: Whether the vendor documents that it skips people whom it does not know. Otherwise a 404 may
    #: be about one of them.
    skips_unknown: bool = True


class ManyPlaces(ManyRecords):
    """Bulk methods that add people to many groups, and remove them."""

    def _add_places(
        self,
        rows: Given[R],
        operation: str,
        path: str,
        places: Places,
        *,
        repeatable: bool,
        chunk: int,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Add people, those of one group in one request, and read the group back.

        :param path: the template of the path, with the group's ``{id}``.
        :param repeatable: whether the vendor documents that adding a person twice does no harm.
        """

        async def read_back(added: Rows[R], _: Results) -> Results:
            found = await self._members(places, added)
            return [
                RowResult(Status.DONE, key)
                if key in found
                else RowResult(Status.REJECTED, None, not_found(places.person, _NOT_IN_IT))
                for key in _people(added)
            ]

        async def look_up(added: Rows[R]) -> list[Found]:
            found = await self._members(places, added)
            return [
                RowResult(Status.DONE, key) if key in found else ABSENT for key in _people(added)
            ]

        return self._place(
            rows,
            operation,
            "POST",
            path,
            places,
            parse=lambda payload, added: [None] * len(added),
            only_one=places.only_one,
            repeatable=repeatable,
            look_up=look_up,
            follow_up=read_back,
            chunk=chunk,
            journal=journal,
        )

    def _remove_places(
        self,
        rows: Given[R],
        operation: str,
        method: Method,
        path: str,
        places: Places,
        *,
        guard: Guard,
        count: Callable[[], Awaitable[int]],
        repeatable: bool,
        chunk: int,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Remove people, those of one group in one request, after all rows were counted.

        :param count: counts all people in all groups.
        :param repeatable: whether the vendor documents that removing a person twice does no harm.
        """

        async def look_up(removed: Rows[R]) -> list[Found]:
            found = await self._members(places, removed)
            return [
                DIFFERENT if key in found else RowResult(Status.DONE, key)
                for key in _people(removed)
            ]

        return self._place(
            guarded(rows, guard, count),
            operation,
            method,
            path,
            places,
            parse=all_ok,
            only_one=False,
            repeatable=repeatable,
            look_up=look_up,
            follow_up=None,
            chunk=chunk,
            journal=journal,
        )

    def _place(
        self,
        rows: Given[R],
        operation: str,
        method: Method,
        path: str,
        places: Places,
        *,
        parse: ParseResults[R],
        only_one: bool,
        repeatable: bool,
        look_up: LookUp[R],
        follow_up: FollowUp[R] | None,
        chunk: int,
        journal: Journal | None,
    ) -> Bulk[R]:
        checked_chunk(chunk)

        def prepare(item: R) -> tuple[Hashable, Any]:
            body = places.sending(item)
            return Place(body[places.group], body[places.person], only_one=only_one), body

        def call(sent: Rows[R]) -> Call[Any]:
            to = build_path(path, id=_group(sent))
            return Call(
                method,
                str(to),
                route=to.route,
                body={places.ids: [key.person for key in _keys(sent)]},
                required_key="status",
                repeatable=repeatable,
                is_bulk=True,
            )

        return self._bulk(
            rows,
            operation,
            prepare=one_by_one(prepare),
            call=call,
            parse_results=parse,
            max_rows=chunk,
            distinct=True,
            path_names_rows=True,
            group=lambda key: key.group,
            look_up=look_up,
            explain=explain(places.group) if places.skips_unknown else explain(),
            follow_up=follow_up,
            journal=journal,
        )

    async def _members(self, places: Places, rows: Rows[Any]) -> set[str]:
        return await places.members(_group(rows), [key.person for key in _keys(rows)])


def checked_chunk(chunk: int) -> None:
    """Check how many rows a request may have.

    :raises InvalidInput: ``chunk`` is not a whole number of at least 1.
    """
    if not isinstance(chunk, int) or isinstance(chunk, bool) or chunk < 1:
        raise InvalidInput("chunk must be at least 1 row per request")


def _keys(rows: Rows[Any]) -> list[Any]:
    return rows.keys


def _group(rows: Rows[Any]) -> int:
    group: int = _keys(rows)[0].group
    return group


def _people(rows: Rows[Any]) -> list[str]:
    return [str(key.person) for key in _keys(rows)]
