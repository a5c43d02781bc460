"""The operations on the school itself. None of them is paged."""

from __future__ import annotations

from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import AcademicYear, Program, Subject, Term
from .base import Operations, Row, flag, operation


class SchoolOperations(Operations):
    """``school`` and its lists for all programs."""

    @operation("GET", "school", "school/show")
    def show(self, request: Request) -> Response:
        """Return the school and the names of its programs."""
        academics = self.school.academics
        programs = [*academics.programs.values()]
        shown = academics.info | {
            "programs": [program.name for program in programs],
            "enabled_programs": [{"name": each.name, "code": each.code} for each in programs],
        }
        return bodies.json_response(200, {"school": shown})

    @operation("GET", "school/academic-years", "school/academic_years/index")
    def academic_years(self, request: Request) -> Response:
        """Return the academic years by program, below a key that repeats the name of the list."""
        academics, query = self.school.academics, request.query
        shown: Row = {}
        for code in academics.programs:
            if query.get("program_code") in (None, "", code):
                years = [self._year(year) for year in academics.years_of(code)]
                if query.get("active"):
                    active = flag(query, "active")
                    years = [year for year in years if year["active"] == active]
                shown[code] = {"academic_years": years}
        return bodies.json_response(200, {"academic_years": shown})

    def _year(self, year: AcademicYear) -> Row:
        terms = self.school.academics.terms_of(year.id)
        today = self.state.now().date()
        starts_on = min((term.starts_on for term in terms), default=None)
        ends_on = max((term.ends_on for term in terms), default=None)
        return {
            "id": year.id,
            "name": self.school.academics.year_name(year.id),
            "active": bool(starts_on and ends_on and starts_on <= today <= ends_on),
            "starts_on": starts_on.isoformat() if starts_on else None,
            "ends_on": ends_on.isoformat() if ends_on else None,
            "updated_at": bodies.moment(year.updated_at),
            "academic_terms": [self._term(term) for term in terms],
        }

    def _term(self, term: Term) -> Row:
        return {
            "id": term.id,
            "name": term.name,
            "active": term.starts_on <= self.state.now().date() <= term.ends_on,
            "starts_on": term.starts_on.isoformat(),
            "ends_on": term.ends_on.isoformat(),
            "updated_at": bodies.moment(term.updated_at),
            "exam_grade": term.exam_grade,
        }

    @operation("GET", "school/grades", "school/grades/index")
    def grades(self, request: Request) -> Response:
        """Return the programs with their grades."""
        programs = [_program(each) for each in self.school.academics.programs.values()]
        return bodies.json_response(200, {"school": {"programs": programs}})

    @operation("GET", "school/subjects", "school/subjects/index")
    def subjects(self, request: Request) -> Response:
        """Return the subjects by program, without deprecated ones."""
        academics = self.school.academics
        shown: dict[str, list[Row]] = {code: [] for code in academics.programs}
        for subject in academics.subjects.values():
            if not subject.deprecated:
                group = academics.subject_groups[subject.subject_group_id]
                shown[subject.program].append(_subject(subject, group.name))
        return bodies.json_response(200, {"subjects": shown})

    @operation("GET", "school/term-grade-scales", "school/term_grade_scales/index")
    def term_grade_scales(self, request: Request) -> Response:
        """Return the grade scales of all programs."""
        scales = self.school.academics.term_grade_scales
        return bodies.json_response(200, {"school": {"term_grade_scales": scales}})

    @operation("GET", "school/term-rubrics", "school/term_rubrics/index")
    def term_rubrics(self, request: Request) -> Response:
        """Return the rubrics of all programs."""
        rubrics = self.school.academics.term_rubrics
        return bodies.json_response(200, {"school": {"term_rubrics": rubrics}})


def _program(program: Program) -> Row:
    """Return a program. ``label`` and ``code`` of a grade are in the example only."""
    grades: list[dict[str, Any]] = [
        {
            "name": grade.name,
            "label": grade.name,
            "code": grade.code,
            "uid": grade.uid,
            "grade_number": grade.grade_number,
            "enabled": True,
            "program": program.code,
        }
        for grade in program.grades
    ]
    names = {"name": program.name, "short_name": program.short_name}
    return names | {"uid": program.uid, "code": program.code, "grades": grades}


def _subject(subject: Subject, group: str) -> Row:
    """Return a subject. All keys after ``group_id`` are optional."""
    row: Row = {"id": subject.id, "name": subject.name, "group": group}
    row["group_id"] = subject.subject_group_id
    if subject.hl or subject.sl:
        row |= {"hl": subject.hl, "sl": subject.sl}
    if subject.self_taught:
        row["self_taught"] = True
    return row | ({"levels": list(subject.levels)} if subject.levels else {})
