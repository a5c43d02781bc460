"""The operations on courses, and on the sections of a course."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import Rejected
from ..oauth import Caller
from ..roster import Course, Section
from ..state import State
from .base import EMPTY, Operations, Row, Verbs, row_id
from .sections import SectionOperations


class CourseOperations(Operations):
    """``courses`` and ``courses/{id}/sections``."""

    def __init__(self, state: State, sections: SectionOperations) -> None:
        super().__init__(state)
        self._sections = sections

    def verbs(self, request: Request, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``courses``."""
        match rest:
            case ():
                return {
                    "GET": lambda: self._list(request),
                    "POST": lambda: self._post(request),
                    "PUT": lambda: self._update_many(request),
                    "DELETE": lambda: self.bulk_delete(
                        request, "course_ids", self.school.courses.delete, "course"
                    ),
                }
            case (course_id,):
                return {
                    "GET": lambda: bodies.write(request, 200, self._view(request, course_id)),
                    "PUT": lambda: self._update(request, course_id),
                    "DELETE": lambda: self._delete(course_id),
                }
            case (course_id, "sections"):
                return {
                    "GET": lambda: self._list_sections(request, course_id, caller),
                    "POST": lambda: self._post_sections(request, course_id),
                }
        return None

    def _list(self, request: Request) -> Response:
        building = request.query.get("building_id")
        named = request.query.get("fetch_district_course_name") == "1"
        found = [c for c in self.school.courses if building in {None, "", c.building_id}]

        def view(course: Course) -> Row:
            name = {"district_course_name": course.district_course_name} if named else {}
            return course_row(course) | name

        return self.listing(request, "course", found, view)

    def _view(self, request: Request, course_id: str) -> Row:
        return course_row(self.school.courses.find(course_id))

    def _post(self, request: Request) -> Response:
        body = bodies.read(request)
        if "courses" not in body:
            course = self.school.courses.create(body)
            links = {"links": {"self": self.url(f"courses/{course.id}")}}
            return bodies.write(request, 201, course_row(course) | links)
        update_existing = request.query.get("update_existing") == "1"
        rows = bodies.rows(body, "courses", "course")
        return self.bulk(
            request,
            rows,
            lambda row: self._create(row, update_existing=update_existing),
            "course",
            echo=("course_code",),
        )

    def _create(self, row: Row, *, update_existing: bool) -> Row:
        known = self.school.courses.by_code(str(row.get("course_code") or ""))
        inner = _sections_of(row)
        if known is not None and update_existing:
            course = self.school.courses.update(known.id, row)
        else:
            course = self.school.courses.create(row)
        result: Row = {
            "response_code": 200,  # not 201, even if the course was created
            "id": course.id,  # a string here
            "course_code": course.course_code,
            "location": self.url(f"courses/{course.id}"),
        }
        if inner:
            results = self._create_sections(course.id, inner, update_existing=update_existing)
            result["sections"] = {"section": self.state.many(results)}
        return result

    def _create_sections(
        self, course_id: str, rows: list[Row], *, update_existing: bool
    ) -> list[Row]:
        # In the documents' sample, a section inside a course has a `section_id` and no code.
        # Assumed: `section_id` is its section code. Assumed: a rejected section does not reject its
        # course.
        coded = [
            row if "section_code" in row else row | {"section_code": row.get("section_id", "")}
            for row in rows
        ]
        return [
            self.attempt(
                row,
                lambda row: self._sections.create(course_id, row, update_existing=update_existing),
                ("section_code", "section_school_code"),
            )
            for row in coded
        ]

    def _update_many(self, request: Request) -> Response:
        def update(row: Row) -> Row:
            course = self.school.courses.update(row_id(row), row)
            return {"response_code": 200, "id": course.id, "course_code": course.course_code}

        rows = bodies.rows(bodies.read(request), "courses", "course")
        return self.bulk(request, rows, update, "course", echo=("id", "course_code"))

    def _update(self, request: Request, course_id: str) -> Response:
        self.school.courses.update(course_id, bodies.read(request))
        return EMPTY

    def _delete(self, course_id: str) -> Response:
        self.school.courses.delete(course_id)
        return EMPTY

    def _list_sections(self, request: Request, course_id: str, caller: Caller) -> Response:
        self.school.courses.find(course_id)
        found = self._sections.without_past(request, self.school.sections.of_course(course_id))

        def view(section: Section) -> Row:
            return self._sections.row(section, caller)

        return self.listing(request, "section", found, view)

    def _post_sections(self, request: Request, course_id: str) -> Response:
        self.school.courses.find(course_id)
        body = bodies.read(request)
        if "sections" not in body:
            return self._sections.created(request, self.school.sections.create(course_id, body))
        update_existing = request.query.get("update_existing") == "1"
        return self.bulk(
            request,
            bodies.rows(body, "sections", "section"),
            lambda row: self._sections.create(course_id, row, update_existing=update_existing),
            "section",
            echo=("section_code", "section_school_code"),
        )


def _sections_of(row: Row) -> list[Row]:
    if not row.get("sections"):
        return []
    try:
        return bodies.rows(row, "sections", "section")
    except bodies.Unreadable:
        raise Rejected(400, "Invalid value for sections.") from None


def course_row(course: Course) -> Row:
    """Return a course in the form of lists and single reads.

    ``id`` is a number here, but ``building_id`` is a string.
    """
    return {
        "id": int(course.id),
        "title": course.title,
        "course_code": course.course_code,
        "department": course.department,
        "description": course.description,
        "credits": course.credits,
        "subject_area": course.subject_area,
        "grade_level_range_start": course.grade_level_range_start,
        "grade_level_range_end": course.grade_level_range_end,
        "synced": course.synced,
        "building_id": course.building_id,
    }
