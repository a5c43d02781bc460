"""``--kind sections``: create sections of courses, or update them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Hashable, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_flag, filter_id
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row
from lms_async.cli.record_rows import row_of
from lms_async.errors import InvalidInput, LmsError
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..models import Section
from ..resources.sending.sections import new_section
from .references import (
    BUILDING,
    COURSE,
    GRADING_PERIODS,
    filterable,
    read_grading_periods,
)

#: ``options``, the settings of a section's pages, are not among them. They are a record of their
#: own, and teachers set them in Schoology.
FIELDS = {
    "course_code": "the school's own id of the course, which must exist",
    "course_id": "instead of course_code: Schoology's id of the course",
    "section_school_code": "the school's own id of the section, unique in the school",
    "section_code": "code of the section, unique in its course and grading periods",
    "title": "name of the section",
    "grading_periods": "grading periods: titles or Schoology's ids, separated by commas",
    "description": "description",
    "location": "room",
    "meeting_days": "weekdays as numbers separated by commas: 0 is Sunday, 1 Monday, and so on",
    "start_time": "HH:MM",
    "end_time": "HH:MM",
    "class_periods": "numbers of the periods in the timetable, separated by commas",
    "synced": "1 if an import keeps the section up to date, otherwise 0",
}
ALIASES = {
    "course code": "course_code",
    "course number": "course_code",
    "section school code": "section_school_code",
    "section code": "section_code",
    "section number": "section_code",
    "section name": "title",
    "section title": "title",
    "grading period": "grading_periods",
    "grading periods": "grading_periods",
    "term": "grading_periods",
    "terms": "grading_periods",
    "room": "location",
    "start time": "start_time",
    "end time": "end_time",
}
#: A section is identified by ``section_school_code``. Without it, by ``section_code`` in its course
#: and grading periods.
_KEY = ("section_school_code", "course_code", "section_code", "grading_periods")


def _school_code_or_code(key: tuple[str, ...]) -> Hashable:
    school_code, course, code, periods = key
    return school_code or (course, code, frozenset(periods.split(",")))


def _check(row: Row) -> object:
    body = new_section(row)
    if not body.get("course_id"):
        raise InvalidInput("the section can't be sent", fields={"course_code": "is needed"})
    return body


def _count_requests(rows: Iterable[Row]) -> int:
    """Count the requests. All sections of a request belong to one course."""
    courses = Counter(row.get("course_id") or row.get("course_code", "") for row in rows)
    return sum(-(-count // 50) for count in courses.values())


def _create(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.sections.create_many(
        rows, update_existing=options.update_existing, journal=journal
    )


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    by_school_code = {key[0]: key for key in keys if key[0]}
    if wanted := filterable(by_school_code):
        sections = client.sections.list_by_school_codes(wanted, include_past=True)
        async for section in sections:
            key = by_school_code.get(section.section_school_code or "")
            if key is not None:
                yield _existing(section, key)
    others = {key[1:3]: key for key in keys if not key[0]}
    courses = dict.fromkeys(course_id for course_id, _ in others)
    async for section in sections_of(client, courses, include_past=True):
        key = others.get((section.course_id or "", section.section_code or ""))
        if key is not None:
            yield _existing(section, key)


def _existing(section: Section, key: tuple[str, ...]) -> Row:
    row = row_of(section, [*FIELDS, "id"], {"title": section.section_title})
    # Without a school code in its file, the row is identified by its other code.
    return row if key[0] else row | {"section_school_code": ""}


async def sections_of(
    client: Schoology, course_ids: Iterable[str], *, include_past: bool
) -> AsyncIterator[Section]:
    """Yield the sections of courses, in the order of the courses.

    Schoology lists the sections of one course per request. If the account may use multiget, 50
    courses share a request.
    """
    view = client.with_options(multiget=True)

    async def read(course_id: str) -> list[Section]:
        return await view.sections.list(course_id, include_past=include_past)

    async for _, sections in view.gather(read, course_ids):
        if isinstance(sections, LmsError):
            raise sections
        for section in sections:
            yield section


async def sections_with(
    client: Schoology, codes: Collection[tuple[str, str]]
) -> AsyncIterator[Section]:
    """Yield the sections with these codes: the code of the course, and the ``section_code``."""
    courses = [
        course.id
        async for course in client.courses.list()
        if course.id and any(course.course_code == code for code, _ in codes)
    ]
    async for section in sections_of(client, courses, include_past=True):
        if codes_of(section) in codes:
            yield section


def codes_of(section: Section) -> tuple[str, str]:
    """Return the code of the section's course, and its ``section_code``."""
    return section.course_code or "", section.section_code or ""


def is_in_periods(section: Section, periods: str) -> bool:
    """Return whether a section is in one of these grading periods: ids, separated by commas."""
    return not set(periods.split(",")).isdisjoint(section.grading_periods or ())


async def filtered_sections(
    client: Schoology, filters: Mapping[str, str]
) -> AsyncIterator[Section]:
    """Yield the sections of all courses that the filters of :data:`SECTION_FILTERS` select."""
    building_id = await filter_id(client, filters, "building_id", BUILDING)
    include_past = bool(filter_flag(filters, "include_past"))
    courses = await client.courses.list(building_id=building_id)
    ids = [course.id for course in courses if course.id is not None]
    async for section in sections_of(client, ids, include_past=include_past):
        yield section


async def _read(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    periods = await read_grading_periods(client)
    async for section in filtered_sections(client, filters):
        others = {
            "title": section.section_title,
            "grading_periods": periods.names_of(section.grading_periods),
        }
        yield row_of(section, SECTIONS_LISTING.columns, others)


SECTION_FILTERS = {
    "building_id": "sections of the courses of this building: its code, title or id",
    "include_past": "1 for sections of past grading periods too",
}

SECTIONS = Kind(
    name="sections",
    noun="sections",
    does="Create sections of courses, 50 of one course per request. With --update-existing, also "
    "update sections with the same course, section_code and grading periods.",
    fields=FIELDS,
    required=(
        ("course_code", "course_id"),
        ("section_school_code", "section_code"),
        ("title",),
        ("grading_periods",),
    ),
    key=_KEY,
    normalize_key=_school_code_or_code,
    aliases=ALIASES,
    meanings={
        "course_code": "course code",
        "section_school_code": "section code",
        "title": "section title",
        "grading_periods": "term",
    },
    references={"course_code": COURSE, "grading_periods": GRADING_PERIODS},
    options=("update_existing",),
    check_row=_check,
    count_requests=_count_requests,
    bulk=_create,
    read_existing=_read_existing,
    code_explanations={
        "404": "Schoology has no course with this id.",
        "409": "A section with one of these codes exists. To update existing sections, add "
        "--update-existing --restart. Schoology finds them by course, section_code and "
        "grading_periods, not by section_school_code.",
    },
)

SECTIONS_LISTING = Listing(
    name="sections",
    does="The sections of all courses, without those of past grading periods.",
    columns=[*(name for name in FIELDS if name != "course_id"), "course_title", "id"],
    shown=("course_code", "section_school_code", "section_code", "title", "grading_periods"),
    filters=SECTION_FILTERS,
    imported_as="sections",
    read=_read,
)
