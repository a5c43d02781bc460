"""Put students into a class or change their levels, under either reading of the vendor.

``PATCH classes/{id}/students`` answers ``not_found`` for a student who is not in the class, or adds
the student: the vendor's versions differ in their words, and no public client relies on either. So
each student who is ``not_found`` is added by ``add_students``, the level is set again, and the
class is read back. Without such a row there is no further request.
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
    """The calls for rows of one class at a time.

    :param class_of: returns the class of the rows with a key.
    :param student_of: returns the id of the student of the row with a key.
    :param field: the field of a row with the id of the student.
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
        """Add the students that were not found, set their levels, and read the class back."""
        places = [place for place, one in enumerate(results) if is_not_found(one)]
        if not places:
            return results
        missing = rows.at(places)
        added = await self._add(missing)
        set_again = await self._set_levels(missing.at(sorted(added)))
        levels = dict(zip(sorted(added), set_again, strict=True))
        shown = {student.id: student.level async for student in self._in_class(rows)}
        told = list(results)
        for at, place in enumerate(places):
            told[place] = self._told(missing.at([at]), shown, levels.get(at))
        return told

    def _told(
        self, row: Rows[Any], shown: dict[str | None, str | None], again: RowResult | None
    ) -> RowResult | None:
        """Return the result of one student that was not found, by what the class shows."""
        (student_id,) = self._students(row)
        sent = orjson.loads(row.bodies[0]).get("level")
        if student_id not in shown:
            error = not_found(self._field, _NOT_ADDED)
            return RowResult(Status.REJECTED, None, error)
        if sent is None or shown[student_id] == sent:
            return RowResult(Status.DONE, student_id)
        # The student is in the class now, with another level than was sent.
        if again is not None and again.status is Status.REJECTED and not is_not_found(again):
            return _added_without_level(student_id, again.error)
        return None

    async def _add(self, rows: Rows[Any]) -> set[int]:
        """Add students to the class, and return the places of those that the vendor did not refuse.

        The vendor may refuse a whole list because of one unknown student. Then the list is halved
        until that student is alone.
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
