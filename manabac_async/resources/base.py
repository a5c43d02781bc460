"""The base classes of the resources of v2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from lms_async.errors import InvalidInput, UnexpectedResponse
from lms_async.http.call import Call, Method, about, get
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path
from lms_async.records.encoding import Sending
from lms_async.records.scalar_rules import ids_of
from lms_async.resource import Resource, changes_of

from ..bulk_results import REFUSALS
from ..changes import Changes
from .filters import crossed, flag, list_query, repeated

T = TypeVar("T")
P = TypeVar("P")
New = TypeVar("New")
Changed = TypeVar("Changed")

_WHOLE_ID = re.compile(r"\d{1,19}", re.ASCII).fullmatch


class ManageBacResource(Resource):
    """The base class of the resources of v2."""

    async def _get_inner(self, path: Path, row: type[T], *, outer: str, inner: str) -> list[T]:
        """Read a list that is two levels deep, as in ``{"school": {"programs": []}}``."""
        call: Call[list[T]] = get(path, returns=list[row], envelope_key=inner)  # type: ignore[valid-type]
        request: Call[Any] = get(path, required_key=outer)
        payload, _ = await self._transport.fetch(request)
        of_school = payload[outer]
        if not isinstance(of_school, dict) or inner not in of_school:
            raise UnexpectedResponse(f"the response has no {inner!r}", call=request)
        return self._transport.decode(call, of_school)

    async def _change_members(
        self,
        method: Method,
        path: Path,
        field: str,
        ids: Iterable[str | int],
        *,
        repeatable: bool,
    ) -> None:
        """Send a list of ids. The response must have the key ``status``."""
        body = {field: whole_ids(ids)}
        await self._expect_ok(method, path, body, repeatable=repeatable)

    async def _expect_ok(
        self, method: Method, path: Path, body: Any = None, *, repeatable: bool
    ) -> None:
        """Send a request for which the response is ``{"status": "ok"}``.

        :raises UnexpectedResponse: the status is that of a refusal.
        """
        call: Call[Any] = Call(
            method,
            str(path),
            route=path.route,
            body=body,
            required_key="status",
            repeatable=repeatable,
        )
        payload, _ = await self._transport.fetch(call)
        if payload["status"] in REFUSALS:
            raise UnexpectedResponse("the status in the response is not 'ok'", call=call)


class People(ManageBacResource, Generic[P, New, Changed]):
    """The base class of students, teachers and parents. Ids may be texts or numbers."""

    #: The key of one person in JSON, the path of the list, the model, and the checks of the write
    #: models.
    _person: ClassVar[str]
    _people: ClassVar[str]
    _model: ClassVar[Any]  # a type[P], which the type of a class variable can't express
    _new: ClassVar[Sending]
    _change: ClassVar[Sending]

    def _path(self, person_id: str | int, rest: str = "") -> Path:
        # Ids of persons are not shown in errors and logs.
        return build_path(self._people + "/{person_id:person}" + rest, person_id=person_id)

    def _list_people(
        self,
        *,
        ids: Iterable[str | int] | None,
        archived: bool | None,
        q: str | None,
        modified_since: datetime | None,
        deleted_since: datetime | None,
        per_page: int | None,
        filters: Iterable[list[tuple[tuple[str, str], ...]]] = (),
        **others: str | None,
    ) -> Pages[P]:
        query = list_query(
            archived=flag("archived", archived),
            q=q,
            modified_since=modified_since,
            deleted_since=deleted_since,
            per_page=per_page,
            **others,
        )
        listed: Pages[P] = self._list(
            build_path(self._people),
            self._model,
            envelope_key=self._people,
            query=query,
            filters=crossed(repeated("ids[]", ids), *filters),
        )
        return listed

    async def get(self, person_id: str | int) -> P:
        """Get one person. Vendor page: "Get a …".

        :raises NotFound: there is no such person.
        """
        found: P = await self._get(
            self._path(person_id),
            self._model,
            envelope_key=self._person,
            about=about("id", person_id),
        )
        return found

    async def create(self, person: New, *, send_welcome_email: bool = False) -> P:
        """Create one person. Vendor page: "Create a …".

        :param person: the fields; ``email`` and ``last_name`` are required.
        :param send_welcome_email: whether ManageBac sends the person an email about the account.
        :returns: the person as created, with the ``id``. ``extra["options"]`` shows whether
            ManageBac queued the email.
        :raises InvalidInput: a field is missing or not valid; nothing was sent.
        :raises BadRequest: ManageBac rejected the request, e.g. because the email address is taken.
            ``fields`` has the reasons by field.
        :raises OutcomeUnknown: the response was lost. Look for the person before you try again.
        """
        body = {
            self._person: self._new(person),
            # Always sent, because the vendor may otherwise invite people for whom it makes a
            # password.
            "options": {"send_welcome_email": send_welcome_email},
        }
        path = build_path(self._people)
        call: Call[Any] = Call(
            "POST", str(path), route=path.route, body=body, envelope_key=self._person
        )
        payload, _ = await self._transport.fetch(call)
        record = payload[self._person]
        if isinstance(record, dict) and "options" in payload:
            record = {**record, "options": payload["options"]}
        decoded: Call[P] = Call("POST", str(path), route=path.route, returns=self._model)
        return self._transport.decode(decoded, record)

    async def update(self, person_id: str | int, changes: Changed) -> P:
        """Update one person. Vendor page: "Update a …".

        :param changes: only the fields to change; ``""`` clears a field. An ``id`` among them must
            equal ``person_id``.
        :returns: the person as changed.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: the person, or a record whose id is in the changes, does not exist.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        """
        body = {self._person: changes_of(self._change, changes, id_=person_id)}
        changed: P = await self._send(
            "PATCH",
            self._path(person_id),
            body,
            returns=self._model,
            envelope_key=self._person,
            repeatable=True,
        )
        return changed

    async def unarchive(self, person_id: str | int) -> None:
        """Make an archived person active again. Vendor page: "Unarchive a …".

        :raises NotFound: there is no such person.
        """
        await self._put_state(person_id, "/unarchive")

    async def send_welcome_email(self, person_id: str | int) -> None:
        """Send the person an email about the account. Two calls send two emails.

        :raises NotFound: there is no such person.
        :raises OutcomeUnknown: the response was lost, and the email may have been sent.
        """
        await self._send("POST", self._path(person_id, "/welcome_email"))

    def changes(self, since: datetime) -> Changes[P]:
        """Read the people who were changed or deleted since a time.

        :param since: a time with a time zone. :mod:`manabac_async.changes` explains what to pass in
            the next run.
        :returns: use ``async for`` to read one change at a time, or ``await`` for all of them.
        :raises InvalidInput: ``since`` has no time zone.
        """
        every: dict[str, Any] = {"ids": None, "archived": None, "q": None, "per_page": None}

        def changed(time: datetime) -> Pages[P]:
            return self._list_people(modified_since=time, deleted_since=None, **every)

        def deleted(time: datetime) -> Pages[P]:
            return self._list_people(modified_since=None, deleted_since=time, **every)

        return Changes(since, changed=changed, deleted=deleted)

    async def _put_state(self, person_id: str | int, rest: str, body: Any = None) -> None:
        path = self._path(person_id, rest)
        await self._expect_ok("PUT", path, body, repeatable=True)


class Portrayed(People[P, New, Changed]):
    """People who have a picture."""

    async def set_avatar(self, person_id: str | int, file_url: str) -> None:
        """Set a person's picture. Vendor page: "Update … avatar".

        :param file_url: the URL from which ManageBac downloads the picture.
        :raises InvalidInput: ``file_url`` is blank.
        :raises NotFound: there is no such person.
        """
        if not isinstance(file_url, str) or not file_url.strip():
            raise InvalidInput("file_url must be the URL of the picture")
        path = self._path(person_id, "/avatar")
        body = {"avatar": {"remote_file_url": file_url}}
        await self._send("PUT", path, body, required_key="status", repeatable=True)

    async def delete_avatar(self, person_id: str | int) -> None:
        """Remove a person's picture. Vendor page: "Delete … avatar".

        :raises NotFound: there is no such person.
        :raises OutcomeUnknown: the response was lost. A deletion is never sent again automatically.
        """
        await self._send("DELETE", self._path(person_id, "/avatar"), required_key="status")


def whole_ids(ids: Iterable[str | int]) -> list[int]:
    """Return ids as numbers, as the vendor requires.

    :raises InvalidInput: there are no ids, or one is not a whole number.
    """
    wanted = ids_of(ids, what="ids")
    if not wanted or not all(_WHOLE_ID(known) for known in wanted):
        raise InvalidInput("pass at least one id; each id must be a whole number")
    return [int(known) for known in wanted]
