"""The operations that read the grades, attendance and completion of a section."""

from __future__ import annotations

from itertools import groupby

from lms_async.sandbox import Request, Response

from .. import bodies
from .base import Operations, Row, Verbs, number

LISTS = {
    "grade_items": "assignment",
    "grading_categories": "grading_category",
    "grading_scales": "grading_scale",
    "completion": "completion",
}
"""The key of the rows of each list that is returned as tests stored it."""

PATHS = ("grades", "attendance", *LISTS)
"""The names that may follow the id of a section in a path."""


class GradeOperations(Operations):
    """``sections/{id}/grades`` and the other paths of :data:`PATHS`."""

    def verbs(self, request: Request, section_id: str, name: str) -> Verbs | None:
        """Return the operations on a path of :data:`PATHS` below a section."""
        if section_id not in self.school.sections:
            return None
        if name == "grades":
            return {"GET": lambda: self._grades(request, section_id)}
        if name == "attendance":
            return {"GET": lambda: self._attendance(request, section_id)}
        rows = self.school.gradebook.lists.get((section_id, name), [])
        return {"GET": lambda: self.listing(request, LISTS[name], rows, dict, total=int)}

    def _grades(self, request: Request, section_id: str) -> Response:
        query, book = request.query, self.school.gradebook
        found = [
            grade
            for grade in book.grades.get(section_id, [])
            if all(
                query.get(name, "") in {"", str(grade[name])}
                for name in ("assignment_id", "enrollment_id")
            )
            and int(grade.get("timestamp") or 0) >= number(request, "timestamp")
        ]
        body = {
            "grades": {"grade": found},
            "period": book.periods.get(section_id, []),
            "final_grade": book.final_grades.get(section_id, []),
        }
        return bodies.write(request, 200, body)

    def _attendance(self, request: Request, section_id: str) -> Response:
        if self.state.quirks.attendance_gone:
            return Response(410)
        query = request.query
        # ISO dates, which can be compared as text.
        first, last = query.get("start", ""), query.get("end", "") or "9999"
        found = [
            row
            for row in self.school.gradebook.attendance.get(section_id, [])
            if first <= row["date"] <= last
            and query.get("enrollment_id", "") in {"", str(row["enrollment_id"])}
        ]
        counted: dict[int, int] = {}
        for row in found:
            counted[row["status"]] = counted.get(row["status"], 0) + 1
        body = {
            "date": [_day(date, rows) for date, rows in _grouped(found, "date")],
            "totals": {"total": [{"status": s, "count": n} for s, n in sorted(counted.items())]},
        }
        return bodies.write(request, 200, body)


def _day(date: str, rows: list[Row]) -> Row:
    statuses = [
        {"status_code": status, "attendances": {"attendance": inner}}
        for status, inner in _grouped(rows, "status")
    ]
    return {"date": date, "statuses": {"status": statuses}}


def _grouped(rows: list[Row], name: str) -> list[tuple[str, list[Row]]]:
    ordered = sorted(rows, key=lambda row: row[name])
    return [(value, list(inner)) for value, inner in groupby(ordered, key=lambda row: row[name])]
