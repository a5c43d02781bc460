"""The resources of v1: users, IB groups, classes, and the members of IB groups and classes.

Vendor page: the v1 reference. v1 does not page: a list is one response.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Literal

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.results import NO_REASON
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, Method, about
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import RowError, RowResult, Status
from lms_async.records.encoding import Sending
from lms_async.redact import sentence
from lms_async.resource import Given, Resource, changes_by_id, changes_of

from ..bulk_results import may_exist
from ..models.converter import converter
from ..resources.base import whole_ids
from .dicts import UserV1CreateDict, UserV1UpdateDict
from .lookup import look_up_rows
from .models import ClassV1, IbGroup, UserV1, UserV1Create, UserV1Update
from .vendor import REFUSED_WITH

NewUser = UserV1Create | UserV1CreateDict
Change = UserV1Update | UserV1UpdateDict

_created = Sending(converter, UserV1Create, what="the user")
_change = Sending(converter, UserV1Update, what="the change")


class UsersV1(Resource):
    """Users of the school."""

    async def create(self, user: NewUser) -> str:
        """Create one user. Vendor page: "New User Creation".

        :param user: ``type``, ``first_name``, ``last_name`` and ``email`` are required, and so is
            ``student_id`` for a student.
        :returns: the new user's id.
        :raises InvalidInput: a field is missing or not valid; nothing was sent.
        :raises BadRequest: the vendor refused, e.g. because the email address is taken.
        :raises OutcomeUnknown: the response was lost. Look the user up before you try again.
        """
        call = _create(checked_new_user(user), is_bulk=False)
        return str((await self._transport.send(call))["user_id"])

    def create_many(
        self, users: Given[NewUser], *, journal: Journal | None = None
    ) -> Bulk[NewUser]:
        """Create users, one per request, several requests at once; see :meth:`create`.

        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        """

        def prepare(item: NewUser) -> tuple[Hashable, Any]:
            body = checked_new_user(item)
            return body["email"].casefold(), body

        return self._bulk(
            users,
            "users.create_many",
            prepare=one_by_one(prepare),
            call=lambda rows: _create(orjson.Fragment(rows.bodies[0]), is_bulk=True),
            parse_results=_parse_result,
            look_up=lambda rows: look_up_rows(self._transport, rows),
            max_rows=1,
            one_record_each=True,
            is_conflict=may_exist,
            journal=journal,
        )

    def list(
        self,
        type: Literal["student", "parent", "advisor"] | None = None,  # noqa: A002 - the vendor's name
    ) -> Pages[UserV1]:
        """List all users, or those of one ``type``. Vendor page: "Retrieve Users".

        :returns: ``await`` it for a list, or iterate it.
        """
        query = query_params(type=type and type.capitalize())
        return self._list(build_path("users"), UserV1, envelope_key="users", query=query)

    async def get(self, user_id: str | int) -> UserV1:
        """Get one user. Vendor page: "Retrieve Users".

        :raises NotFound: there is no such user.
        """
        path = build_path("users/{user_id:person}", user_id=user_id)
        return await self._get(path, UserV1, envelope_key="user", about=about("id", user_id))

    async def update(self, user_id: str | int, changes: Change) -> None:
        """Update one user. Vendor page: "Update Users".

        :param changes: only the fields to change. If they contain an ``id``, it must equal
            ``user_id``.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        """
        path = build_path("users/{user_id:person}", user_id=user_id)
        body = changes_of(_change, changes, id_=user_id)
        await self._transport.send(_update(path, body, is_bulk=False))

    def update_many(
        self, changes: Given[Change], *, journal: Journal | None = None
    ) -> Bulk[Change]:
        """Update users, one per request, several requests at once; see :meth:`update`.

        :param changes: each with the user's ``id`` and the fields to change.
        :param journal: see :meth:`create_many`.
        """

        return self._bulk(
            changes,
            "users.update_many",
            prepare=one_by_one(lambda item: changes_by_id(_change, item)),
            call=lambda rows: _update(
                build_path("users/{user_id:person}", user_id=rows.keys[0]),
                orjson.Fragment(rows.bodies[0]),
                is_bulk=True,
            ),
            parse_results=_parse_result,
            max_rows=1,
            path_names_rows=True,
            journal=journal,
        )


class IbGroups(Resource):
    """IB groups of the school."""

    def list(self) -> Pages[IbGroup]:
        """List all IB groups. Vendor page: "Retrieve IB Groups"."""
        return self._list(build_path("ib_groups"), IbGroup, envelope_key="ib_groups")


class ClassesV1(Resource):
    """Classes of the school."""

    def list(self) -> Pages[ClassV1]:
        """List all classes. Vendor page: "Retrieve Classes"."""
        return self._list(build_path("classes"), ClassV1, envelope_key="classes")


class Groups(Resource):
    """The members of an IB group or of a class. The vendor has both under ``groups/``."""

    def members(self, group_id: str | int) -> Pages[UserV1]:
        """List the members. Vendor page: "Retrieves list of IB Group students", "Retrieve Classes'
        members".

        :raises NotFound: there is no such group.
        """
        path = build_path("groups/{group_id}/members", group_id=group_id)
        return self._list(path, UserV1, envelope_key="members")

    async def add_members(self, group_id: str | int, ids: Iterable[str | int]) -> None:
        """Add users by their ids. Vendor page: "Add members to …".

        :raises InvalidInput: there are no ids, or one is not a number.
        :raises BadRequest: one of the users does not exist.
        """
        await self._change("POST", group_id, "add_members", ids)

    async def remove_members(self, group_id: str | int, ids: Iterable[str | int]) -> None:
        """Remove users by their ids. Vendor page: "Remove members from …" (a PUT).

        :raises InvalidInput: there are no ids, or one is not a number.
        :raises BadRequest: one of the users does not exist.
        """
        await self._change("PUT", group_id, "remove_members", ids)

    async def _change(
        self, method: Method, group_id: str | int, action: str, ids: Iterable[str | int]
    ) -> None:
        path = build_path("groups/{group_id}/" + action, group_id=group_id)
        body = {"users": whole_ids(ids)}
        await self._send(method, path, body, required_key="status")


def checked_new_user(user: object) -> dict[str, Any]:
    """Check a new user, and encode it.

    :raises InvalidInput: a field is missing or not valid.
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


def _parse_result(payload: Any, rows: Rows[Any]) -> list[RowResult | None]:
    """Read the result for the one user of a request. Its ``status`` is an English text."""
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
        known = rows.keys[0]  # an update: the row has the vendor's id
    return [RowResult(Status.DONE, None if known is None else str(known))]
