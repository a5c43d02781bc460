"""The operations on sections."""

from __future__ import annotations

from collections.abc import Iterable

from lms_async.sandbox import Arrived, Response

from .. import bodies
from ..accounts import comma_list
from ..oauth import Caller
from ..roster import Section
from . import section_views as views
from .base import EMPTY, MOST, Operations, Row, Verbs, row_id


class SectionOperations(Operations):
    """``sections``, and what the paths of courses and users need of them."""

    def verbs(self, arrived: Arrived, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``sections``."""
        sections = self.school.sections
        match rest:
            case ():
                return {
                    "GET": lambda: self._by_school_codes(arrived, caller),
                    "PUT": lambda: self._update_many(arrived),
                    "DELETE": lambda: self.bulk_delete(
                        arrived, "section_ids", sections.delete, "section"
                    ),
                }
            case ("ext", code):
                return {"GET": lambda: self._by_school_code(arrived, code, caller)}
            case (section_id, "grading_periods"):
                return {"GET": lambda: self._grading_periods(arrived, section_id)}
            case (section_id,):
                return {
                    "GET": lambda: self.view(arrived, sections.find(section_id), caller),
                    "PUT": lambda: self._update(arrived, section_id),
                    "DELETE": lambda: self._delete(section_id),
                }
            case (section_id, *_):
                # An unknown path below a section answers with the section, as the live API does.
                return {"GET": lambda: self.view(arrived, sections.find(section_id), caller)}
        return None

    # -- for the paths of courses and users

    def without_past(self, arrived: Arrived, found: Iterable[Section]) -> list[Section]:
        """Return the sections without those whose grading periods have all ended.

        Any value of ``include_past`` keeps them, also 0.
        """
        if "include_past" in arrived.query:
            return list(found)
        past = self.school.grading_periods.past
        return [each for each in found if not past(each.grading_periods, self.today)]

    def row(self, section: Section, caller: Caller, *, links: bool = True) -> Row:
        """Return a section as lists show it."""
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

    def view(self, arrived: Arrived, section: Section, caller: Caller) -> Response:
        """Return one section. It has no links, and the levels of its course as strings."""
        course = self.school.courses.by_id.get(section.course_id)
        shown = self.row(section, caller, links=False) | views.levels(course, str)
        return bodies.write(arrived, 200, shown)

    def create(self, course_id: str, row: Row, *, update_existing: bool) -> Row:
        """Create one section of a bulk, or update the one that exists."""
        sections = self.school.sections
        known = sections.existing(course_id, row) if update_existing else None
        if known is None:
            section = sections.create(course_id, row)
        else:
            section = sections.update(known.id, row)
        return views.result(section, self._location(section), is_new=known is None)

    def created(self, arrived: Arrived, section: Section) -> Response:
        """Return the response to a single create."""
        shown = views.created(
            section,
            str(self.school.school_id),
            picture=self.picture("course-default.gif"),
            link=self._location(section),
        )
        return bodies.write(arrived, 201, shown)

    # -- the operations

    def _location(self, section: Section) -> str:
        return self.url(f"sections/{section.id}")

    def _by_school_codes(self, arrived: Arrived, caller: Caller) -> Response:
        codes = comma_list(arrived.query.get("section_school_codes"))
        if not codes:
            return Response(403)  # as seen live
        if len(codes) > MOST:
            return bodies.plain(400, f"Up to {MOST} section_school_codes at one time.")  # a choice
        found = [self.school.sections.by_school_code(code) for code in dict.fromkeys(codes)]
        kept = self.without_past(arrived, [each for each in found if each is not None])
        # The total is a number here, and a string in the list of a course's sections.
        return self.listing(
            arrived, "section", kept, lambda section: self.row(section, caller), total=int
        )

    def _by_school_code(self, arrived: Arrived, code: str, caller: Caller) -> Response:
        section = self.school.sections.by_school_code(code)
        # 200 directly, unlike users/ext, which redirects.
        return Response(404) if section is None else self.view(arrived, section, caller)

    def _update(self, arrived: Arrived, section_id: str) -> Response:
        self.school.sections.update(section_id, bodies.read(arrived))
        return EMPTY

    def _delete(self, section_id: str) -> Response:
        self.school.sections.delete(section_id)
        return EMPTY

    def _update_many(self, arrived: Arrived) -> Response:
        def update(row: Row) -> Row:
            section = self.school.sections.update(row_id(row), row)
            return views.result(section, self._location(section), is_new=False)

        rows = bodies.rows(bodies.read(arrived), "sections", "section")
        echo = ("id", "section_code", "section_school_code")
        return self.bulk(arrived, rows, update, "section", echo=echo)

    def _grading_periods(self, arrived: Arrived, section_id: str) -> Response:
        section = self.school.sections.find(section_id)
        periods = self.school.grading_periods.by_id
        rows: list[Row] = [
            {
                "id": int(period.id),
                "title": period.title,
                "weight": period.weight,
                "start": f"{period.start} 00:00:00",
                "end": f"{period.end} 00:00:00",
                "parent": int(period.parent),  # a string in the single read
                "has_children": int(any(p.parent == period.id for p in periods.values())),
            }
            for each in section.grading_periods
            if (period := periods.get(str(each))) is not None
        ]
        return self.whole_list(arrived, "grading_period", rows, links=True)
