"""``managebac.classes``: the students and teachers of a class.

Vendor page: Memberships (v2). Several of these calls belong to the vendor's "Extended APIs".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import orjson

from lms_async.bulk.guard import Guard, check_guard
from lms_async.bulk.results import match, outcomes_of
from lms_async.bulk.rows import Rows, json_of
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, Method
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.outcome import Report
from lms_async.records.encoding import Sending

from ..bulk_results import parse_item
from ..models import (
    ClassStudent,
    ClassTeacher,
    TeacherPlace,
    TeacherPlaceDict,
)
from ..models.converter import converter
from .base import whole_ids
from .class_records import ClassRecords
from .filters import flag, repeated
from .many_classes import ManyClasses

TeacherRow = TeacherPlace | TeacherPlaceDict

_teacher_place = Sending(converter, TeacherPlace, what="the row")


class Classes(ClassRecords, ManyClasses):
    """Classes of the school, their students and teachers. All ids may be texts or numbers."""

    def list_students(
        self,
        class_id: str | int,
        *,
        student_ids: Iterable[str | int] | None = None,
        include_archived_students: bool = False,
    ) -> Pages[ClassStudent]:
        """List the students of a class, with their levels. Vendor page: "Get Students in a Class".

        :param student_ids: only these students, any number.
        :param include_archived_students: also students who have left the school.
        :returns: ``await`` it for a list, or iterate it.
        :raises NotFound: there is no such class.
        """
        path = build_path("classes/{class_id}/students", class_id=class_id)
        return self._list(
            path,
            ClassStudent,
            envelope_key="student_ids",
            query=query_params(
                include_archived_students=flag(
                    "include_archived_students", include_archived_students or None
                )
            ),
            filters=repeated("student_ids[]", student_ids),
        )

    async def add_students(self, class_id: str | int, ids: Iterable[str | int]) -> None:
        """Add students to a class. Vendor page: "Add Students to a Class".

        The response has one result for all ids, and the vendor does not document what happens to an
        unknown id. To get a result per student, use :meth:`update_students`.

        :raises InvalidInput: there are no ids, or one is not a number.
        :raises NotFound: there is no such class.
        """
        await self._change("POST", class_id, "add_students", "student_ids", ids)

    async def remove_students(
        self, class_id: str | int, ids: Iterable[str | int], *, guard: Guard | None = None
    ) -> None:
        """Remove students from a class. Vendor page: "Remove Students from a Class".

        :param guard: how many students may be removed, or which share of the class.
        :raises InvalidInput: there are no ids, one is not a number, or ``guard`` allows fewer.
        :raises NotFound: there is no such class.
        """
        ids = whole_ids(ids)
        if guard is not None:
            check_guard(guard)
            await guard.allow(len(ids), lambda: _length(self.list_students(class_id)))
        await self._change("POST", class_id, "remove_students", "student_ids", ids)

    def list_teachers(self, class_id: str | int) -> Pages[ClassTeacher]:
        """List the teachers of a class. Vendor page: "Get Teachers for a Class".

        :returns: ``await`` it for a list, or iterate it.
        :raises NotFound: there is no such class.
        """
        path = build_path("classes/{class_id}/teachers", class_id=class_id)
        return self._list(path, ClassTeacher, envelope_key="teachers")

    async def set_teachers(
        self,
        class_id: str | int,
        teachers: Iterable[TeacherRow],
        *,
        allow_empty: bool = False,
        guard: Guard | None = None,
    ) -> Report[TeacherRow]:
        """Replace the teachers of a class. Vendor page: "Set Teacher Memberships".

        All teachers are sent in one request, because a second request would replace the teachers of
        the first one. If one row is not valid, nothing is sent.

        :param teachers: each with ``id`` and, optionally, ``show_on_reports``.
        :param allow_empty: confirm that an empty list removes all teachers.
        :param guard: how many of the current teachers may be removed, or which share of them.
        :returns: the counts by status, and the rows that were rejected or are unknown.
        :raises InvalidInput: the list is empty, a row is not valid, a teacher appears twice, or
            more teachers would be removed than ``guard`` allows.
        """
        if isinstance(teachers, str | bytes | Mapping) or not isinstance(teachers, Iterable):
            raise InvalidInput("teachers must be a list")
        rows = _teacher_rows(list(teachers))
        if not rows and not allow_empty:
            raise InvalidInput(
                "an empty list would remove every teacher of the class",
                hint="if this is intended, pass allow_empty=True",
            )
        if guard is not None:
            check_guard(guard)
            current = [teacher.id for teacher in await self.list_teachers(class_id)]
            removed = set(current) - set(map(str, rows.keys))
            await guard.allow(len(removed), lambda: _known(len(current)))
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
        items = payload["teachers"]
        by_index = _by_index(rows, items if isinstance(items, list) else [])
        report: Report[TeacherRow] = Report()
        for outcome in outcomes_of(rows, [parse_item(item) for item in by_index], attempts):
            report.add(outcome)
        return report

    async def remove_teachers(
        self, class_id: str | int, ids: Iterable[str | int], *, guard: Guard | None = None
    ) -> None:
        """Remove teachers from a class. The vendor ignores ids of teachers who are not in it.
        Vendor page: "Remove Teachers from a Class" (a DELETE with a body).

        :param guard: how many teachers may be removed, or which share of the class's teachers.
        :raises InvalidInput: there are no ids, one is not a number, or ``guard`` allows fewer.
        :raises NotFound: there is no such class.
        """
        ids = whole_ids(ids)
        if guard is not None:
            check_guard(guard)
            await guard.allow(len(ids), lambda: _length(self.list_teachers(class_id)))
        await self._change("DELETE", class_id, "teachers/remove_teachers", "teacher_ids", ids)

    async def _change(
        self, method: Method, class_id: str | int, action: str, field: str, ids: Iterable[str | int]
    ) -> None:
        path = build_path("classes/{class_id}/" + action, class_id=class_id)
        # The vendor documents only for DELETE, the removal of teachers, that repeating is harmless.
        await self._change_members(method, path, field, ids, repeatable=method == "DELETE")


async def _length(pages: Pages[Any]) -> int:
    return len(await pages)


async def _known(count: int) -> int:
    return count


def _teacher_rows(teachers: list[TeacherRow]) -> Rows[TeacherRow]:
    rows: Rows[TeacherRow] = Rows([], [], [], [])
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
        raise InvalidInput("nothing was sent, because some rows are not valid", fields=wrong)
    return rows


def _by_index(rows: Rows[Any], items: list[Any]) -> list[Any]:
    of_ids = {str(key): index for key, index in zip(rows.keys, rows.indices, strict=True)}
    return match(list(rows.indices), items, [_index(item, of_ids) for item in items])


def _id(item: Any) -> str | None:
    return str(item["id"]) if isinstance(item, dict) and item.get("id") is not None else None


def _index(item: Any, of_ids: Mapping[str, int]) -> Hashable | None:
    """Return the index of the row to which an item belongs, by its ``index`` or its ``id``."""
    if not isinstance(item, dict):
        return None
    index, known = str(item.get("index")), _id(item)
    named = int(index) if index.isdecimal() and len(index) < 10 else None
    if known is None:
        return named
    of_id = of_ids.get(known, "no row")
    return of_id if named in (None, of_id) else "two rows"
