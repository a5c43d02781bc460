"""Programs, academic years, terms, subjects and reports of a school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from attrs import Factory, define, frozen

from ..records import EPOCH
from .store import Store


@frozen
class Grade:
    """A grade of a program. ``grade_number`` is for sorting and differs from the label."""

    name: str
    code: str
    uid: int
    grade_number: int


@frozen
class Program:
    """A program, such as the IB Diploma."""

    code: str
    name: str
    short_name: str
    uid: int
    grades: tuple[Grade, ...]

    def grade(self, number: int | None) -> Grade | None:
        """Return the grade with this number."""
        return next((grade for grade in self.grades if grade.grade_number == number), None)


def _program(code: str, name: str, short: str, uid: int, grades: dict[str, int]) -> Program:
    """Return a program. The codes and the uids of grades follow the documents' examples."""
    made = (Grade(label, f"{code};{n - 1}", uid * 100 + n, n) for label, n in grades.items())
    return Program(code, name, short, uid, tuple(made))


PROGRAMS = (
    _program("diploma", "IB Diploma", "IB DP", 100_120, {"Grade 11": 12, "Grade 12": 13}),
    _program("myp", "IB MYP", "IB MYP", 100_110, {f"Grade {n}": n + 1 for n in range(6, 11)}),
    _program(
        *("pyp", "IB PYP", "IB PYP", 100_100),
        {"Early Years": -1, "Kindergarten": 1, **{f"Grade {n}": n + 1 for n in range(1, 6)}},
    ),
)


@define
class Term:
    """A term of an academic year."""

    id: int
    starts_on: date
    ends_on: date
    academic_year_id: int = 0
    name: str = ""
    locked: bool = False
    exam_grade: bool = False
    updated_at: datetime = EPOCH


@define
class AcademicYear:
    """An academic year of a program. Its name and its dates follow from its terms."""

    id: int
    program: str
    updated_at: datetime = EPOCH


@define
class SubjectGroup:
    """A group of subjects of a program. Only custom ones can be changed (assumed)."""

    id: int
    program: str
    name: str
    custom: bool = False
    max_phase: str = "5"
    updated_at: datetime = EPOCH


@define
class Subject:
    """A subject of a program."""

    id: int
    program: str
    subject_group_id: int
    name: str
    title: str = ""
    custom: bool = False
    sl: bool = False
    hl: bool = False
    code: str = ""
    description: str = ""
    scope_and_sequence_based_on: str = ""
    self_taught: bool = False
    phases: list[str] = Factory(list)
    levels: list[str] = Factory(list)
    enabled: bool = True
    deprecated: bool = False
    updated_at: datetime = EPOCH


@define
class Report:
    """A term report, and its files by their kind."""

    id: int
    title: str
    program: str
    academic_term_id: int
    type: str = "final"
    files: dict[str, bytes] = Factory(dict)
    released_on: date | None = None
    created_at: datetime = EPOCH
    updated_at: datetime = EPOCH


class Academics:
    """The programs of a school, with all records that belong to them."""

    def __init__(self) -> None:
        self.info: dict[str, Any] = {
            "subdomain": "sandbox",
            "name": "Sandbox International School",
            "country": "US",
            "language": "en",
            "session_in_may": True,
            "logo": "/images/logo.png",
            "top_nav_logo": "/images/top-nav.png",
            "high_res_logo": "/images/high-res.png",
            "kbl_id": 1001,
        }
        """The school itself, as ``GET school`` shows it. The programs are added to this."""
        self.programs: dict[str, Program] = {each.code: each for each in PROGRAMS}
        self.years: Store[AcademicYear] = Store(2001)
        self.terms: Store[Term] = Store()
        self.subject_groups: Store[SubjectGroup] = Store(3001)
        self.subjects: Store[Subject] = Store(4001)
        self.reports: Store[Report] = Store(5001)
        self.term_grade_scales: list[dict[str, Any]] = []
        """The rows of ``GET school/term-grade-scales``."""
        self.term_rubrics: list[dict[str, Any]] = []
        """The rows of ``GET school/term-rubrics``."""
        self.assessment_types: dict[str, list[dict[str, Any]]] = {}
        """The rows of ``assessment_types`` by program."""
        self.calendars: dict[int, dict[str, Any]] = {}
        """The calendar of an academic year, if it is not a plain one."""

    # -- for tests

    def add_year(self, program: str = "diploma", **more: Any) -> AcademicYear:
        """Add an academic year without terms."""
        made = AcademicYear(self.years.new_id(more.pop("id", None)), program, **more)
        self.years[made.id] = made
        return made

    def add_term(self, starts_on: date, ends_on: date, **more: Any) -> Term:
        """Add a term. Without ``academic_year_id``, it is in the first year of the diploma."""
        year_id = more.pop("academic_year_id", None) or self._first_year()
        number = self.terms.new_id(more.pop("id", None))
        name = more.pop("name", f"Term {number}")
        made = Term(number, starts_on, ends_on, year_id, name, **more)
        self.terms[made.id] = made
        return made

    def add_subject_group(self, name: str, program: str = "diploma", **more: Any) -> SubjectGroup:
        """Add a group of subjects."""
        made = SubjectGroup(self.subject_groups.new_id(more.pop("id", None)), program, name, **more)
        self.subject_groups[made.id] = made
        return made

    def add_subject(self, name: str, subject_group_id: int, **more: Any) -> Subject:
        """Add a subject to the program of its group."""
        program = self.subject_groups[subject_group_id].program
        number = self.subjects.new_id(more.pop("id", None))
        made = Subject(number, program, subject_group_id, name, **more)
        self.subjects[made.id] = made
        return made

    def add_report(self, title: str, academic_term_id: int, **more: Any) -> Report:
        """Add a report to the program of its term."""
        program = self.years[self.terms[academic_term_id].academic_year_id].program
        made = Report(self.reports.new_id(more.pop("id", None)), title, program, academic_term_id)
        for name, value in more.items():
            setattr(made, name, value)
        self.reports[made.id] = made
        return made

    def _first_year(self) -> int:
        found = next((year for year in self.years.values() if year.program == "diploma"), None)
        return (found or self.add_year()).id

    # -- for the operations

    def terms_of(self, year_id: int) -> list[Term]:
        """Return the terms of an academic year by date."""
        found = [term for term in self.terms.values() if term.academic_year_id == year_id]
        return sorted(found, key=lambda term: term.starts_on)

    def program_of(self, term: Term) -> str:
        """Return the code of the program that a term belongs to."""
        return self.years[term.academic_year_id].program

    def years_of(self, program: str) -> Iterator[AcademicYear]:
        """Return the academic years of a program."""
        return (year for year in self.years.values() if year.program == program)

    def between(self, first: int | None, last: int | None) -> list[Term]:
        """Return the terms of a class from its first to its last one."""
        begin, end = self.terms.get(first or 0), self.terms.get(last or 0)
        if begin is None or end is None:
            return []
        program = self.program_of(begin)
        found = [
            term
            for term in self.terms.values()
            if self.program_of(term) == program
            and begin.starts_on <= term.starts_on
            and term.ends_on <= end.ends_on
        ]
        return sorted(found, key=lambda term: term.starts_on)

    def year_name(self, year_id: int) -> str:
        """Return the name of an academic year, which follows from its terms: ``2025-2026``."""
        terms = self.terms_of(year_id)
        if not terms:
            return ""
        first, last = terms[0].starts_on.year, max(term.ends_on for term in terms).year
        return f"{first}-{last}" if last > first else str(first)
