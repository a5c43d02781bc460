"""The operations on courses, and on the sections inside of a course."""

from __future__ import annotations

from lms_async.sandbox import Arrived, Response

from .. import bodies
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

    def verbs(self, arrived: Arrived, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``courses``."""
        match rest:
            case ():
                return {
                    "GET": lambda: self._list(arrived),
                    "POST": lambda: self._post(arrived),
                    "PUT": lambda: self._update_many(arrived),
                    "DELETE": lambda: self.bulk_delete(
                        arrived, "course_ids", self.school.courses.delete, "course"
                    ),
                }
            case (course_id,):
                return {
                    "GET": lambda: bodies.write(arrived, 200, self._view(arrived, course_id)),
                    "PUT": lambda: self._update(arrived, course_id),
                    "DELETE": lambda: self._delete(course_id),
                }
            case (course_id, "sections"):
                return {
                    "GET": lambda: self._list_sections(arrived, course_id, caller),
                    "POST": lambda: self._post_sections(arrived, course_id),
                }
        return None

    def _list(self, arrived: Arrived) -> Response:
        building = arrived.query.get("building_id")
        named = arrived.query.get("fetch_district_course_name") == "1"
        found = [c for c in self.school.courses if building in {None, "", c.building_id}]

        def view(course: Course) -> Row:
            name = {"district_course_name": course.district_course_name} if named else {}
            return course_row(course) | name

        return self.listing(arrived, "course", found, view)

    def _view(self, arrived: Arrived, course_id: str) -> Row:
        return course_row(self.school.courses.find(course_id))

    def _post(self, arrived: Arrived) -> Response:
        body = bodies.read(arrived)
        if "courses" not in body:
            course = self.school.courses.create(body)
            links = {"links": {"self": self.url(f"courses/{course.id}")}}
            return bodies.write(arrived, 201, course_row(course) | links)
        update_existing = arrived.query.get("update_existing") == "1"
        rows = bodies.rows(body, "courses", "course")
        return self.bulk(
            arrived,
            rows,
            lambda row: self._create(row, update_existing=update_existing),
            "course",
            echo=("course_code",),
        )

    def _create(self, row: Row, *, update_existing: bool) -> Row:
        known = self.school.courses.by_code(str(row.get("course_code") or ""))
        inner = bodies.rows(row, "sections", "section") if row.get("sections") else []
        if known is not None and update_existing:
            course = self.school.courses.update(known.id, row)
        else:
            course = self.school.courses.create(row)
        result: Row = {
            "response_code": 200,  # also for a created one
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
        # The documents' sample of a section inside of a course has a `section_id` and no code. That
        # it is the section code is a choice. So is that a rejected section leaves its course.
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

    def _update_many(self, arrived: Arrived) -> Response:
        def update(row: Row) -> Row:
            course = self.school.courses.update(row_id(row), row)
            return {"response_code": 200, "id": course.id, "course_code": course.course_code}

        rows = bodies.rows(bodies.read(arrived), "courses", "course")
        return self.bulk(arrived, rows, update, "course", echo=("id", "course_code"))

    def _update(self, arrived: Arrived, course_id: str) -> Response:
        self.school.courses.update(course_id, bodies.read(arrived))
        return EMPTY

    def _delete(self, course_id: str) -> Response:
        self.school.courses.delete(course_id)
        return EMPTY

    def _list_sections(self, arrived: Arrived, course_id: str, caller: Caller) -> Response:
        self.school.courses.find(course_id)
        found = self._sections.without_past(arrived, self.school.sections.of_course(course_id))

        def view(section: Section) -> Row:
            return self._sections.row(section, caller)

        return self.listing(arrived, "section", found, view)

    def _post_sections(self, arrived: Arrived, course_id: str) -> Response:
        self.school.courses.find(course_id)
        body = bodies.read(arrived)
        if "sections" not in body:
            return self._sections.created(arrived, self.school.sections.create(course_id, body))
        update_existing = arrived.query.get("update_existing") == "1"
        return self.bulk(
            arrived,
            bodies.rows(body, "sections", "section"),
            lambda row: self._sections.create(course_id, row, update_existing=update_existing),
            "section",
            echo=("section_code", "section_school_code"),
        )


def course_row(course: Course) -> Row:
    """Return a course as lists and single reads show it: its id is a number, its building's not."""
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
