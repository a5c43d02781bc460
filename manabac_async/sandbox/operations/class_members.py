"""The operations on the members of a class."""

from __future__ import annotations

from datetime import datetime

from lms_async.sandbox import Request, Response

from .. import bodies, views
from ..records import LEVELS, Class, Person
from ..roster import Store
from .base import OK, Operations, Row, flag, ids, ids_of, known, operation, rows_of

_BLANK = {"status": "unprocessable_entity", "errors": {"id": ["can't be blank"]}}


class ClassMemberOperations(Operations):
    """``classes/{}/students`` and ``classes/{}/teachers``."""

    def _class(self, raw_id: str) -> Class:
        return self.found(self.school.classes, "Class", raw_id)

    @operation("GET", "classes/{}/students", "classes/students/index")
    def students(self, request: Request, raw_id: str) -> Response:
        """Return a page of the students' ids. Pages are not documented here, but ``meta`` is."""
        of, school, query = self._class(raw_id), self.school, request.query
        members = school.members(of.id)
        found = list(members)
        if not flag(query, "include_archived_students"):
            found = [one for one in found if not school.students[one].archived]
        wanted = ids(query, "student_ids")
        if wanted is not None:
            found = [one for one in found if one in wanted]
        page, meta = self.state.pager.cut(found, query)
        levels = {str(one): members[one] for one in page}
        body = {"student_ids": page, "student_levels": levels, "meta": meta}
        return bodies.json_response(200, bodies.rendered(body))

    @operation("GET", "classes/{}/teachers", "classes/teachers/index")
    def teachers(self, request: Request, raw_id: str) -> Response:
        """Return a page of the teachers. Pages are not documented here, but ``meta`` is."""
        rows = self.school.ledger.in_class(self._class(raw_id).id, teaches=True)
        return self.page(
            request, "teachers", rows, lambda row: views.class_teacher(self.school, row)
        )

    @operation("PATCH", "classes/{}/students", "classes/students/update", extended=True)
    def patch_students(self, request: Request, raw_id: str) -> Response:
        """Add students, or change their levels."""
        of, now = self._class(raw_id), self.state.now()
        results = [self._patched(of, row, now) for row in rows_of(request, "students")]
        return bodies.json_response(200, {"students": results})

    def _patched(self, of: Class, row: Row, now: datetime) -> Row:
        school = self.school
        raw_id = row.get("id")
        if raw_id in (None, ""):
            return _BLANK  # documented for teachers, assumed for students
        student = known(school.students, raw_id)
        missing = student is None or school.ledger.find(of.id, student.id) is None
        # Assumed: an archived student can't be added to a class.
        if student is None or (missing and (student.archived or not self.state.quirks.patch_adds)):
            return {"id": raw_id, "status": "not_found"}
        level = row.get("level")  # null is ignored, and "" removes a level (vendors.md, 2.7)
        if level not in (None, "", *LEVELS):
            errors = {"level": ["is not included in the list"]}
            return {"id": student.id, "status": "unprocessable_entity", "errors": errors}
        self._join(of, student)
        school.enrol(of.id, student.id, level=level or None, at=now)
        if level == "":
            school.clear_level(of.id, student.id, at=now)
        school.member_writes[of.id, student.id] += 1
        return {"id": student.id, "status": "ok"}

    @operation("POST", "classes/{}/add_students", "classes/add_students")
    def add_students(self, request: Request, raw_id: str) -> Response:
        """Add students without a level. Students already in the class are not changed."""
        of, students = self._class(raw_id), self.school.students
        for student in self._students(request, students):
            if not student.archived:  # assumed: archived students are skipped
                self._join(of, student)
        return OK

    @operation("POST", "classes/{}/remove_students", "classes/remove_students")
    def remove_students(self, request: Request, raw_id: str) -> Response:
        """Remove students. Students not in the class are skipped."""
        of = self._class(raw_id)
        for student in self._students(request, self.school.students):
            self._leave(of, student.id)
        return OK

    @operation("PUT", "classes/{}/teachers", "classes/teachers/update", extended=True)
    def set_teachers(self, request: Request, raw_id: str) -> Response:
        """Replace all teachers. Assumed: the valid rows are used even if other rows are invalid."""
        of, school, now = self._class(raw_id), self.school, self.state.now()
        results, wanted = [], dict[int, bool | None]()
        for index, row in enumerate(rows_of(request, "teachers")):
            given, shows = row.get("id"), row.get("show_on_reports")
            if given in (None, ""):
                results.append({"index": index, **_BLANK})
                continue
            teacher = known(school.teachers, given)
            if teacher is None:
                results.append({"index": index, "id": given, "status": "not_found"})
                continue
            result: Row = {"index": index, "id": teacher.id, "status": "ok"}
            if shows is None or isinstance(shows, bool):
                wanted[teacher.id] = shows
            else:  # assumed: the message of an invalid level
                result["status"] = "unprocessable_entity"
                result["errors"] = {"show_on_reports": ["is not included in the list"]}
            results.append(result)
        for teacher_id in set(school.class_teachers(of.id)) - set(wanted):
            self._leave(of, teacher_id)
        for teacher_id, shows in wanted.items():
            self._join(of, school.teachers[teacher_id])
            school.teach(of.id, teacher_id, show_on_reports=shows, at=now)
        return bodies.json_response(200, {"teachers": results})

    @operation("POST", "classes/{}/teachers/add_teachers", "classes/teachers/add_teachers")
    def add_teachers(self, request: Request, raw_id: str) -> Response:
        """Add teachers. Unknown ids are skipped."""
        of = self._class(raw_id)
        for teacher in _some(request, "teacher_ids", self.school.teachers)[0]:
            self._join(of, teacher)
        return OK

    @operation("DELETE", "classes/{}/teachers/remove_teachers", "classes/teachers/remove_teachers")
    def remove_teachers(self, request: Request, raw_id: str) -> Response:
        """Remove teachers. Teachers not in the class are skipped."""
        of = self._class(raw_id)
        for teacher in _some(request, "teacher_ids", self.school.teachers)[0]:
            self._leave(of, teacher.id)
        return OK

    def _join(self, of: Class, person: Person) -> None:
        """Add a person to a class, and count the addition."""
        school = self.school
        if school.ledger.find(of.id, person.id) is not None:
            return
        if person.kind == "advisor":
            school.teach(of.id, person.id, at=self.state.now())
        else:
            school.enrol(of.id, person.id, at=self.state.now())
        school.member_adds[of.id, person.id] += 1

    def _leave(self, of: Class, user_id: int) -> None:
        """Remove a person from a class, and count the removal."""
        if self.school.leave(of.id, user_id, at=self.state.now()):
            self.school.member_removals[of.id, user_id] += 1

    def _students(self, request: Request, people: Store[Person]) -> list[Person]:
        found, unknown = _some(request, "student_ids", people)
        if unknown and self.state.quirks.unknown_ids == "refuse":
            raise bodies.Refused(self.state.missing("Student", unknown[0]))
        return found


def _some(request: Request, key: str, people: Store[Person]) -> tuple[list[Person], list[object]]:
    """Return the people in a list of ids, and the unknown ids."""
    found = [(raw_id, known(people, raw_id)) for raw_id in ids_of(request, key)]
    return [who for _, who in found if who is not None], [s for s, who in found if who is None]
