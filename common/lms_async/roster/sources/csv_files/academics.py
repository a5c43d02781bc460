"""Read orgs, terms, courses and sections."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Course, Org, Record, Section, Term
from ...problems import Mode
from ..tables.cells import CLASS_TYPES, ORG_TYPES, TERM_TYPES
from ..tables.known import need_known, warn_unknown
from ..tables.parents import checked_parent, parents_of
from ..tables.row import Row
from .reading import Reading, read_rows
from .table import CsvTable


def read_orgs(reading: Reading) -> Iterator[Record]:
    """Yield the orgs."""
    if reading.settings.orgs:
        yield from _listed(reading, reading.settings.orgs)
        reading.known.orgs = {org.id for org in reading.settings.orgs}
        return
    parents = _parents(reading, Org.plural)
    whole = reading.is_whole_list(Org.plural)
    known = reading.known.orgs = set() if whole else None

    def build(table: CsvTable, row: Row) -> Org:
        org = Org(
            id=row["id"],
            name=row.need("name"),
            type=row.word("type", ORG_TYPES) or "school",
            code=row["code"],
            parent_id=checked_parent(row, "id", "parent_id", parents, whole=whole),
        )
        if known is not None:
            known.add(org.id)
        return org

    yield from read_rows(reading, Org.plural, build)


def read_terms(reading: Reading) -> Iterator[Record]:
    """Yield the terms."""
    if reading.settings.terms:
        yield from _listed(reading, reading.settings.terms)
        reading.known.terms = {term.id for term in reading.settings.terms}
        return
    parents = _parents(reading, Term.plural)
    whole = reading.is_whole_list(Term.plural)
    known = reading.known.terms = set() if whole else None

    def build(table: CsvTable, row: Row) -> Term:
        term = Term(
            id=row["id"],
            title=row.need("title"),
            type=row.word("type", TERM_TYPES) or "term",
            starts=table.date(row, "starts"),
            ends=table.date(row, "ends"),
            school_year=row.school_year("school_year"),
            parent_id=checked_parent(row, "id", "parent_id", parents, whole=whole),
        )
        if term.starts and term.ends and term.ends < term.starts:
            row.reject("ends", "date_order", "the term ends before it starts.")
        if known is not None:
            known.add(term.id)
        return term

    yield from read_rows(reading, Term.plural, build)


def read_courses(reading: Reading) -> Iterator[Record]:
    """Yield the courses."""
    known: dict[str, str] | None = {} if reading.is_whole_list(Course.plural) else None
    reading.known.courses = known

    def build(table: CsvTable, row: Row) -> Course:
        warn_unknown(row, "org_id", _given(row, "org_id"), reading.known, "orgs")
        warn_unknown(row, "term_id", _given(row, "term_id"), reading.known, "terms")
        course = Course(
            id=row["id"],
            title=row.need("title"),
            code=row["code"],
            org_id=row["org_id"],
            subjects=row.list("subjects"),
            grades=row.list("grades"),
            term_id=row["term_id"],
        )
        if known is not None:
            known[course.id] = course.title
        return course

    yield from read_rows(reading, Course.plural, build)


def read_sections(reading: Reading) -> Iterator[Record]:
    """Yield the sections."""
    courses = reading.known.courses
    whole = reading.is_whole_list(Section.plural)
    known = reading.known.sections = set() if whole else None

    def build(table: CsvTable, row: Row) -> Section:
        course = row.need("course_id")
        need_known(row, "course_id", course, reading.known, "courses")
        terms = row.list("term_ids")
        for term in terms:
            need_known(row, "term_ids", term, reading.known, "terms")
        warn_unknown(row, "org_id", _given(row, "org_id"), reading.known, "orgs")
        title = row["title"]
        if not title:
            title = _title(table, row, (courses or {}).get(course, ""))
        section = Section(
            id=row["id"],
            title=title,
            code=row["code"],
            course_id=course,
            org_id=row["org_id"],
            term_ids=terms,
            type=row.word("type", CLASS_TYPES) or "scheduled",
            grades=row.list("grades"),
            subjects=row.list("subjects"),
            periods=row.list("periods"),
            location=row["location"],
        )
        if known is not None:
            known.add(section.id)
        return section

    yield from read_rows(reading, Section.plural, build)


def _title(table: CsvTable, row: Row, course: str) -> str:
    """Return a title for a section without one: that of the course, and the code or id."""
    if not course:
        row.need("title")
    if table.has("title"):
        text = "the title is blank. The title of the course and the code of the section are used."
        row.warn("title", "blank_title", text)
    return f"{course} {row['code'] or row['id']}"


def _given(row: Row, field: str) -> tuple[str, ...]:
    return (row[field],) if row[field] else ()


def _listed(reading: Reading, records: tuple[Record, ...]) -> Iterator[Record]:
    """Yield the records that the settings list."""
    for record in records:
        coverage = reading.report.of(record.plural)
        coverage.mode = Mode.BULK
        coverage.rows += 1
        yield record


def _parents(reading: Reading, kind: str) -> dict[str, str]:
    rows = (row for table in reading.tables(kind) for row in table.scan())
    return parents_of(rows, "id", "parent_id")
