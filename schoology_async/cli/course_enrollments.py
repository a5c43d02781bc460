"""``--kind course-enrollments``: like ``enrollments``, for sections without a school code.

``lms list enrollments`` shows the columns of both kinds, except the grading periods.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.sending.enrollments import period_row
from .codes import SECTION_IN_PERIODS, person
from .enrollments import ALIASES, enrollments_of
from .enrollments import FIELDS as SCHOOL_CODE_FIELDS
from .references import GRADING_PERIODS
from .removing import deletes
from .sections import codes_of, is_in_periods, sections_with

FIELDS = {
    "course_code": "the school's own id of the course",
    "section_code": "code of the section, unique in its course and grading periods",
    "grading_periods": "grading periods of the section: titles or Schoology's ids, separated by "
    "commas. The row is applied to all sections with this code in these grading periods",
    **{name: text for name, text in SCHOOL_CODE_FIELDS.items() if name != "section_school_code"},
}
_KEY = ("course_code", "section_code", "grading_periods", "school_uid")


def _import(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.enrollments.import_by_period(rows, removals=options.guard, journal=journal)


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    wanted: dict[tuple[str, str], dict[str, set[str]]] = {}
    for course_code, code, periods, school_uid in keys:
        wanted.setdefault((course_code, code), {}).setdefault(periods, set()).add(school_uid)
    sections = [section async for section in sections_with(client, wanted.keys())]
    async for section, people in enrollments_of(client, sections, [1]):
        for periods, school_uids in wanted[codes_of(section)].items():
            if not is_in_periods(section, periods):
                continue
            place = {
                "course_code": section.course_code,
                "section_code": section.section_code,
                "grading_periods": periods,
                "delete": "0",
            }
            for one in people:
                if one.school_uid in school_uids:
                    yield row_of(one, [*FIELDS, "id"], place)


COURSE_ENROLLMENTS = Kind(
    name="course-enrollments",
    noun="enrollments",
    does="Enroll people in sections without a section_school_code, at most 50 per request, or set "
    "whether they are teachers. Rows with delete=1 remove people from their section.",
    fields=FIELDS,
    required=(("course_code",), ("section_code",), ("grading_periods",), ("school_uid",)),
    key=_KEY,
    aliases={
        **{name: field for name, field in ALIASES.items() if field == "school_uid"},
        "course code": "course_code",
        "course number": "course_code",
        "section code": "section_code",
        "section number": "section_code",
        "grading period": "grading_periods",
        "grading periods": "grading_periods",
        "term": "grading_periods",
    },
    meanings={
        "course_code": "course code",
        "section_code": "section code",
        "grading_periods": "term",
        "school_uid": "person id",
        "admin": "enrollment role",
    },
    references={"grading_periods": GRADING_PERIODS},
    codes=(SECTION_IN_PERIODS, person("school_uid")),
    check_row=period_row,
    count_requests=requests_of(50),
    bulk=_import,
    removes=deletes,
    read_existing=_read_existing,
    code_explanations={
        "404": "Schoology has no course with this course_code, no section with this section_code "
        "in these grading periods, or no person with this school_uid.",
    },
)
