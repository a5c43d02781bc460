"""The operation that copies sections. The vendor copies in the background."""

from __future__ import annotations

from attrs import evolve

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import Rejected
from ..oauth import Caller
from ..roster import Course, Section
from .base import Operations, Row, Verbs

_TRANSFERS = "https://schoology.com/settings/transfers"


class CopyOperations(Operations):
    """``sections/copy``. The sandbox copies at once, since the vendor's delay is not known."""

    def verbs(self, request: Request, caller: Caller) -> Verbs:
        """Return the operations on ``sections/copy``."""
        return {"POST": lambda: self._copy_many(request, caller)}

    def _copy_many(self, request: Request, caller: Caller) -> Response:
        enroll = request.query.get("enroll_user") == "1"

        def copy(row: Row) -> Row:
            section = self._copy(row)
            if enroll:
                self.school.enrollments.enroll("section", section.id, caller.uid, 1)
            return {
                "section_school_code": section.section_school_code,
                "grading_periods": list(section.grading_periods),
                "title": section.title,
                "transfer_url": _TRANSFERS,
                "response_code": 200,
                "description": section.description,
            }

        rows = bodies.rows(bodies.read(request), "sections", "section")
        echo = ("source_section_id", "source_section_school_code", "section_school_code")
        return self.bulk(request, rows, copy, "section", echo=echo)

    def _copy(self, row: Row) -> Section:
        sections = self.school.sections
        source = self._section(row, "source_section_id", "source_section_school_code")
        if source is None:
            raise Rejected(404, "There is no such source section.")
        course = self._course(row)
        target = self._section(row, "section_id", "section_school_code")
        if target is None and row.get("section_id"):
            raise Rejected(404, f"There is no section {row['section_id']}.")
        if target is None:
            target = sections.create(course.id, {"synced": source.synced} | row)
        elif target.has_content:
            raise Rejected(400, "The section is not empty.")
        copied = evolve(target, has_content=True, options=source.options | target.options)
        sections.by_id[copied.id] = copied
        return copied

    def _section(self, row: Row, id_name: str, code_name: str) -> Section | None:
        if row.get(id_name):
            return self.school.sections.by_id.get(str(row[id_name]))
        return self.school.sections.by_school_code(str(row.get(code_name) or ""))

    def _course(self, row: Row) -> Course:
        courses = self.school.courses
        if row.get("course_id"):
            return courses.find(str(row["course_id"]))
        found = courses.by_code(str(row.get("course_code") or ""))
        if found is None:
            raise Rejected(404, "There is no such course.")
        return found
