"""The operations on the academic years and the terms of one program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import AcademicYear, Program, Term, Unprocessable
from ..roster import fields as read
from .base import Operations, Row, inner, number, operation

_PROGRAM = "school/programs/{}"
_READERS: dict[str, Any] = {
    "name": read.text,
    "starts_on": read.day,
    "ends_on": read.day,
    "locked": read.flag,
    "enable_exam_grade": read.flag,
}
_REQUIRED = ("name", "starts_on", "ends_on")


class ProgramOperations(Operations):
    """The base of the operations below ``school/programs/{}``."""

    def program(self, code: str) -> Program:
        """Return a program, or refuse the request with a 404."""
        found = self.school.academics.programs.get(code)
        if found is None:
            raise bodies.Refused(self.state.missing("Program", code))
        return found


class AcademicYearOperations(ProgramOperations):
    """``academic-years`` and ``academic-terms`` of a program."""

    def _year(self, code: str, raw_id: str) -> AcademicYear:
        year = self.school.academics.years.get(number(raw_id))
        if year is None or year.program != self.program(code).code:
            raise bodies.Refused(self.state.missing("AcademicYear", raw_id))
        return year

    @operation("GET", f"{_PROGRAM}/academic-years/{{}}", "school/academic_years/show")
    def show(self, request: Request, code: str, raw_id: str) -> Response:
        """Return an academic year with its terms."""
        return self._response_of(self._year(code, raw_id))

    @operation("POST", f"{_PROGRAM}/academic-years", "school/academic_years/create")
    def create(self, request: Request, code: str) -> Response:
        """Create an academic year from its terms. Errors are a 400 with one text."""
        program, academics = self.program(code), self.school.academics
        rows = inner(request, "academic_year").get("terms_attributes")
        if not isinstance(rows, list) or not rows or not all(isinstance(r, dict) for r in rows):
            raise bodies.Refused(bodies.MALFORMED)
        try:
            terms = [_read(row, None) for row in rows]
        except Unprocessable as wrong:
            text = "; ".join(f"{name} {why[0]}" for name, why in wrong.errors.items())
            raise bodies.Refused(bodies.error(400, text)) from None
        year = academics.add_year(program.code, updated_at=self.state.now())
        for term in terms:
            academics.add_term(**term, academic_year_id=year.id, updated_at=self.state.now())
        academics.years.creates[f"{program.code} {academics.year_name(year.id)}"] += 1
        return self._response_of(year)

    @operation(
        "GET", f"{_PROGRAM}/academic-years/{{}}/calendar", "school/academic_years/calendar/show"
    )
    def calendar(self, request: Request, code: str, raw_id: str) -> Response:
        """Return the rotation days of an academic year."""
        year = self._year(code, raw_id)
        academics = self.school.academics
        shown = academics.calendars.get(year.id) or _calendar(academics.terms_of(year.id))
        return bodies.json_response(200, {"calendar": shown})

    def _response_of(self, year: AcademicYear) -> Response:
        academics = self.school.academics
        terms = academics.terms_of(year.id)
        shown: Row = {
            "id": year.id,
            "name": academics.year_name(year.id),
            "starts_on": min((term.starts_on for term in terms), default=None),
            "ends_on": max((term.ends_on for term in terms), default=None),
            "updated_at": bodies.moment(year.updated_at),
            "program": year.program,
            "academic_terms": [_row(term) for term in terms],
        }
        for name in ("starts_on", "ends_on"):
            shown[name] = shown[name] and shown[name].isoformat()
        return bodies.json_response(200, {"academic_year": shown})

    # -- terms

    _TERMS = f"{_PROGRAM}/academic-years/{{}}/academic-terms"

    @operation("POST", _TERMS, "school/academic_terms/create")
    def create_term(self, request: Request, code: str, raw_year: str) -> Response:
        """Create a term."""
        year, academics = self._year(code, raw_year), self.school.academics
        values = _read(inner(request, "academic_term"), None)
        self._check(year, values, None)
        year.updated_at = self.state.now()
        term = academics.add_term(**values, academic_year_id=year.id, updated_at=self.state.now())
        academics.terms.creates[term.name] += 1
        return bodies.json_response(200, {"academic_term": _row(term)})

    @operation("PATCH", f"{_TERMS}/{{}}", "school/academic_terms/update")
    def update_term(self, request: Request, code: str, raw_year: str, raw_id: str) -> Response:
        """Change a term."""
        year, term = self._term(code, raw_year, raw_id)
        values = _read(inner(request, "academic_term"), term)
        self._check(year, values, term)
        for name, value in values.items():
            setattr(term, name, value)
        term.updated_at = self.state.now()
        self.school.academics.terms.updates[term.id] += 1
        return bodies.json_response(200, {"academic_term": _row(term)})

    @operation("DELETE", f"{_TERMS}/{{}}", "school/academic_terms/destroy")
    def delete_term(self, request: Request, code: str, raw_year: str, raw_id: str) -> Response:
        """Delete a term. Assumed: the 422 of the reference is for a term that classes use."""
        _, term = self._term(code, raw_year, raw_id)
        used = (
            term.id in (of.start_term_id, of.end_term_id) for of in self.school.classes.values()
        )
        if any(used):
            raise Unprocessable({"base": ["Cannot delete a term with classes"]})
        terms = self.school.academics.terms
        del terms[term.id]
        terms.deletes[term.id] += 1
        return bodies.json_response(200, {"academic_term": _row(term)})

    def _term(self, code: str, raw_year: str, raw_id: str) -> tuple[AcademicYear, Term]:
        year = self._year(code, raw_year)
        term = self.school.academics.terms.get(number(raw_id))
        if term is None or term.academic_year_id != year.id:
            raise bodies.Refused(self.state.missing("AcademicTerm", raw_id))
        return year, term

    def _check(self, year: AcademicYear, values: Row, term: Term | None) -> None:
        """Refuse terms that overlap. Assumed: this is what ``starts_on`` has errors for."""
        old = {} if term is None else {"starts_on": term.starts_on, "ends_on": term.ends_on}
        starts_on, ends_on = ((old | values)[name] for name in ("starts_on", "ends_on"))
        for other in self.school.academics.terms_of(year.id):
            apart = other is term or ends_on < other.starts_on or other.ends_on < starts_on
            if not apart:
                raise Unprocessable({"starts_on": ["overlaps with another term"]})


def _read(values: Row, term: Term | None) -> Row:
    """Return the fields of a term, or raise :class:`Unprocessable`."""
    found, errors = read.read(values, _READERS)
    changes = dict(found)
    for name in _REQUIRED:
        if changes.get(name) == "" or (term is None and name not in changes):
            errors.setdefault(name, [read.BLANK])
    if errors:
        raise Unprocessable(errors)
    for name in ("starts_on", "ends_on"):
        if name in changes:
            changes[name] = date.fromisoformat(changes[name])
    starts_on = changes.get("starts_on") or (term.starts_on if term else date.min)
    ends_on = changes.get("ends_on") or (term.ends_on if term else date.max)
    if starts_on > ends_on:
        raise Unprocessable({"starts_on": ["must be before ends_on"]})
    if "enable_exam_grade" in changes:  # the key of responses has no `enable_`
        changes["exam_grade"] = changes.pop("enable_exam_grade")
    return changes


def _row(term: Term) -> Row:
    return {
        "id": term.id,
        "academic_year_id": term.academic_year_id,
        "name": term.name,
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
        "locked": term.locked,
        "exam_grade": term.exam_grade,
        "updated_at": bodies.moment(term.updated_at),
    }


def _calendar(terms: Sequence[Term]) -> Row:
    """Return a calendar with a rotation of six days, from Monday to Friday."""
    dates: list[Row] = []
    if terms:
        on, last = terms[0].starts_on, max(term.ends_on for term in terms)
        while on <= last:
            if on.isoweekday() <= 5:
                dates.append({"date": on.isoformat(), "rotation_day": len(dates) % 6 + 1})
            on += timedelta(days=1)
    return {
        "start_date": dates[0]["date"] if dates else None,
        "end_date": dates[-1]["date"] if dates else None,
        "calendar_type": "Rotation Cycle",
        "rotation_cycle": 6,
        "ignore_holidays": False,
        "days_off": [0, 6],
        "dates": dates,
    }
