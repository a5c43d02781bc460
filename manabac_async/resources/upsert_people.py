"""Create people, and update those who exist, in one bulk call.

A person of the school is recognized by the school's own id: ``student_id`` of students, and
``identifier`` of teachers and parents. Without one, the email address decides.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Hashable
from typing import Any, ClassVar, TypeVar

import attrs
import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Rows
from lms_async.errors import InvalidInput
from lms_async.http.call import Call
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.records.converter import Record
from lms_async.records.encoding import Sending
from lms_async.records.scalars import Id
from lms_async.resource import Given

from .many import PAGE
from .many_people import ManyPeople, names_others, plain_email
from .routed import Route, RoutedRecords, with_values
from .shown import shows

R = TypeVar("R")

#: Fields that are sent only for a new person. A password in a file is a first password, so it must
#: not replace the one that a person has chosen.
_ONLY_NEW = frozenset({"password", "child_ids"})
_AMBIGUOUS = "several people in ManageBac have this value; correct it there, or leave the row out"
_CLAIMED = "is the same person in ManageBac as an earlier row of this import"


@attrs.define(kw_only=True, repr=False)
class _Known(Record):
    """The fields by which a person is recognized. Reading all fields would take longer."""

    id: Id | None = None
    email: str | None = None
    student_id: Id | None = None
    identifier: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


class KnownPeople:
    """The people who exist, and which of them each row is about.

    :param code: the field with the school's own id.
    """

    def __init__(self, code: str) -> None:
        self._code = code
        self._by_code: dict[str, list[str]] = {}
        self._by_email: dict[str, tuple[str, str]] = {}
        self._rows: dict[str, Hashable] = {}

    async def read(self, people: AsyncIterable[_Known]) -> None:
        """Remember all of ``people``."""
        async for person in people:
            if person.id is None:
                continue
            code = str(getattr(person, self._code) or "").strip()
            if code:
                self._by_code.setdefault(code, []).append(person.id)
            if person.email:
                self._by_email[plain_email(person.email)] = person.id, code

    def find(self, key: Hashable, row: dict[str, Any]) -> str | None:
        """Return ManageBac's id of the person that a row is about; ``None`` if there is none.

        :param key: identifies the row.
        :raises InvalidInput: several people have the school's id, or another row is about the same
            person.
        """
        code = str(row.get(self._code, "")).strip()
        found = self._by_code.get(code, [])
        if len(set(found)) > 1:
            raise InvalidInput("the row can't be sent", fields={self._code: _AMBIGUOUS})
        id_ = found[0] if found else self._with_email(row["email"], code)
        if id_ is not None and self._rows.setdefault(id_, key) != key:
            field = self._code if found else "email"
            raise InvalidInput("the row can't be sent", fields={field: _CLAIMED})
        return id_

    def _with_email(self, email: str, code: str) -> str | None:
        """Find a person by email address. A person with another id of the school is another one:
        the vendor then rejects the row, because the address is taken."""
        id_, other = self._by_email.get(plain_email(email), (None, ""))
        return None if code and other and code != other else id_


class UpsertPeople(RoutedRecords, ManyPeople):
    """A resource that creates people of one kind, and updates those who exist."""

    #: The field with the school's own id of a person.
    _code: ClassVar[str] = "identifier"

    def _upsert_people(
        self,
        people: Given[R],
        sending: Sending,
        *,
        send_welcome_email: bool,
        journal: Journal | None,
    ) -> Bulk[R]:
        if not isinstance(send_welcome_email, bool):
            raise InvalidInput("send_welcome_email must be True or False")
        # Always sent, because the vendor may otherwise invite people for whom it makes a password.
        options = {"options": {"send_welcome_email": send_welcome_email}}
        known = KnownPeople(self._code)
        create = Route(
            call=lambda rows: self._call("POST", build_path(self._people), rows, options),
            parse=lambda payload, rows: [self._of_record(payload, rows)],
            look_up=self._look_up_created,
            path_names_rows=names_others,
        )
        update = Route(
            call=lambda rows: self._call("PATCH", self._path_of()(rows.keys[0]), rows, {}),
            parse=create.parse,
            look_up=self._look_up_each(lambda row, person: shows(person, row)),
            path_names_rows=True,
        )

        def prepare(item: R) -> tuple[Hashable, Any]:
            body = sending(item)
            return plain_email(body["email"]), body

        def route(rows: Rows[Any]) -> tuple[Route, Rows[Any]]:
            row = orjson.loads(rows.bodies[0])
            id_ = known.find(rows.keys[0], row)
            if id_ is None:
                return create, rows
            changes = {name: value for name, value in row.items() if name not in _ONLY_NEW}
            return update, with_values(rows, [id_], [changes])

        async def begin() -> None:
            path = build_path(self._people)
            await known.read(self._list(path, _Known, envelope_key=self._people, query=PAGE))

        return self._bulk_routed(
            people,
            f"{self._people}.upsert_many" + (" send_welcome_email" if send_welcome_email else ""),
            prepare=prepare,
            begin=begin,
            route=route,
            journal=journal,
        )

    def _call(self, method: Any, path: Any, rows: Rows[Any], more: dict[str, Any]) -> Call[Any]:
        return Call(
            method,
            str(path),
            route=path.route,
            body={self._person: orjson.loads(rows.bodies[0]), **more},
            required_key=self._person,
            repeatable=method == "PATCH",
            is_bulk=True,
        )
