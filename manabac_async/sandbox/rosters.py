"""The writes of v2 to the members of a class."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lms_async.sandbox import Request, Response

from . import bodies
from .records import LEVELS, Class, Person
from .state import State

Row = dict[str, Any]
_OK = bodies.answer(200, {"status": "ok"})
_BLANK = {"status": "unprocessable_entity", "errors": {"id": ["can't be blank"]}}


class Rosters:
    """The writes to the members of a class."""

    def __init__(self, state: State) -> None:
        self._state = state

    def patch_students(self, request: Request, of: Class) -> Response:
        """Add students, or change their levels."""
        now = self._state.now()
        results = [self._patched(of, row, now) for row in _rows(request, "students")]
        return bodies.answer(200, {"students": results})

    def _patched(self, of: Class, row: Row, now: datetime) -> Row:
        school = self._state.school
        raw_id = row.get("id")
        if raw_id in (None, ""):
            return _BLANK  # documented for teachers, assumed for students
        student = _known(school.students, raw_id)
        missing = student is None or school.ledger.find(of.id, student.id) is None
        # Assumed: an archived student can't be added to a class.
        if student is None or (missing and (student.archived or not self._state.quirks.patch_adds)):
            return {"id": raw_id, "status": "not_found"}
        level = row.get("level")  # null is ignored, and "" removes a level (vendors.md, 2.7)
        if level not in (None, "", *LEVELS):
            errors = {"level": ["is not included in the list"]}
            return {"id": student.id, "status": "unprocessable_entity", "errors": errors}
        school.enrol(of.id, student.id, level=level or None, at=now)
        if level == "":
            school.clear_level(of.id, student.id, at=now)
        school.member_writes[of.id, student.id] += 1
        return {"id": student.id, "status": "ok"}

    def add_students(self, request: Request, of: Class) -> Response:
        """Add students without a level. Students already in the class are not changed."""
        found = self._all(request, "student_ids", self._state.school.students, "Student")
        for student in found:
            if not student.archived:  # assumed: archived students are skipped
                self._state.school.enrol(of.id, student.id, at=self._state.now())
        return _OK

    def remove_students(self, request: Request, of: Class) -> Response:
        """Remove students. Students not in the class are skipped."""
        for student in self._all(request, "student_ids", self._state.school.students, "Student"):
            self._state.school.leave(of.id, student.id, at=self._state.now())
        return _OK

    def set_teachers(self, request: Request, of: Class) -> Response:
        """Replace all teachers. Assumed: the valid rows are used even if other rows are invalid."""
        school, now = self._state.school, self._state.now()
        results, wanted = [], dict[int, bool | None]()
        for index, row in enumerate(_rows(request, "teachers")):
            raw_id, shows = row.get("id"), row.get("show_on_reports")
            if raw_id in (None, ""):
                results.append({"index": index, **_BLANK})
                continue
            teacher = _known(school.teachers, raw_id)
            if teacher is None:
                results.append({"index": index, "id": raw_id, "status": "not_found"})
                continue
            result: Row = {"index": index, "id": teacher.id, "status": "ok"}
            if shows is None or isinstance(shows, bool):
                wanted[teacher.id] = shows
            else:  # assumed: the message of an invalid level
                result["status"] = "unprocessable_entity"
                result["errors"] = {"show_on_reports": ["is not included in the list"]}
            results.append(result)
        for teacher_id in set(school.class_teachers(of.id)) - set(wanted):
            school.leave(of.id, teacher_id, at=now)
        for teacher_id, shows in wanted.items():
            school.teach(of.id, teacher_id, show_on_reports=shows, at=now)
        return bodies.answer(200, {"teachers": results})

    def add_teachers(self, request: Request, of: Class) -> Response:
        """Add teachers. Unknown ids are skipped."""
        for teacher in _some(request, "teacher_ids", self._state.school.teachers)[0]:
            self._state.school.teach(of.id, teacher.id, at=self._state.now())
        return _OK

    def remove_teachers(self, request: Request, of: Class) -> Response:
        """Remove teachers. Teachers not in the class are skipped."""
        for teacher in _some(request, "teacher_ids", self._state.school.teachers)[0]:
            self._state.school.leave(of.id, teacher.id, at=self._state.now())
        return _OK

    def _all(
        self, request: Request, key: str, people: dict[int, Person], what: str
    ) -> list[Person]:
        found, unknown = _some(request, key, people)
        if unknown and self._state.quirks.unknown_ids == "refuse":
            raise bodies.Refused(self._state.missing(what, unknown[0]))
        return found


def _some(
    request: Request, key: str, people: dict[int, Person]
) -> tuple[list[Person], list[object]]:
    """Return the people in a list of ids, and the unknown ids."""
    ids = _list(request, key, lambda one: isinstance(one, int | str) and not isinstance(one, bool))
    known = [(raw_id, _known(people, raw_id)) for raw_id in ids]
    return [who for _, who in known if who is not None], [s for s, who in known if who is None]


def _rows(request: Request, key: str) -> list[Row]:
    return _list(request, key, lambda one: isinstance(one, dict))


def _list(request: Request, key: str, right: Callable[[Any], bool]) -> list[Any]:
    try:
        body = bodies.read(request)
    except ValueError:
        raise bodies.Refused(bodies.MALFORMED) from None
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, list) or not all(map(right, found)):
        raise bodies.Refused(bodies.MALFORMED)
    return found


def _known(people: dict[int, Person], raw_id: Any) -> Person | None:
    """Return the person with this id. Assumed: the id may be a text of digits."""
    if isinstance(raw_id, str) and raw_id.isascii() and raw_id.isdecimal():
        return people.get(int(raw_id))
    return people.get(raw_id) if type(raw_id) is int else None
