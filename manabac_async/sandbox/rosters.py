"""v2's writes to who is in a class."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lms_async.sandbox import Arrived, Response

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

    def patch_students(self, arrived: Arrived, of: Class) -> Response:
        """Add students, or change their levels."""
        now = self._state.now()
        results = [self._patched(of, row, now) for row in _rows(arrived, "students")]
        return bodies.answer(200, {"students": results})

    def _patched(self, of: Class, row: Row, now: datetime) -> Row:
        school = self._state.school
        said = row.get("id")
        if said in (None, ""):
            return _BLANK  # documented for teachers; for students a choice
        student = _known(school.students, said)
        missing = student is None or school.ledger.find(of.id, student.id) is None
        # An archived student cannot be put into a class: a choice.
        if student is None or (missing and (student.archived or not self._state.quirks.patch_adds)):
            return {"id": said, "status": "not_found"}
        level = row.get("level")  # null is ignored, and "" takes a level away (vendors.md, 2.7)
        if level not in (None, "", *LEVELS):
            errors = {"level": ["is not included in the list"]}
            return {"id": student.id, "status": "unprocessable_entity", "errors": errors}
        school.enrol(of.id, student.id, level=level or None, at=now)
        if level == "":
            school.clear_level(of.id, student.id, at=now)
        school.member_writes[of.id, student.id] += 1
        return {"id": student.id, "status": "ok"}

    def add_students(self, arrived: Arrived, of: Class) -> Response:
        """Add students without a level; present ones are not changed."""
        found = self._all(arrived, "student_ids", self._state.school.students, "Student")
        for student in found:
            if not student.archived:  # skipped, as if unknown: a choice
                self._state.school.enrol(of.id, student.id, at=self._state.now())
        return _OK

    def remove_students(self, arrived: Arrived, of: Class) -> Response:
        """Remove students; absent ones are skipped."""
        for student in self._all(arrived, "student_ids", self._state.school.students, "Student"):
            self._state.school.leave(of.id, student.id, at=self._state.now())
        return _OK

    def set_teachers(self, arrived: Arrived, of: Class) -> Response:
        """Replace all teachers by those of the valid rows: a choice."""
        school, now = self._state.school, self._state.now()
        results, wanted = [], dict[int, bool | None]()
        for index, row in enumerate(_rows(arrived, "teachers")):
            said, shows = row.get("id"), row.get("show_on_reports")
            if said in (None, ""):
                results.append({"index": index, **_BLANK})
                continue
            teacher = _known(school.teachers, said)
            if teacher is None:
                results.append({"index": index, "id": said, "status": "not_found"})
                continue
            result: Row = {"index": index, "id": teacher.id, "status": "ok"}
            if shows is None or isinstance(shows, bool):
                wanted[teacher.id] = shows
            else:  # a choice, in the words of a wrong level
                result["status"] = "unprocessable_entity"
                result["errors"] = {"show_on_reports": ["is not included in the list"]}
            results.append(result)
        for teacher_id in set(school.class_teachers(of.id)) - set(wanted):
            school.leave(of.id, teacher_id, at=now)
        for teacher_id, shows in wanted.items():
            school.teach(of.id, teacher_id, show_on_reports=shows, at=now)
        return bodies.answer(200, {"teachers": results})

    def add_teachers(self, arrived: Arrived, of: Class) -> Response:
        """Add teachers; unknown ones are skipped."""
        for teacher in _some(arrived, "teacher_ids", self._state.school.teachers)[0]:
            self._state.school.teach(of.id, teacher.id, at=self._state.now())
        return _OK

    def remove_teachers(self, arrived: Arrived, of: Class) -> Response:
        """Remove teachers; absent ones are skipped."""
        for teacher in _some(arrived, "teacher_ids", self._state.school.teachers)[0]:
            self._state.school.leave(of.id, teacher.id, at=self._state.now())
        return _OK

    def _all(
        self, arrived: Arrived, key: str, people: dict[int, Person], what: str
    ) -> list[Person]:
        found, unknown = _some(arrived, key, people)
        if unknown and self._state.quirks.unknown_ids == "refuse":
            raise bodies.Refused(self._state.missing(what, unknown[0]))
        return found


def _some(
    arrived: Arrived, key: str, people: dict[int, Person]
) -> tuple[list[Person], list[object]]:
    """Return the people in a list of ids, and the unknown ids."""
    ids = _list(arrived, key, lambda one: isinstance(one, int | str) and not isinstance(one, bool))
    known = [(said, _known(people, said)) for said in ids]
    return [who for _, who in known if who is not None], [s for s, who in known if who is None]


def _rows(arrived: Arrived, key: str) -> list[Row]:
    return _list(arrived, key, lambda one: isinstance(one, dict))


def _list(arrived: Arrived, key: str, right: Callable[[Any], bool]) -> list[Any]:
    try:
        body = bodies.read(arrived)
    except ValueError:
        raise bodies.Refused(bodies.MALFORMED) from None
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, list) or not all(map(right, found)):
        raise bodies.Refused(bodies.MALFORMED)
    return found


def _known(people: dict[int, Person], said: Any) -> Person | None:
    """Return the person with this id; that digits in a text are accepted is a choice."""
    if isinstance(said, str) and said.isascii() and said.isdecimal():
        return people.get(int(said))
    return people.get(said) if type(said) is int else None
