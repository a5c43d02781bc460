"""Look up sections whose response was lost, by their codes.

Sending a missing section again never creates two sections, because the codes are unique (vendor
page: Course Sections, "Fields"). If the first request arrives after the look-up, Schoology refuses
the second one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.lookup import FoundRecord, look_up
from lms_async.bulk.rows import Rows
from lms_async.errors import BadRequest, NotFound
from lms_async.http.call import get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, query_params

from ..models import Section
from ..models.converter import converter
from .filters import filter_queries
from .section_codes import code_key
from .shown import shows

#: The fields that are compared if sending a section again would not update it.
COMPARED = ("title", "grading_periods")


async def find_sections(
    transport: Transport, codes: Collection[str]
) -> dict[str, FoundRecord[Section]]:
    """Find sections by ``section_school_code``.

    The list may omit sections, e.g. of later grading periods. So each section that is not in the
    list is looked up with a request of its own.

    :raises LmsError: the look-up failed.
    """
    found: dict[str, FoundRecord[Section]] = {}
    # The list's filter can't hold a code with a comma.
    listed = [code for code in codes if "," not in code]
    for query in filter_queries("section_school_codes", listed):
        call = get(
            build_path("sections"),
            query=(*query, *query_params(include_past=True, limit=200)),
            returns=list[Section],
            envelope_key="section",
        )
        for section in await Pages(transport, call, Section):
            if section.section_school_code:
                found[section.section_school_code] = section
    for code in codes:
        if code not in found:
            found[code] = await _find_one(transport, code)
    return found


async def _find_one(transport: Transport, code: str) -> FoundRecord[Section]:
    path = build_path("sections/ext/{code}", code=code)
    try:
        section = await transport.send(get(path, returns=Section, required_key="id"))
    except NotFound:
        return ABSENT
    except BadRequest:
        return None
    return section if section.section_school_code == code else None


async def look_up_rows(
    transport: Transport, rows: Rows[Any], *, course_id: str, update_existing: bool
) -> list[Found]:
    """Look up Schoology's record of each row. All rows are of one course.

    A row without a ``section_school_code`` is looked up in the list of its course. If it is not in
    the list, it may still exist, so its result is ``None``.

    :param update_existing: whether sending a row again updates the section with its
        ``section_code``. If so, a row that is not in the list of its course counts as absent.
    :raises LmsError: the look-up failed.
    """

    async def find(sent: Sequence[dict[str, Any]]) -> list[FoundRecord[Section]]:
        codes = {str(row["section_school_code"]) for row in sent if row.get("section_school_code")}
        by_code = await find_sections(transport, codes)
        in_course: dict[Any, Section] = {}
        if any(not row.get("section_school_code") for row in sent):
            in_course = await _of_course(transport, course_id)
        return [
            _of_this_course(by_code[str(row["section_school_code"])], course_id)
            if row.get("section_school_code")
            else in_course.get(code_key(row), ABSENT if update_existing else None)
            for row in sent
        ]

    def can_update(row: Mapping[str, Any]) -> bool:
        return update_existing and bool(row.get("section_code"))

    return await look_up(
        rows,
        find,
        is_same=lambda sent, section: shows(section, sent, None if can_update(sent) else COMPARED),
        id_of=lambda section: section.id,
        resend_changes=can_update,
    )


def _of_this_course(found: FoundRecord[Section], course_id: str) -> FoundRecord[Section]:
    """Return ``None`` for a section of another course that has the same code as the row."""
    return None if isinstance(found, Section) and found.course_id != course_id else found


async def _of_course(transport: Transport, course_id: str) -> dict[Any, Section]:
    """Return the sections of a course, by their code and grading periods."""
    call = get(
        build_path("courses/{course_id}/sections", course_id=course_id),
        query=query_params(include_past=True, limit=200),
        returns=list[Section],
        envelope_key="section",
    )
    sections = await Pages(transport, call, Section)
    return {code_key(converter.unstructure(section)): section for section in sections}
