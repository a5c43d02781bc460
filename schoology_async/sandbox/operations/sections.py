"""The operations on sections."""

from __future__ import annotations

from collections.abc import Iterable

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import comma_list
from ..oauth import Caller
from ..roster import Section
from . import section_views as views
from .base import EMPTY, MOST, Operations, Row, Verbs, row_id


class SectionOperations(Operations):
    """``sections``, and the parts of ``courses`` and ``users`` that are about sections."""

    def verbs(self, request: Request, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``sections``."""
        sections = self.school.sections
        match rest:
            case ():
                return {
                    "GET": lambda: self._by_school_codes(request, caller),
                    "PUT": lambda: self._update_many(request),
                    "DELETE": lambda: self.bulk_delete(
                        request, "section_ids", sections.delete, "section"
                    ),
                }
            case ("ext", code):
                return {"GET": lambda: self._by_school_code(request, code, caller)}
            case (section_id, "grading_periods"):
                return {"GET": lambda: self._grading_periods(request, section_id)}
            case (section_id,):
                return {
                    "GET": lambda: self.view(request, sections.find(section_id), caller),
                    "PUT": lambda: self._update(request, section_id),
                    "DELETE": lambda: self._delete(section_id),
                }
            case (section_id, *_):
                # Like the live API, return the section for an unknown path below it.
                return {"GET": lambda: self.view(request, sections.find(section_id), caller)}
        return None

    # -- for the paths of courses and users

    def without_past(self, request: Request, found: Iterable[Section]) -> list[Section]:
        """Leave out the sections whose grading periods have all ended.

        Any value of ``include_past`` keeps them, even 0.
        """
        if "include_past" in request.query:
            return list(found)
        past = self.school.grading_periods.past
        return [each for each in found if not past(each.grading_periods, self.today)]

    def row(self, section: Section, caller: Caller, *, links: bool = True) -> Row:
        """Return a section in the form of a list row."""
        school = self.school
        course = school.courses.by_id.get(section.course_id)
        mine = school.enrollments.between("section", section.id, caller.uid)
        whole = views.whole(
            section,
            course,
            str(school.school_id),
            picture=self.picture("course-default.gif"),
            active=int(school.grading_periods.current(section.grading_periods, self.today)),
            admin=int(self.is_administrator(caller) or (mine is not None and mine.admin == 1)),
        )
        return whole | ({"links": {"self": self._location(section)}} if links else {})

    def view(self, request: Request, section: Section, caller: Caller) -> Response:
        """Return one section, without links and with the levels of its course as strings."""
        course = self.school.courses.by_id.get(section.course_id)
        shown = self.row(section, caller, links=False) | views.levels(course, str)
        return bodies.write(request, 200, shown)

    def create(self, course_id: str, row: Row, *, update_existing: bool) -> Row:
        """Create the section of one row of a bulk, or update it if it exists."""
        sections = self.school.sections
        known = sections.existing(course_id, row) if update_existing else None
        if known is None:
            section = sections.create(course_id, row)
        else:
            section = sections.update(known.id, row)
        return views.result(section, self._location(section), is_new=known is None)

    def created(self, request: Request, section: Section) -> Response:
        """Return the response to the creation of one section."""
        shown = views.created(
            section,
            str(self.school.school_id),
            picture=self.picture("course-default.gif"),
            link=self._location(section),
        )
        return bodies.write(request, 201, shown)

    # -- the operations

    def _location(self, section: Section) -> str:
        return self.url(f"sections/{section.id}")

    def _by_school_codes(self, request: Request, caller: Caller) -> Response:
        codes = comma_list(request.query.get("section_school_codes"))
        if not codes:
            return Response(403)  # as in the live API
        if len(codes) > MOST:
            return bodies.plain(400, f"Up to {MOST} section_school_codes at one time.")  # assumed
        found = [self.school.sections.by_school_code(code) for code in dict.fromkeys(codes)]
        kept = self.without_past(request, [each for each in found if each is not None])
        # The total is a number here, but a string in the list of a course's sections.
        return self.listing(
            request, "section", kept, lambda section: self.row(section, caller), total=int
        )

    def _by_school_code(self, request: Request, code: str, caller: Caller) -> Response:
        section = self.school.sections.by_school_code(code)
        # This returns the section itself. `users/ext` redirects instead.
        return Response(404) if section is None else self.view(request, section, caller)

    def _update(self, request: Request, section_id: str) -> Response:
        self.school.sections.update(section_id, bodies.read(request))
        return EMPTY

    def _delete(self, section_id: str) -> Response:
        self.school.sections.delete(section_id)
        return EMPTY

    def _update_many(self, request: Request) -> Response:
        def update(row: Row) -> Row:
            section = self.school.sections.update(row_id(row), row)
            return views.result(section, self._location(section), is_new=False)

        rows = bodies.rows(bodies.read(request), "sections", "section")
        echo = ("id", "section_code", "section_school_code")
        return self.bulk(request, rows, update, "section", echo=echo)

    def _grading_periods(self, request: Request, section_id: str) -> Response:
        section = self.school.sections.find(section_id)
        periods = self.school.grading_periods.by_id
        rows: list[Row] = [
            {
                "id": int(period.id),
                "title": period.title,
                "weight": period.weight,
                "start": f"{period.start} 00:00:00",
                "end": f"{period.end} 00:00:00",
                "parent": int(period.parent),  # a number here, a string in the single read
                "has_children": int(any(p.parent == period.id for p in periods.values())),
            }
            for each in section.grading_periods
            if (period := periods.get(str(each))) is not None
        ]
        return self.whole_list(request, "grading_period", rows, links=True)
