"""The lists of programs, grades, academic years, terms, subjects and subject groups."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from lms_async.cli.filters import filter_flag, filter_time
from lms_async.cli.kinds import Listing, Row
from lms_async.cli.record_rows import row_of

from ..client import ManageBac
from ..models import AcademicYear
from .references import PAGE_SIZE
from .since import SINCE

_PROGRAM_FILTER = {"program_code": "code of the program, such as myp"}
_YEAR_FILTERS = {
    **_PROGRAM_FILTER,
    "active": "1 for active academic years only, 0 for inactive ones only",
}
_PROGRAMS = ("code", "name", "short_name", "uid")
_GRADES = ("program_code", "label", "name", "grade_number", "code", "enabled")
_YEARS = ("program_code", "id", "name", "starts_on", "ends_on", "active")
_TERMS = (
    *("program_code", "academic_year_id", "academic_year", "id", "name"),
    *("starts_on", "ends_on", "active", "locked", "exam_grade"),
)
_SUBJECTS = ("program_code", "id", "name", "group", "group_id", "sl", "hl", "self_taught", "levels")
_GROUPS = ("program_code", "id", "name", "max_phase")


async def _programs(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for program in await client.school.grades():
        yield row_of(program, _PROGRAMS)


async def _grades(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for program in await client.school.grades():
        if filters.get("program_code", program.code) == program.code:
            for grade in program.grades or ():
                yield row_of(grade, _GRADES, {"program_code": program.code})


async def _of_years(
    client: ManageBac, filters: Mapping[str, str]
) -> AsyncIterator[tuple[str, AcademicYear]]:
    found = await client.academic_years.list(
        program_code=filters.get("program_code"), active=filter_flag(filters, "active")
    )
    for code, years in found.items():
        for year in years:
            yield code, year


async def _years(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    async for code, year in _of_years(client, filters):
        yield row_of(year, _YEARS, {"program_code": code})


async def _terms(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    async for code, year in _of_years(client, filters):
        of_year = {
            "program_code": code,
            "academic_year_id": year.id,
            "academic_year": year.name,
        }
        for term in year.academic_terms or ():
            yield row_of(term, _TERMS, of_year)


async def _subjects(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for code, subjects in (await client.school.subjects()).items():
        if filters.get("program_code", code) == code:
            for subject in subjects:
                yield row_of(subject, _SUBJECTS, {"program_code": code})


async def _groups(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    code = filters.get("program_code")
    codes = [code] if code else [one.code for one in await client.school.grades()]
    for program_code in filter(None, codes):
        groups = client.subject_groups.list(
            program_code,
            modified_since=filter_time(filters, "modified_since"),
            per_page=PAGE_SIZE,
        )
        async for group in groups:
            yield row_of(group, _GROUPS, {"program_code": program_code})


ACADEMIC_LISTS = (
    Listing(name="programs", does="Programs of the school.", columns=_PROGRAMS, read=_programs),
    Listing(
        name="grades",
        does="Grades, with the numbers that classes need.",
        columns=_GRADES,
        read=_grades,
        filters=_PROGRAM_FILTER,
    ),
    Listing(
        name="academic-years",
        does="Academic years of the programs.",
        columns=_YEARS,
        read=_years,
        filters=_YEAR_FILTERS,
    ),
    Listing(
        name="terms",
        does="Terms of the academic years.",
        columns=_TERMS,
        read=_terms,
        filters=_YEAR_FILTERS,
    ),
    Listing(
        name="subjects",
        does="Subjects of the school, with the levels on which they are taught.",
        columns=_SUBJECTS,
        read=_subjects,
        filters=_PROGRAM_FILTER,
    ),
    Listing(
        name="subject-groups",
        does="Groups of subjects.",
        columns=_GROUPS,
        read=_groups,
        filters={**_PROGRAM_FILTER, "modified_since": SINCE["modified_since"]},
    ),
)
