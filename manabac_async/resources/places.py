"""The base of the bulk methods that add people to classes and year groups, or remove them.

The vendor takes a list of ids for one group. It responds with ``{"status": "ok"}`` even if it
skipped an unknown id. So after an addition, the group is read, and the rows of people who are not
in it are rejected. After a removal, nothing is read: a person who was skipped is not in the group.
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

_NOT_IN_IT = (
    "ManageBac accepted the request, but does not list this person afterwards; check the id"
)


class Place(str):
    """The key of a row: a person and a group. The text is what must be different in each row."""

    __slots__ = ("group", "person")

    group: int
    person: int

    def __new__(cls, group: int, person: int, *, only_one: bool) -> Place:
        """Make the key of a row.

        :param only_one: whether a person can be in only one group, and so in only one row.
        """
        made = super().__new__(cls, person if only_one else f"{group} {person}")
        made.group, made.person = group, person
        return made


@attrs.frozen(kw_only=True)
class Places:
    """The names of the fields of a row, and how the members of a group are read."""

    sending: Sending
    #: The name of the field with the id of the group.
    group: str
    #: The name of the field with the id of the person.
    person: str
    #: The name of the list of people's ids in a request.
    ids: str
    #: Takes the ids of a group and of some people. Returns the ids of those who are in the group.
    members: Callable[[int, list[int]], Awaitable[set[str]]]
    #: Whether the vendor removes a person from the other groups when it adds the person to one.
    only_one: bool = False
    #: Whether the vendor documents that it skips people whom it does not know. Otherwise a 404 may
    #: be about one of them.
    skips_unknown: bool = True


class ManyPlaces(ManyRecords):
    """A resource with bulk methods that add people to groups and remove them."""

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
        """Add people, one request per group, and read each group afterwards.

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
        """Remove people, one request per group. All rows are counted first.

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
