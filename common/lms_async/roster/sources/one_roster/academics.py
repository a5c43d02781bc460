"""Read orgs, terms, courses and sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...model import Course, Deleted, Org, Record, Section, Term
from ..tables.cells import CLASS_TYPES, ORG_TYPES, TERM_TYPES
from ..tables.known import need_known, warn_unknown
from ..tables.parents import checked_parent, parents_of
from ..tables.row import Row
from .columns import CLASSES, COURSES, ORGS, TERMS
from .reading import Reading, read_rows


def read_orgs(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield the orgs."""
    table = reading.table(ORGS, Org.plural)
    if table is None:
        return
    parents = parents_of(table.scan(), "sourcedId", "parentSourcedId")
    whole = reading.is_whole_list(ORGS)
    known = reading.known.orgs = set() if whole else None

    def build(row: Row) -> Org:
        parent = checked_parent(row, "sourcedId", "parentSourcedId", parents, whole=whole)
        org = Org(
            id=row["sourcedId"],
            name=row.need("name"),
            type=row.word("type", ORG_TYPES),
            code=row["identifier"],
            parent_id=parent,
        )
        if known is not None:
            known.add(org.id)
        return org

    yield from read_rows(table, Org.plural, build)


def read_terms(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield the terms."""
    table = reading.table(TERMS, Term.plural)
    if table is None:
        return
    parents = parents_of(table.scan(), "sourcedId", "parentSourcedId")
    whole = reading.is_whole_list(TERMS)
    known = reading.known.terms = set() if whole else None

    def build(row: Row) -> Term:
        parent = checked_parent(row, "sourcedId", "parentSourcedId", parents, whole=whole)
        term = Term(
            id=row["sourcedId"],
            title=row.need("title"),
            type=row.word("type", TERM_TYPES),
            starts=table.date(row, "startDate"),
            ends=table.date(row, "endDate"),
            school_year=row.school_year("schoolYear"),
            parent_id=parent,
        )
        if term.starts and term.ends and term.ends < term.starts:
            row.reject("endDate", "date_order", "the term ends before it starts.")
        if known is not None:
            known.add(term.id)
        return term

    yield from read_rows(table, Term.plural, build)


def read_courses(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield the courses."""
    table = reading.table(COURSES, Course.plural)
    if table is None:
        return
    known: dict[str, str] | None = {} if reading.is_whole_list(COURSES) else None
    reading.known.courses = known

    def build(row: Row) -> Course:
        warn_unknown(row, "orgSourcedId", row.list("orgSourcedId"), reading.known, "orgs")
        year = row["schoolYearSourcedId"]
        warn_unknown(row, "schoolYearSourcedId", (year,) if year else (), reading.known, "terms")
        course = Course(
            id=row["sourcedId"],
            title=row.need("title"),
            code=row["courseCode"],
            org_id=row["orgSourcedId"],
            subjects=row.list("subjects"),
            grades=row.list("grades"),
            term_id=year,
        )
        if known is not None:
            known[course.id] = course.title
        return course

    yield from read_rows(table, Course.plural, build)


def read_sections(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield the sections."""
    table = reading.table(CLASSES, Section.plural)
    if table is None:
        return
    courses = reading.known.courses
    known = reading.known.sections = set() if reading.is_whole_list(CLASSES) else None

    def build(row: Row) -> Section:
        course = row.need("courseSourcedId")
        need_known(row, "courseSourcedId", course, reading.known, "courses")
        terms = row.list("termSourcedIds")
        for term in terms:
            need_known(row, "termSourcedIds", term, reading.known, "terms")
        org = row["schoolSourcedId"]
        warn_unknown(row, "schoolSourcedId", (org,) if org else (), reading.known, "orgs")
        section = Section(
            id=row["sourcedId"],
            title=row["title"] or _title(row, courses or {}),
            code=row["classCode"],
            course_id=course,
            org_id=org,
            term_ids=terms,
            type=row.word("classType", CLASS_TYPES) or "scheduled",
            grades=row.list("grades"),
            subjects=row.list("subjects"),
            periods=row.list("periods"),
            location=row["location"],
        )
        if known is not None:
            known.add(section.id)
        return section

    yield from read_rows(table, Section.plural, build)


def _title(row: Row, courses: Mapping[str, str]) -> str:
    """Return a title for a class without one: that of the course, and the code of the class."""
    course = courses.get(row["courseSourcedId"], "")
    if not course:
        row.need("title")
    text = "the title is blank. The title of the course and the code of the class are used."
    row.warn("title", "blank_title", text)
    return f"{course} {row['classCode'] or row['sourcedId']}"
