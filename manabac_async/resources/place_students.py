"""Put students into a class, or change their levels.

The vendor's documents contradict each other. ``PATCH classes/{id}/students`` either adds a student
who is not in the class, or returns ``not_found`` for this student. So each student with
``not_found`` is added with ``add_students``, the level is set again, and the class is read. Without
such a student, the PATCH is the only request.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import orjson

from lms_async.bulk.endpoint import Found, Results
from lms_async.bulk.results import NO_REASON, match
from lms_async.bulk.rows import Rows, json_of
from lms_async.errors import BadRequest, NotFound
from lms_async.http.call import Call, get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, query_params
from lms_async.outcome import RowError, RowResult, Status

from ..bulk_results import is_not_found, not_found, parse_item
from ..models import ClassStudent
from .lookup import look_up_rows

_NOT_ADDED = "does not exist, or can't be in this class"


class PlaceStudents:
    """Sends the requests for rows of one class.

    :param class_of: returns the id of the class from the key of a row.
    :param student_of: returns the id of the student from the key of a row.
    :param field: the name of the field with the id of the student.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        class_of: Callable[[Any], str | int],
        student_of: Callable[[Any], str],
        field: str,
    ) -> None:
        self._transport = transport
        self._class_of = class_of
        self._student_of = student_of
        self._field = field

    def call(self, rows: Rows[Any]) -> Call[Any]:
        """Build the call that adds or updates ``rows``. Repeating it does no harm."""
        return self._patch(rows, json_of(rows))

    def parse(self, payload: Any, rows: Rows[Any]) -> Results:
        """Read the response to :meth:`call`: one result per student."""
        return _parse(payload, self._students(rows))

    async def look_up(self, rows: Rows[Any]) -> list[Found]:
        """Look up students whose response was lost, by reading the class."""
        return await look_up_rows(self._in_class(rows), rows)

    async def add_missing(self, rows: Rows[Any], results: Results) -> Results:
        """Add the students with ``not_found``, set their levels, and read the class."""
        places = [place for place, one in enumerate(results) if is_not_found(one)]
        if not places:
            return results
        missing = rows.at(places)
        added = await self._add(missing)
        set_again = await self._set_levels(missing.at(sorted(added)))
        levels = dict(zip(sorted(added), set_again, strict=True))
        shown = {student.id: student.level async for student in self._in_class(rows)}
        final = list(results)
        for at, place in enumerate(places):
            final[place] = self._result_of(missing.at([at]), shown, levels.get(at))
        return final

    def _result_of(
        self, row: Rows[Any], shown: dict[str | None, str | None], again: RowResult | None
    ) -> RowResult | None:
        """Return the result of a student who was ``not_found``, from the class read afterwards."""
        (student_id,) = self._students(row)
        sent = orjson.loads(row.bodies[0]).get("level")
        if student_id not in shown:
            error = not_found(self._field, _NOT_ADDED)
            return RowResult(Status.REJECTED, None, error)
        if sent is None or shown[student_id] == sent:
            return RowResult(Status.DONE, student_id)
        # The student is in the class, but not with the level that was sent.
        if again is not None and again.status is Status.REJECTED and not is_not_found(again):
            return _added_without_level(student_id, again.error)
        return None

    async def _add(self, rows: Rows[Any]) -> set[int]:
        """Add students to the class. Return the places of the rows that the vendor accepted.

        The vendor may reject a whole list because of one unknown student. Then the list is halved
        until the unknown student is alone.
        """
        todo, added = [list(range(len(rows)))], set[int]()
        while todo:
            places = todo.pop()
            ids = [int(student) for student in self._students(rows.at(places))]
            path = build_path("classes/{id}/add_students", id=self._class(rows))
            body = {"student_ids": ids}
            call: Call[Any] = Call(
                "POST", str(path), route=path.route, body=body, required_key="status"
            )
            try:
                await self._transport.send(call)
            except (BadRequest, NotFound):
                middle = len(places) // 2
                todo += [half for half in (places[middle:], places[:middle]) if middle]
            else:
                added.update(places)
        return added

    async def _set_levels(self, rows: Rows[Any]) -> Results:
        with_level = [place for place, body in enumerate(rows.bodies) if b'"level"' in body]
        results: Results = [None] * len(rows)
        if not with_level:
            return results
        again = rows.at(with_level)
        payload, _ = await self._transport.fetch(self._patch(again, json_of(again)))
        for place, result in zip(with_level, self.parse(payload, again), strict=True):
            results[place] = result
        return results

    def _patch(self, rows: Rows[Any], students: Any) -> Call[Any]:
        path = build_path("classes/{class_id}/students", class_id=self._class(rows))
        return Call(
            "PATCH",
            str(path),
            route=path.route,
            body={"students": students},
            envelope_key="students",
            repeatable=True,
            is_bulk=True,
        )

    def _in_class(self, rows: Rows[Any]) -> Pages[ClassStudent]:
        """List the students of the class of ``rows``, archived ones too."""
        call: Call[list[ClassStudent]] = get(
            build_path("classes/{class_id}/students", class_id=self._class(rows)),
            returns=list[ClassStudent],
            envelope_key="student_ids",
            query=query_params(include_archived_students="true"),
        )
        return Pages(self._transport, call, ClassStudent)

    def _class(self, rows: Rows[Any]) -> str | int:
        return self._class_of(rows.keys[0])

    def _students(self, rows: Rows[Any]) -> list[str]:
        return [self._student_of(key) for key in rows.keys]


def _added_without_level(student_id: str, error: RowError | None) -> RowResult:
    why = error.message if error is not None else NO_REASON
    fields = dict(error.fields) if error is not None else {}
    message = f"the student is in the class now, but the level was refused: {why}"
    return RowResult(Status.REJECTED, student_id, RowError("incomplete", message, fields))


def _parse(payload: Any, ids: list[str]) -> Results:
    items = payload["students"]
    keys: list[Hashable | None] = list(ids)
    return [parse_item(item) for item in match(keys, items, [_id(item) for item in items])]


def _id(item: Any) -> str | None:
    return str(item["id"]) if isinstance(item, dict) and item.get("id") is not None else None
