"""``--kind courses``: create courses, or update them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_id
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.sending.courses import new_course
from .references import BUILDING, read_buildings

#: ``sections`` is not among them: ``--kind sections`` creates sections.
FIELDS = {
    "course_code": "the school's own id of the course, unique in the school",
    "title": "name of the course",
    "building_id": "building: its code, its title, or Schoology's id",
    "department": "department",
    "description": "description",
    "credits": "credits, a number",
    "grade_level_range_start": "lowest grade: 1 pre-kindergarten, 2 kindergarten, 3 to 14 for "
    "grades 1 to 12, 15 higher education, 0 none",
    "grade_level_range_end": "highest grade, like grade_level_range_start",
    "subject_area": "0 other, 1 health and physical education, 2 language arts, 3 mathematics, "
    "4 professional development, 5 science, 6 social studies, 7 special education, 8 technology, "
    "9 arts",
    "synced": "1 if an import keeps the course up to date, otherwise 0",
}
ALIASES = {
    "course code": "course_code",
    "course number": "course_code",
    "course name": "title",
    "course title": "title",
    "building": "building_id",
    "building code": "building_id",
    "course description": "description",
    "subject": "subject_area",
}


def _create(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.courses.create_many(
        rows, update_existing=options.update_existing, journal=journal
    )


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    # The list can't be filtered by code.
    async for course in client.courses.list():
        if (course.course_code,) in keys:
            yield row_of(course, [*FIELDS, "id"])


async def _read(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    building_id = await filter_id(client, filters, "building_id", BUILDING)
    buildings = await read_buildings(client)
    async for course in client.courses.list(building_id=building_id):
        names = {"building_id": buildings.name_of(course.building_id)}
        yield row_of(course, COURSES_LISTING.columns, names)


COURSES = Kind(
    name="courses",
    noun="courses",
    does="Create courses, 50 per request. With --update-existing, also update courses with the "
    "same course_code.",
    fields=FIELDS,
    required=(("course_code",), ("title",)),
    key=("course_code",),
    aliases=ALIASES,
    meanings={
        "course_code": "course code",
        "title": "course title",
        "building_id": "school code",
    },
    references={"building_id": BUILDING},
    options=("update_existing",),
    check_row=new_course,
    count_requests=requests_of(50),
    bulk=_create,
    read_existing=_read_existing,
    code_explanations={
        "409": "A course with this course_code exists. To update existing courses, add "
        "--update-existing --restart.",
    },
)

COURSES_LISTING = Listing(
    name="courses",
    does="The courses of the school.",
    columns=[*FIELDS, "id"],
    shown=("course_code", "title", "department", "building_id", "id"),
    filters={"building_id": "courses of this building: its code, title or id"},
    imported_as="courses",
    read=_read,
)
