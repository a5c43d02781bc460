"""The bulk calls of ``schoology.users``: at most 50 rows a call, one outcome a row.

Vendor page: "bulk create", "bulk update", "bulk update (re-activate)", "bulk delete" and "Bulk
Import Associations". The last and re-activation name no limit there; 50 is taken for them too.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import BulkEndpoint, Found
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.rows import Prepared, Rows, json_of, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import MOST_QUERY, Query, build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import AllDone, RowResult
from lms_async.records.encoding import Sending
from lms_async.records.ids import ExactId, fault_of_id
from lms_async.records.scalars import id_text

from ..bulk_results import FieldReader, from_location, verdicts
from ..models import AdvisorPair, ParentPair, Reactivation, User, UserCreate, UserUpdate, converter
from ..models.converter import as_list
from .deletion import delete_query
from .lookup import look_up_rows

R = TypeVar("R")
Model = TypeVar("Model")
Given = Iterable[R] | AsyncIterable[R]
NewUser = UserCreate | Mapping[str, Any]
# A bulk's outcomes hold the rows as they were put in: so its type is that of the rows.
N = TypeVar("N", bound=NewUser)
C = TypeVar("C", bound=UserUpdate | Mapping[str, Any])
V = TypeVar("V", bound=Reactivation | Mapping[str, Any])
A = TypeVar("A", bound=AdvisorPair | Mapping[str, Any])
P = TypeVar("P", bound=ParentPair | Mapping[str, Any])

#: How many users one deletion may remove where the caller says nothing.
GUARD = Guard(max_removals=500)

#: A new user, as it is sent; also used for one user at a time.
new_user = Sending(converter, UserCreate, what="the user", one_of=("username", "primary_email"))
#: A change, as it is sent; also used for one user at a time.
change = Sending(converter, UserUpdate, what="the change")
_reactivation = Sending(converter, Reactivation, what="the row")


class ManyUsers:
    """The part of ``schoology.users`` that takes rows of any number."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create_many(
        self,
        users: Given[N],
        *,
        update_existing: bool = False,
        ignore_email_conflicts: bool = False,
        email_conflict_resolution: Literal[1, 2] | None = None,
        journal: Journal | None = None,
    ) -> Bulk[N]:
        """Create users, 50 a call. Vendor page: "bulk create".

        :param users: an iterable or async iterable of any length; models or mappings of the same
            fields. A row that lacks a needed field, or whose ``school_uid`` is under way in an
            earlier row, is rejected here.
        :param update_existing: change users whose ``school_uid`` exists, instead of rejecting them.
            Only then can a call whose answer was lost be sent again by itself.
        :param ignore_email_conflicts: create users without their mail address where it belongs to
            an account of another school.
        :param email_conflict_resolution: 1 creates an account by user name where the address
            exists; 2 merges accounts of the school's verified domain into the new one.
        :param journal: keeps through a crash what became of each row: run again with it, only what
            is not settled is sent.
        :returns: ``await`` it for a report, or iterate it for one outcome a row.
        """
        query = query_params(
            update_existing=update_existing,
            ignore_email_conflicts=ignore_email_conflicts,
            email_conflict_resolution=email_conflict_resolution,
        )

        school_uid = FieldReader("school_uid")

        def prepare(items: list[N]) -> Prepared:
            bodies, refused = new_user.many(items)
            return Prepared(list(school_uid.each(bodies)), bodies, refused)

        def call(rows: Rows[N]) -> Call[Any]:
            return _post_users(rows, method="POST", query=query, repeatable=update_existing)

        async def look_up(rows: Rows[N]) -> list[Found]:
            return await look_up_rows(self._transport, rows, update_existing=update_existing)

        return self._bulk(
            users,
            prepare,
            call,
            key=school_uid,
            id=FieldReader("id"),
            operation="users.create_many",
            query=query,
            look_up=look_up,
            one_record_each=update_existing,
            journal=journal,
        )

    def update_many(self, changes: Given[C], *, journal: Journal | None = None) -> Bulk[C]:
        """Change users, 50 a call. Vendor page: "bulk update".

        :param changes: each with the user's ``id`` and only the fields to change.
        :param journal: see :meth:`create_many`.
        """

        def prepare(item: C) -> tuple[Hashable, Any]:
            body = change(item)
            if not str(body.get("id", "")).strip():
                raise InvalidInput("the row can't be sent", fields={"id": "is needed"})
            if len(body) == 1:
                raise InvalidInput("there is nothing to change")
            return str(body["id"]), body

        def call(rows: Rows[C]) -> Call[Any]:
            return _post_users(rows, method="PUT", query=(), repeatable=True)

        return self._bulk(
            changes,
            one_by_one(prepare),
            call,
            key=FieldReader("id"),
            id=FieldReader("id"),
            operation="users.update_many",
            journal=journal,
        )

    def reactivate_many(self, items: Given[V], *, journal: Journal | None = None) -> Bulk[V]:
        """Bring inactive users back. Vendor page: "bulk update (re-activate)".

        :param items: each with the ``uid``; ``option_reenroll`` restores courses and groups too.
        :param journal: see :meth:`create_many`.
        """

        def prepare(item: V) -> tuple[Hashable, Any]:
            body = _reactivation(item)
            return str(body["uid"]), body

        def call(rows: Rows[V]) -> Call[Any]:
            # Unlike the other bulk writes, without an outer "users".
            body = {"user": json_of(rows)}
            path = "users/reactivate"
            return Call("PUT", path, route=path, body=body, envelope_key="user", is_bulk=True)

        return self._bulk(
            items,
            one_by_one(prepare),
            call,
            key=from_location,
            id=from_location,
            operation="users.reactivate_many",
            journal=journal,
        )

    def delete_many(
        self,
        uids: Given[str | int],
        *,
        keep_enrollments: bool,
        notify: bool,
        comment: str | None = None,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Make users inactive, 50 a call. Vendor page: "bulk delete".

        All of ``uids`` are taken and counted before the first call.

        :param uids: Schoology's ids.
        :param keep_enrollments: ``False`` erases grades and attendance, for ever.
        :param notify: whether each user is told by mail.
        :param comment: the reason, kept by the vendor.
        :param guard: how many may be removed, or which share of the users; 500 where not given.
            With more than that the bulk raises InvalidInput, and nothing is sent.
        :param journal: see :meth:`create_many`.
        """
        options = delete_query(keep_enrollments=keep_enrollments, notify=notify, comment=comment)

        def prepare(item: str | int) -> tuple[Hashable, Any]:
            uid = (id_text(item) or "").strip()
            fault = "must be one id" if not uid or "," in uid else None
            if not isinstance(item, ExactId):
                fault = fault or fault_of_id(uid)
            if fault:
                raise InvalidInput("the row can't be sent", fields={"uid": fault})
            return uid, quote(uid, safe="")  # as many bytes as it takes in the URL

        def call(rows: Rows[str | int]) -> Call[Any]:
            query = (("uids", ",".join(map(str, rows.keys))), *options)
            return Call("DELETE", "users", route="users", query=query, is_bulk=True)

        def read(payload: Any, rows: Rows[str | int]) -> AllDone | list[RowResult | None]:
            # The page says "Return: none" (204); the vendor was seen to answer 207 with rows.
            if payload is None:
                return AllDone(list(map(str, rows.keys)))
            return verdicts(
                as_list(payload["user"]), rows, key=FieldReader("id"), id=FieldReader("id")
            )

        endpoint = BulkEndpoint(
            prepare=one_by_one(prepare),
            call=call,
            parse_results=read,
            operation=_said("users.delete_many", options),
            max_bytes=MOST_QUERY,
        )
        counted = guarded(uids, guard, self._count)
        return Bulk(self._transport, counted, endpoint, journal=journal)

    async def _count(self) -> int:
        """How many users there are: as the vendor says it, or else by reading them all."""
        call: Call[Any] = get(build_path("users"), query=query_params(limit=2), envelope_key="user")
        total = str((await self._transport.fetch(call))[0].get("total", ""))
        if total.isdecimal():
            return int(total)
        everybody = Pages(
            self._transport, get(build_path("users"), returns=list[User], envelope_key="user"), User
        )
        return len(await everybody)

    def import_advisors(self, pairs: Given[A], *, journal: Journal | None = None) -> Bulk[A]:
        """Tie students to advisors, or untie them. Vendor page: "Bulk Import Associations".

        :param pairs: each with ``student_school_uid``, ``advisor_school_uid`` and, to take the
            association away, ``delete=True``. An outcome's ``id`` is the student's.
        :param journal: see :meth:`create_many`.
        """
        return self._associate(pairs, AdvisorPair, "advisor", journal)

    def import_parents(self, pairs: Given[P], *, journal: Journal | None = None) -> Bulk[P]:
        """Tie students to parents, or untie them. Vendor page: "Bulk Import Associations".

        :param pairs: each with ``student_school_uid``, ``parent_school_uid`` and, to take the
            association away, ``delete=True``. An outcome's ``id`` is the student's.
        :param journal: see :meth:`create_many`.
        """
        return self._associate(pairs, ParentPair, "parent", journal)

    def _associate(
        self,
        pairs: Given[Any],
        model: type[Model],
        other: Literal["advisor", "parent"],
        journal: Journal | None,
    ) -> Bulk[Any]:
        field = f"{other}_school_uid"
        checked = Sending(converter, model, what="the row")

        def prepare(item: Any) -> tuple[Hashable, Any]:
            body = checked(item)
            return (str(body["student_school_uid"]), str(body[field])), body

        def key(item: Any) -> Hashable | None:
            pair = FieldReader("student_school_uid")(item), FieldReader(field)(item)
            return pair if None not in pair else None

        def call(rows: Rows[Any]) -> Call[Any]:
            body = {"associations": {"association": json_of(rows)}}
            path = f"users/import/associations/{other}s"
            return Call(
                "POST", path, route=path, body=body, envelope_key="association", is_bulk=True
            )

        return self._bulk(
            pairs,
            one_by_one(prepare),
            call,
            key=key,
            id=FieldReader("student_uid"),
            operation=f"users.import_{other}s",
            journal=journal,
        )

    def _bulk(
        self,
        items: Given[R],
        prepare: Callable[[list[R]], Prepared],
        call: Callable[[Rows[R]], Call[Any]],
        *,
        key: Callable[[Any], Hashable | None],
        id: Callable[[Any], str | None],  # noqa: A002 - the vendor's field
        operation: str,
        query: Query = (),
        look_up: Callable[[Rows[R]], Awaitable[list[Found]]] | None = None,
        one_record_each: bool = False,
        journal: Journal | None,
    ) -> Bulk[R]:
        def read(payload: Any, rows: Rows[R]) -> AllDone | list[RowResult | None]:
            envelope = "user" if "user" in payload else "association"
            return verdicts(payload[envelope], rows, key=key, id=id)

        endpoint = BulkEndpoint(
            prepare=prepare,
            call=call,
            parse_results=read,
            operation=_said(operation, query),
            look_up=look_up,
            one_record_each=one_record_each,
        )
        return Bulk(self._transport, items, endpoint, journal=journal)


def _said(operation: str, options: Query) -> str:
    """An operation with its options, as a journal names it; a comment does not change it."""
    chosen = [f"{name}={value}" for name, value in options if not name.endswith("comment")]
    return " ".join([operation, *chosen])


def _post_users(
    rows: Rows[Any],
    *,
    method: Literal["POST", "PUT"],
    query: tuple[tuple[str, str], ...],
    repeatable: bool,
) -> Call[Any]:
    body = {"users": {"user": json_of(rows)}}
    return Call(
        method,
        "users",
        route="users",
        query=query,
        body=body,
        envelope_key="user",
        repeatable=repeatable,
        is_bulk=True,
    )
