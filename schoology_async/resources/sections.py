"""``schoology.sections``: read sections, and write one section at a time.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/course-section
"""

from __future__ import annotations

from collections.abc import Iterable

from lms_async.errors import InvalidInput
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.resource import changes_of, without_ids

from ..models import Section
from .base import PAGE_SIZE
from .filters import PictureSize, filter_ids, filter_queries, flags
from .many_sections import ManySections
from .section_records import SectionRecords
from .sending.sections import NewSection, SectionChange, new_section, section_change


class Sections(SectionRecords, ManySections):
    """Sections of courses."""

    def list(
        self, course_id: str | int, *, include_past: bool = False, page_size: int = PAGE_SIZE
    ) -> Pages[Section]:
        """List all sections of a course, over all pages. Vendor page: "list".

        :param course_id: Schoology's id of the course.
        :param include_past: include sections of past grading periods.
        :param page_size: sections per page, at least 2. Schoology returns at most 200.
        """
        path = build_path("courses/{course_id:number}/sections", course_id=course_id)
        query = flags(include_past=include_past)
        return self._paged(path, Section, envelope_key="section", page_size=page_size, query=query)

    def list_by_school_codes(
        self,
        section_school_codes: Iterable[str | int],
        *,
        include_past: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> Pages[Section]:
        """List sections of any course by the school's own ids. Vendor page: "list by codes".

        :param section_school_codes: one or more codes. They are requested 50 at a time, or fewer if
            the URL would become too long.
        :param include_past: include sections of past grading periods.
        :param page_size: sections per page, at least 2. Schoology returns at most 200.
        :returns: first the sections of the first 50 codes, in the vendor's order, then those of the
            next 50. A code without a section is left out.
        :raises InvalidInput: there is no code, or a code is blank or contains a comma, which
            Schoology's filter does not support.
        """
        codes = filter_ids(section_school_codes, what="section_school_code")
        if not codes:
            raise InvalidInput("section_school_codes must have at least one code")
        return self._paged(
            build_path("sections"),
            Section,
            envelope_key="section",
            page_size=page_size,
            query=flags(include_past=include_past),
            filters=filter_queries("section_school_codes", codes),
        )

    async def create(self, course_id: str | int, section: NewSection) -> Section:
        """Create one section of a course. Vendor page: "create".

        :param section: the fields of the section. ``title``, ``grading_periods`` and one of
            ``section_code`` and ``section_school_code`` are required. If it contains a
            ``course_id``, it must equal the argument of this method.
        :returns: the section as created, with its ``id``. Schoology leaves many other fields blank.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look up the section before you try again.
        """
        path = build_path("courses/{course_id:number}/sections", course_id=course_id)
        body = without_ids(new_section(section), course_id=course_id)
        return await self._send("POST", path, body, returns=Section, required_key="id")

    async def get(
        self, section_id: str | int, *, picture_size: PictureSize | None = None
    ) -> Section:
        """Get one section. Vendor page: "view".

        :param picture_size: the size of the picture that the section links to.
        :raises NotFound: there is no such section, or the account may not see it.
        """
        path = build_path("sections/{section_id:number}", section_id=section_id)
        return await self._get(
            path,
            Section,
            query=query_params(picture_size=picture_size),
            required_key="id",
            about=about("id", section_id),
        )

    async def get_by_school_code(self, section_school_code: str | int) -> Section:
        """Get one section by the school's own id.

        :raises NotFound: no section has this ``section_school_code``.
        :raises CrossHostRedirect: the vendor redirects to another host.
        """
        path = build_path("sections/ext/{code}", code=section_school_code)
        return await self._get(path, Section, required_key="id")

    async def update(self, section_id: str | int, changes: SectionChange) -> None:
        """Update one section. Vendor page: "update".

        :param changes: only the fields to change. If they contain an ``id``, it must equal
            ``section_id``. The ``section_school_code`` and ``grading_periods`` of a ``synced``
            section can't be changed.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such section.
        """
        path = build_path("sections/{section_id:number}", section_id=section_id)
        body = changes_of(section_change, changes, id_=section_id)
        await self._send("PUT", path, body, repeatable=True)

    async def delete(self, section_id: str | int) -> None:
        """Delete one section. Vendor page: "delete".

        :raises NotFound: there is no such section.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        path = build_path("sections/{section_id:number}", section_id=section_id)
        await self._send("DELETE", path)
