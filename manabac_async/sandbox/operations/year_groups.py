"""The operations on year groups. They can't be created, changed or deleted by the API."""

from __future__ import annotations

from collections.abc import Iterable

from lms_async.sandbox import Request, Response

from .. import bodies
from ..records import YearGroup
from . import person_views
from .base import OK, Operations, Row, flag, ids, ids_of, known, operation


class YearGroupOperations(Operations):
    """``year-groups``."""

    def _group(self, raw_id: str) -> YearGroup:
        return self.found(self.school.ib_groups, "YearGroup", raw_id)

    @operation("GET", "year-groups", "year_groups/index")
    def index(self, request: Request) -> Response:
        """List year groups. There is no ``deleted_since``."""
        query = request.query
        found: Iterable[YearGroup] = self.changed(request, self.school.ib_groups)
        archived = flag(query, "archived")
        if query.get("archived") or self.state.quirks.unset_archived == "active":
            found = [group for group in found if group.archived == archived]
        students = ids(query, "student_ids")
        if students is not None:
            found = [group for group in found if not students.isdisjoint(group.student_ids)]
        return self.page(request, "year_groups", list(found), _row)

    @operation("GET", "year-groups/{}/students", "year_groups/students/index")
    def students(self, request: Request, raw_id: str) -> Response:
        """List the students of a year group. The ids are in a separate list too."""
        group, wanted = self._group(raw_id), ids(request.query, "student_ids")
        numbers = [one for one in group.student_ids if wanted is None or one in wanted]
        page, meta = self.state.pager.cut(numbers, request.query)
        view = person_views.students(self.school, many=True)
        shown = [view(self.school.students[number]) for number in page]
        body = {"meta": meta, "student_ids": page, "students": shown}
        return bodies.json_response(200, body)

    @operation("POST", "year-groups/{}/add_students", "year_groups/add_students")
    def add(self, request: Request, raw_id: str) -> Response:
        """Add students. They leave their other active groups. Unknown ids are skipped."""
        group, school = self._group(raw_id), self.school
        for raw in ids_of(request, "student_ids"):
            student = known(school.students, raw)
            # Assumed: an archived student is skipped too.
            if student is None or student.archived or student.id in group.student_ids:
                continue
            school.move_to_ib_group(group.id, student.id, at=self.state.now())
            school.group_adds[group.id, student.id] += 1
        return OK

    @operation("POST", "year-groups/{}/remove_students", "year_groups/remove_students")
    def remove(self, request: Request, raw_id: str) -> Response:
        """Remove students. Students who are not in the group are skipped."""
        group = self._group(raw_id)
        for raw in ids_of(request, "student_ids"):
            student = known(self.school.students, raw)
            if student is not None and student.id in group.student_ids:
                group.student_ids.remove(student.id)
                self.school.group_removals[group.id, student.id] += 1
                group.updated_at = self.state.now()
        return OK

    @operation("GET", "year-groups/{}/advisors", "year_groups/advisors/index")
    def advisors(self, request: Request, raw_id: str) -> Response:
        """List the advisors of a year group."""
        roles = self._group(raw_id).advisors
        rows = [{"id": number, "roles": list(words)} for number, words in roles.items()]
        return bodies.json_response(200, {"advisors": rows})


def _row(group: YearGroup) -> Row:
    return {
        "id": group.id,
        "name": group.name,
        "short_name": group.short_name or None,
        "program": group.program,
        "program_code": group.program_code,
        "grade": group.grade or None,
        "archived": group.archived,
        "grade_number": group.grade_number,
        "graduation_year": group.graduation_year,
        "student_ids": list(group.student_ids),
    }
