"""``managebac.classes``: the students and teachers of a class.

Vendor page: Memberships (v2). Several of these calls belong to the vendor's "Extended APIs".
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.guard import Guard
from lms_async.bulk.results import match, outcomes_of
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.outcome import Outcome, RowResult
from lms_async.records.encoding import Sending
from lms_async.records.scalars import ids_of

from ..bulk_results import verdict
from ..models import ClassStudent, ClassTeacher, StudentPlace, TeacherPlace, converter
from .lookup import class_students, look_up_rows

# Outcomes hold the rows as they were put in: so their type is that of the rows.
S = TypeVar("S", bound=StudentPlace | Mapping[str, Any])
T = TypeVar("T", bound=TeacherPlace | Mapping[str, Any])

student_place = Sending(converter, StudentPlace, what="the row")
_teacher_place = Sending(converter, TeacherPlace, what="the row")
_WHOLE_ID = re.compile(r"\d{1,19}", re.ASCII).fullmatch


class Classes:
    """Classes of the school. All ids may be given as text or number."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_students(self, class_id: str | int) -> Pages[ClassStudent]:
        """The students of a class, with their levels. Vendor page: "Get Students in a Class".

        :returns: ``await`` it for a list, or iterate it.
        :raises NotFound: there is no such class.
        """
        return class_students(self._transport, class_id)

    def update_students(
        self,
        class_id: str | int,
        students: Iterable[S] | AsyncIterable[S],
        *,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[S]:
        """Put students into a class, or change their levels. Vendor page: "Bulk Add or Update
        Students to a Class".

        :param students: each with ``id`` and, where the class has levels, ``level``; a student may
            stand there once.
        :param chunk: students a call, at least 1; the vendor names no maximum.
        :param journal: keeps through a crash what became of each row: run again with it, only what
            is not settled is sent.
        :returns: ``await`` it for a report, or iterate it for one outcome a row.
        :raises InvalidInput: ``class_id`` is no id, or ``chunk`` is below 1.
        """
        if chunk < 1:
            raise InvalidInput("a chunk has at least one student")
        build_path("classes/{class_id}", class_id=class_id)  # raises for what is no id

        def prepare(item: S) -> tuple[Hashable, Any]:
            body = student_place(item)
            return str(body["id"]), body

        def read(payload: Any, rows: Rows[S]) -> list[RowResult | None]:
            return student_verdicts(payload, rows.keys)

        endpoint = BulkEndpoint(
            prepare=one_by_one(prepare),
            call=lambda rows: patch_students(class_id, rows),
            parse_results=read,
            operation=f"classes.update_students {class_id}",
            look_up=lambda rows: look_up_rows(self._transport, class_id, rows),
            max_rows=chunk,
            distinct=True,
            path_names_rows=True,
        )
        return Bulk(self._transport, students, endpoint, journal=journal)

    async def add_students(self, class_id: str | int, ids: Iterable[str | int]) -> None:
        """Add students to a class. Vendor page: "Add Students to a Class".

        One answer for all of them: what becomes of an id that the vendor does not know is not
        documented. :meth:`update_students` tells of each row.

        :raises InvalidInput: no ids, or one that is not a number.
        :raises NotFound: there is no such class.
        """
        await self._change("POST", class_id, "add_students", "student_ids", ids)

    async def remove_students(
        self, class_id: str | int, ids: Iterable[str | int], *, guard: Guard | None = None
    ) -> None:
        """Remove students from a class. Vendor page: "Remove Students from a Class".

        :param guard: how many may be removed, or which share of the class.
        :raises InvalidInput: no ids, one that is not a number, or more than ``guard`` allows.
        :raises NotFound: there is no such class.
        """
        ids = whole_ids(ids)
        if guard is not None:
            await guard.allow(len(ids), lambda: _length(self.list_students(class_id)))
        await self._change("POST", class_id, "remove_students", "student_ids", ids)

    def list_teachers(self, class_id: str | int) -> Pages[ClassTeacher]:
        """The teachers of a class. Vendor page: "Get Teachers for a Class".

        :returns: ``await`` it for a list, or iterate it.
        :raises NotFound: there is no such class.
        """
        path = build_path("classes/{class_id}/teachers", class_id=class_id)
        call = Call(
            "GET",
            str(path),
            route=path.route,
            returns=list[ClassTeacher],
            envelope_key="teachers",
            repeatable=True,
        )
        return Pages(self._transport, call, ClassTeacher)

    async def set_teachers(
        self,
        class_id: str | int,
        teachers: Iterable[T],
        *,
        allow_empty: bool = False,
        guard: Guard | None = None,
    ) -> list[Outcome[T]]:
        """Give a class these teachers and no others. Vendor page: "Set Teacher Memberships".

        One call, however many there are: a second one would replace what the first one set. So
        nothing is sent unless every row can be.

        :param teachers: each with ``id`` and, where wanted, ``show_on_reports``.
        :param allow_empty: an empty list removes all teachers, and has to be said.
        :param guard: how many of the teachers who are there may go, or which share of them.
        :returns: one outcome a row.
        :raises InvalidInput: an empty list, a row that can't be sent, a teacher twice, or more
            would go than ``guard`` allows.
        """
        if isinstance(teachers, str | bytes | Mapping):
            raise InvalidInput("teachers are given as a list")
        rows = _teacher_rows(list(teachers))
        if not rows and not allow_empty:
            raise InvalidInput(
                "an empty list removes every teacher of the class", hint="say allow_empty=True"
            )
        if guard is not None:
            there = [teacher.id for teacher in await self.list_teachers(class_id)]
            go = set(there) - set(map(str, rows.keys))
            await guard.allow(len(go), lambda: _known(len(there)))
        path = build_path("classes/{class_id}/teachers", class_id=class_id)
        payload, attempts = await self._transport.fetch(
            Call(
                "PUT",
                str(path),
                route=path.route,
                body={"teachers": json_of(rows)},
                envelope_key="teachers",
                repeatable=True,
                is_bulk=True,
            )
        )
        said = payload["teachers"]
        by_index = _by_index(rows, said if isinstance(said, list) else [])
        return outcomes_of(rows, [verdict(item) for item in by_index], attempts)

    async def remove_teachers(
        self, class_id: str | int, ids: Iterable[str | int], *, guard: Guard | None = None
    ) -> None:
        """Remove teachers from a class; those who are not in it are passed over. Vendor page:
        "Remove Teachers from a Class" (a DELETE with a body).

        :param guard: how many may be removed, or which share of the class's teachers.
        :raises InvalidInput: no ids, one that is not a number, or more than ``guard`` allows.
        :raises NotFound: there is no such class.
        """
        ids = whole_ids(ids)
        if guard is not None:
            await guard.allow(len(ids), lambda: _length(self.list_teachers(class_id)))
        await self._change("DELETE", class_id, "teachers/remove_teachers", "teacher_ids", ids)

    async def _change(
        self, method: Any, class_id: str | int, action: str, field: str, ids: Iterable[str | int]
    ) -> None:
        path = build_path("classes/{class_id}/" + action, class_id=class_id)
        await self._transport.send(
            Call(
                method,
                str(path),
                route=path.route,
                body={field: whole_ids(ids)},
                required_key="status",
                # Only of the removal of teachers the vendor says what a second time does: nothing.
                repeatable=method == "DELETE",
            )
        )


async def _length(listed: Pages[Any]) -> int:
    return len(await listed)


async def _known(count: int) -> int:
    return count


def patch_students(class_id: str | int, rows: Rows[Any]) -> Call[Any]:
    """The call that puts ``rows`` into a class. A second one leaves the class as the first did."""
    path = build_path("classes/{class_id}/students", class_id=class_id)
    return Call(
        "PATCH",
        str(path),
        route=path.route,
        body={"students": json_of(rows)},
        envelope_key="students",
        repeatable=True,
        is_bulk=True,
    )


def student_verdicts(payload: Any, ids: list[Hashable | None]) -> list[RowResult | None]:
    """What the answer to :func:`patch_students` says of each student."""
    items = payload["students"]
    return [verdict(item) for item in match(ids, items, [_id(item) for item in items])]


def whole_ids(ids: Iterable[str | int]) -> list[int]:
    """Ids as the numbers that the vendor asks for.

    :raises InvalidInput: there is none, or one is not a number.
    """
    wanted = ids_of(ids, what="ids")
    if not wanted or not all(_WHOLE_ID(known) for known in wanted):
        raise InvalidInput("at least one id is needed, and each must be a whole number")
    return [int(known) for known in wanted]


def _teacher_rows(teachers: list[T]) -> Rows[T]:
    rows: Rows[T] = Rows([], [], [], [])
    first: dict[int, int] = {}
    wrong: dict[str, str] = {}
    for index, item in enumerate(teachers):
        try:
            body = _teacher_place(item)
        except InvalidInput as invalid:
            wrong |= {f"row {index}, {field}": why for field, why in invalid.fields.items()}
            continue
        if first.setdefault(body["id"], index) != index:
            wrong[f"rows {first[body['id']]} and {index}"] = "name the same teacher"
        rows.add(Rows([index], [item], [str(body["id"])], [orjson.dumps(body)]))
    if wrong:
        raise InvalidInput("nothing was sent, since not every row can be", fields=wrong)
    return rows


def _by_index(rows: Rows[Any], items: list[Any]) -> list[Any]:
    of_ids = {str(key): index for key, index in zip(rows.keys, rows.indices, strict=True)}
    return match(list(rows.indices), items, [_index(item, of_ids) for item in items])


def _id(item: Any) -> str | None:
    return str(item["id"]) if isinstance(item, dict) and item.get("id") is not None else None


def _index(item: Any, of_ids: Mapping[str, int]) -> Hashable | None:
    """The index of the row that an item speaks of, by its ``index`` or its ``id``."""
    if not isinstance(item, dict):
        return None
    index, known = str(item.get("index")), _id(item)
    named = int(index) if index.isdecimal() and len(index) < 10 else None
    if known is None:
        return named
    of_id = of_ids.get(known, "no row")
    return of_id if named in (None, of_id) else "two rows"
