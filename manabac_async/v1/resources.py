"""The resources of v1: users, IB groups, classes, and the members of either kind of group.

Vendor page: the v1 reference. Nothing is paged there: a list is one answer.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Hashable, Iterable, Mapping
from typing import Any, Literal, TypeVar

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.results import NO_REASON
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, about, get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import Path, build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import RowError, RowResult, Status
from lms_async.records.encoding import Sending
from lms_async.redact import sentence

from ..models import converter
from ..resources.classes import whole_ids
from .lookup import look_up_rows
from .models import ClassV1, IbGroup, UserV1, UserV1Create, UserV1Update
from .vendor import REFUSED_WITH

_EXISTS = re.compile(r"taken|unique|already|exist|duplicate|conflict", re.IGNORECASE).search

T = TypeVar("T")
NewUser = UserV1Create | Mapping[str, Any]
Change = UserV1Update | Mapping[str, Any]
# A bulk's outcomes hold the rows as they were put in: so its type is that of the rows.
N = TypeVar("N", bound=NewUser)
C = TypeVar("C", bound=Change)

_created = Sending(converter, UserV1Create, what="the user")
_change = Sending(converter, UserV1Update, what="the change")


class _Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _listed(self, path: Any, row: type[T], *, envelope_key: str, query: Any = ()) -> Pages[T]:
        call: Call[Any] = get(path, returns=list[row], envelope_key=envelope_key, query=query)  # type: ignore[valid-type]
        return Pages(self._transport, call, row)


class UsersV1(_Resource):
    """Users of the school."""

    async def create(self, user: NewUser) -> str:
        """Create one user. Vendor page: "New User Creation".

        :param user: ``type``, ``first_name``, ``last_name`` and ``email`` are needed, and
            ``student_id`` of a student.
        :returns: the new user's id.
        :raises InvalidInput: a field is missing or does not fit; nothing was sent.
        :raises BadRequest: the vendor will not have it, e.g. the mail address is taken.
        :raises OutcomeUnknown: the answer was lost; look the user up before a second try.
        """
        call = _create(checked_new_user(user), is_bulk=False)
        return str((await self._transport.send(call))["user_id"])

    def create_many(
        self, users: Iterable[N] | AsyncIterable[N], *, journal: Journal | None = None
    ) -> Bulk[N]:
        """Create users, one a call, several calls at once; see :meth:`create`.

        :param journal: keeps through a crash what became of each row: run again with it, only what
            is not settled is sent.
        :returns: ``await`` it for a report, or iterate it for one outcome a row.
        """

        def prepare(item: N) -> tuple[Hashable, Any]:
            body = checked_new_user(item)
            return body["email"].casefold(), body

        endpoint = BulkEndpoint(
            prepare=one_by_one(prepare),
            call=lambda rows: _create(orjson.Fragment(rows.bodies[0]), is_bulk=True),
            parse_results=_verdict,
            operation="users.create_many",
            look_up=lambda rows: look_up_rows(self._transport, rows),
            max_rows=1,
            one_record_each=True,
            is_conflict=_may_exist,
        )
        return Bulk(self._transport, users, endpoint, journal=journal)

    def list(
        self,
        type: Literal["student", "parent", "advisor"] | None = None,  # noqa: A002 - the vendor's name
    ) -> Pages[UserV1]:
        """All users, or those of one ``type``. Vendor page: "Retrieve Users".

        :returns: ``await`` it for a list, or iterate it.
        """
        query = query_params(type=type and type.capitalize())
        return self._listed(build_path("users"), UserV1, envelope_key="users", query=query)

    async def get(self, user_id: str | int) -> UserV1:
        """One user. Vendor page: "Retrieve Users".

        :raises NotFound: there is none.
        """
        path = build_path("users/{user_id:person}", user_id=user_id)
        return await self._transport.send(
            get(path, returns=UserV1, envelope_key="user", about=about("id", user_id))
        )

    async def update(self, user_id: str | int, changes: Change) -> None:
        """Change one user. Vendor page: "Update Users".

        :param changes: only the fields to change; an ``id`` among them must be ``user_id``.
        :raises InvalidInput: a field does not fit, or there is nothing to change.
        """
        path = build_path("users/{user_id:person}", user_id=user_id)
        body = _change(changes)
        if str(body.pop("id", user_id)) != str(user_id):
            raise InvalidInput("the change names another user's id than the call")
        if not body:
            raise InvalidInput("there is nothing to change")
        await self._transport.send(_update(path, body, is_bulk=False))

    def update_many(
        self, changes: Iterable[C] | AsyncIterable[C], *, journal: Journal | None = None
    ) -> Bulk[C]:
        """Change users, one a call, several calls at once; see :meth:`update`.

        :param changes: each with the user's ``id`` and the fields to change.
        :param journal: see :meth:`create_many`.
        """

        def prepare(item: C) -> tuple[Hashable, Any]:
            body = _change(item)
            known = str(body.pop("id", ""))
            if not known.strip():
                raise InvalidInput("the row can't be sent", fields={"id": "is needed"})
            if not body:
                raise InvalidInput("there is nothing to change")
            return known, body

        endpoint = BulkEndpoint(
            prepare=one_by_one(prepare),
            call=lambda rows: _update(
                build_path("users/{user_id:person}", user_id=rows.keys[0]),
                orjson.Fragment(rows.bodies[0]),
                is_bulk=True,
            ),
            parse_results=_verdict,
            operation="users.update_many",
            max_rows=1,
            path_names_rows=True,
        )
        return Bulk(self._transport, changes, endpoint, journal=journal)


class IbGroups(_Resource):
    """IB groups of the school."""

    def list(self) -> Pages[IbGroup]:
        """All IB groups. Vendor page: "Retrieve IB Groups"."""
        return self._listed(build_path("ib_groups"), IbGroup, envelope_key="ib_groups")


class ClassesV1(_Resource):
    """Classes of the school."""

    def list(self) -> Pages[ClassV1]:
        """All classes. Vendor page: "Retrieve Classes"."""
        return self._listed(build_path("classes"), ClassV1, envelope_key="classes")


class Groups(_Resource):
    """The members of an IB group or of a class: the vendor serves both under ``groups/``."""

    def members(self, group_id: str | int) -> Pages[UserV1]:
        """The members. Vendor page: "Retrieves list of IB Group students", "Retrieve Classes'
        members".

        :raises NotFound: there is no such group.
        """
        path = build_path("groups/{group_id}/members", group_id=group_id)
        return self._listed(path, UserV1, envelope_key="members")

    async def add_members(self, group_id: str | int, ids: Iterable[str | int]) -> None:
        """Add users by their ids. Vendor page: "Add members to …".

        :raises InvalidInput: no ids, or one that is not a number.
        :raises BadRequest: one of them is not there.
        """
        await self._change("POST", group_id, "add_members", ids)

    async def remove_members(self, group_id: str | int, ids: Iterable[str | int]) -> None:
        """Remove users by their ids. Vendor page: "Remove members from …" (a PUT).

        :raises InvalidInput: no ids, or one that is not a number.
        :raises BadRequest: one of them is not there.
        """
        await self._change("PUT", group_id, "remove_members", ids)

    async def _change(
        self, method: Any, group_id: str | int, action: str, ids: Iterable[str | int]
    ) -> None:
        path = build_path("groups/{group_id}/" + action, group_id=group_id)
        body = {"users": whole_ids(ids)}
        await self._transport.send(
            Call(method, str(path), route=path.route, body=body, required_key="status")
        )


def checked_new_user(user: NewUser) -> dict[str, Any]:
    """What is sent for ``user``.

    :raises InvalidInput: names what is missing or does not fit.
    """
    body = _created(user)
    missing = {}
    if not body["email"]:
        missing["email"] = "is needed and must not be blank"
    if body["type"] == "student" and not str(body.get("student_id") or "").strip():
        missing["student_id"] = "is needed for a student"
    if missing:
        raise InvalidInput("the user can't be sent", fields=missing)
    return body


def _create(body: Any, *, is_bulk: bool) -> Call[Any]:
    return Call(
        "POST",
        "users",
        route="users",
        body={"user": body},
        required_key=None if is_bulk else "user_id",
        is_bulk=is_bulk,
    )


def _update(path: Path, body: Any, *, is_bulk: bool) -> Call[Any]:
    return Call(
        "PUT",
        str(path),
        route=path.route,
        body={"user": body},
        required_key="status",
        repeatable=True,
        is_bulk=is_bulk,
    )


def _may_exist(error: RowError) -> bool:
    """Whether a refusal may mean that the user exists. v1 says so in a sentence only, such as
    "Email has already been taken" or "Student ID must be unique"."""
    return error.code == "409" or _EXISTS(error.message) is not None


def _verdict(payload: Any, rows: Rows[Any]) -> list[RowResult | None]:
    """What the vendor says of the one user of a call: an English sentence as its status."""
    status = payload.get("status") if isinstance(payload, dict) else None
    if not isinstance(status, str):
        return [None]
    if status == "Error":
        message = sentence(payload.get("errors")) or NO_REASON
        code = str(payload.get(REFUSED_WITH, 400))
        return [RowResult(Status.REJECTED, error=RowError(code, message))]
    if not status.startswith("Success"):  # "Success", "Successfully updated."
        return [None]
    known = payload.get("user_id")
    if known is None and "Successfully" in status:
        known = rows.keys[0]  # an update: the vendor's id is the row's own
    return [RowResult(Status.DONE, None if known is None else str(known))]
