"""``--kind enrollments``: enroll people in sections by the school's own codes, or remove them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.exit_codes import CommandError
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.errors import LmsError
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..models import Enrollment, EnrollmentStatus, Section
from ..resources.sending.enrollments import school_code_row
from .codes import SECTION, person
from .references import filterable
from .removing import DELETE, deletes
from .sections import SECTION_FILTERS, filtered_sections

FIELDS = {
    "section_school_code": "the school's own id of the section",
    "school_uid": "the school's own id of the person",
    "admin": "1 for a teacher of the section, 0 for a student",
    "delete": DELETE.format(what="the enrollment"),
}
ALIASES = {
    "section school code": "section_school_code",
    "section id": "section_school_code",
    "student id": "school_uid",
    "student number": "school_uid",
    "unique id": "school_uid",
    "unique user id": "school_uid",
    "user unique id": "school_uid",
}
_STATUSES: dict[str, EnrollmentStatus] = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}


def _import(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.enrollments.import_by_school_code(rows, removals=options.guard, journal=journal)


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    wanted = set(keys)
    codes = filterable(dict.fromkeys(code for code, _ in keys))
    if not codes:
        return
    sections = await client.sections.list_by_school_codes(codes, include_past=True)
    async for section, people in enrollments_of(client, sections, [1]):
        for one in people:
            row = _row(section, one, [*FIELDS, "id"])
            if (row.get("section_school_code"), row.get("school_uid")) in wanted:
                yield row | {"delete": "0"}


async def enrollments_of(
    client: Schoology, sections: Iterable[Section], statuses: Collection[EnrollmentStatus]
) -> AsyncIterator[tuple[Section, list[Enrollment]]]:
    """Yield each section with its people. With multiget, 50 sections share a request."""
    view = client.with_options(multiget=True)

    async def read(section: Section) -> list[Enrollment]:
        return await view.enrollments.list(section_id=section.id, enrollment_status=statuses)

    async for section, people in view.gather(read, sections):
        if isinstance(people, LmsError):
            raise people
        yield section, people


def _row(section: Section, enrollment: Enrollment, columns: Iterable[str]) -> dict[str, str]:
    place = {
        "section_school_code": section.section_school_code,
        "section_code": section.section_code,
        "course_code": section.course_code,
        "section_id": section.id,
    }
    return row_of(enrollment, columns, place)


async def _read(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    given = [part.strip() for part in filters.get("enrollment_status", "1").split(",")]
    if not set(given) <= set(_STATUSES):
        raise CommandError(f"--filter enrollment_status takes {', '.join(_STATUSES)}.")
    statuses = [_STATUSES[one] for one in given]
    sections = [section async for section in filtered_sections(client, filters)]
    async for section, people in enrollments_of(client, sections, statuses):
        for one in people:
            yield _row(section, one, ENROLLMENTS_LISTING.columns)


ENROLLMENTS = Kind(
    name="enrollments",
    noun="enrollments",
    does="Enroll people in sections, 50 per request, or set whether they are teachers. Rows with "
    "delete=1 remove people from their section.",
    fields=FIELDS,
    required=(("section_school_code",), ("school_uid",)),
    key=("section_school_code", "school_uid"),
    aliases=ALIASES,
    meanings={
        "section_school_code": "section code",
        "school_uid": "person id",
        "admin": "enrollment role",
    },
    codes=(SECTION, person("school_uid")),
    check_row=school_code_row,
    count_requests=requests_of(50),
    bulk=_import,
    removes=deletes,
    read_existing=_read_existing,
    code_explanations={
        "404": "Schoology has no section with this section_school_code, or no person with this "
        "school_uid.",
    },
)

ENROLLMENTS_LISTING = Listing(
    name="enrollments",
    does="The people of all sections. At least one request per section, or per 50 sections if the "
    "account may use multiget.",
    columns=[
        *("section_school_code", "school_uid", "admin", "status", "course_code", "section_code"),
        *("name_first", "name_last", "section_id", "uid", "id"),
    ],
    shown=("section_school_code", "school_uid", "name_first", "name_last", "admin"),
    filters={
        **SECTION_FILTERS,
        "enrollment_status": "1 active, 2 expired, 3 invite pending, 4 request pending, "
        "5 archived; several separated by commas. Default: 1",
    },
    imported_as="enrollments",
    read=_read,
)
