"""The import of enrollments by the school's own codes."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import Rejected, comma_list
from ..roster import Enrollment, Section
from ..roster.enrollments import ACTIVE
from ..state import State
from .base import Operations, Row, Verbs
from .enrollments import WRAPPERS, EnrollmentOperations


class ImportOperations(Operations):
    """``enrollments/import/course``, with or without grading periods in the path."""

    def __init__(self, state: State, enrollments: EnrollmentOperations) -> None:
        super().__init__(state)
        self._enrollments = enrollments

    def verbs(self, request: Request, rest: tuple[str, ...]) -> Verbs | None:
        """Return the operations on a path below ``enrollments/import/course``."""
        match rest:
            case ():
                return {"POST": lambda: self._import(request, None)}
            case (periods,):
                return {"POST": lambda: self._import(request, periods)}
        return None

    def _import(self, request: Request, period_ids: str | None) -> Response:
        rows = bodies.rows(bodies.read(request), *WRAPPERS)
        periods = comma_list(period_ids)
        for period in periods:
            if period not in self.school.grading_periods:
                raise Rejected(404, f"There is no grading period {period}.")  # assumed

        def import_row(row: Row) -> Row:
            if period_ids is None:
                sections = [self._by_school_code(row)]
            else:
                sections = self._by_codes(row, [int(period) for period in periods])
            return self._enroll(row, sections, with_school_code=period_ids is None)

        echo = ("school_uid", "course_code", "section_code", "section_school_code")
        return self.bulk(request, rows, import_row, *WRAPPERS, echo=echo)

    def _by_school_code(self, row: Row) -> Section:
        code = _required(row, "section_school_code")
        section = self.school.sections.by_school_code(code)
        if section is None:
            raise Rejected(404, f"There is no section with the section school code {code}.")
        return section

    def _by_codes(self, row: Row, periods: list[int]) -> list[Section]:
        course = self.school.courses.by_code(_required(row, "course_code"))
        code = _required(row, "section_code")
        if course is None:
            raise Rejected(404, "There is no course with this course code.")
        # The documents say "will apply across sections spanning those grading periods". Assumed:
        # a section matches if it is in any of the periods.
        sections = self.school.sections.by_code(course.id, code, periods)
        if not sections:
            raise Rejected(404, "There is no section with this code in the grading periods.")
        return sections

    def _enroll(self, row: Row, sections: list[Section], *, with_school_code: bool) -> Row:
        school_uid = _required(row, "school_uid")
        account = self.school.by_school_uid(school_uid)
        if account is None:
            raise Rejected(404, f"There is no user with the unique ID {school_uid}.")
        admin = str(row.get("admin") or "0")
        if admin not in {"0", "1"}:
            raise Rejected(400, "Invalid value for admin.")
        removing = str(row.get("delete") or "0") == "1"
        done = [
            self._unenroll(section, account.uid)
            if removing
            else self._enroll_one(section, account.uid, int(admin))
            for section in sections
        ]
        if all(each is None for each in done):
            code = self.state.quirks.absent_unenrolled
            if code != 200:
                raise Rejected(code, "The user is not enrolled.")
        first = sections[0]
        course = self.school.courses.by_id.get(first.course_id)
        result: Row = {"response_code": 200}
        shown = next((each for each in done if each is not None), None)
        if shown is not None:
            result["location"] = self._enrollments.location(shown)
        result["school_uid"] = school_uid
        if with_school_code:
            result["section_school_code"] = first.section_school_code
        result["course_code"] = course.course_code if course else ""
        return result | {"section_code": first.section_code}

    def _enroll_one(self, section: Section, uid: str, admin: int) -> Enrollment:
        enrollments = self.school.enrollments
        known = enrollments.between("section", section.id, uid)
        if known is None:
            return enrollments.enroll("section", section.id, uid, admin)
        status = ACTIVE if self.state.quirks.import_revives else known.status
        return enrollments.update(known.id, {"admin": admin, "status": status})

    def _unenroll(self, section: Section, uid: str) -> Enrollment | None:
        known = self.school.enrollments.between("section", section.id, uid)
        return None if known is None else self.school.enrollments.delete(known.id)


def _required(row: Row, name: str) -> str:
    if not row.get(name):
        raise Rejected(400, f"{name} is required.")
    return str(row[name])
