"""The records that rows name by the school's own codes, and that Schoology looks up itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from lms_async.cli.kinds import CodeReference
from lms_async.errors import BadRequest, InvalidInput, NotFound

from ..client import Schoology
from ..models import Section
from .references import filterable, people_with
from .sections import codes_of, is_in_periods, sections_with

_Cells = tuple[str, ...]


async def _count_people(client: Schoology, cells: Collection[_Cells]) -> Mapping[_Cells, int]:
    codes = filterable(code for (code,) in cells)
    counts = Counter([user.school_uid async for user in people_with(client, codes)])
    return {(code,): counts[code] for code in codes}


async def _count_sections(client: Schoology, cells: Collection[_Cells]) -> Mapping[_Cells, int]:
    """Count sections. The list may omit some, so those that it lacks are read one by one."""
    codes = filterable(code for (code,) in cells)
    if not codes:
        return {}
    found = client.sections.list_by_school_codes(codes, include_past=True)
    counts = Counter([section.section_school_code async for section in found])
    view = client.with_options(multiget=True)
    missing = [code for code in codes if code not in counts]
    async for code, section in view.gather(view.sections.get_by_school_code, missing):
        if isinstance(section, NotFound):
            counts[code] = 0
        elif isinstance(section, Section):
            counts[code] = 1
        elif not isinstance(section, BadRequest | InvalidInput):  # these say nothing about the code
            raise section
    return {(code,): counts[code] for code in codes if code in counts}


async def _count_in_periods(client: Schoology, cells: Collection[_Cells]) -> Mapping[_Cells, int]:
    """Count sections as 1, since a row is applied to all sections with its codes."""
    counts = dict.fromkeys(cells, 0)
    periods_of: dict[tuple[str, str], list[str]] = {}
    for course_code, code, periods in cells:
        periods_of.setdefault((course_code, code), []).append(periods)
    async for section in sections_with(client, periods_of.keys()):
        course_code, code = codes_of(section)
        for periods in periods_of[course_code, code]:
            if is_in_periods(section, periods):
                counts[course_code, code, periods] = 1
    return counts


def person(field: str) -> CodeReference:
    """Return a reference to an active person by the school's own id in ``field``."""
    return CodeReference(noun="active people", fields=(field,), find=_count_people)


#: A section, by the school's own id.
SECTION = CodeReference(noun="sections", fields=("section_school_code",), find=_count_sections)
#: A section, by the codes in its course and grading periods.
SECTION_IN_PERIODS = CodeReference(
    noun="sections",
    fields=("course_code", "section_code", "grading_periods"),
    find=_count_in_periods,
)
