"""The bulk methods of ``schoology.sections``, with 50 rows per request.

Vendor page: Course Sections, "POST courses/{course id}/sections (bulk)", "PUT sections (bulk)",
"DELETE sections (bulk)" and "POST sections/copy". The vendor documents no limit for copies, so
50 are sent per request too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from functools import partial
from typing import Any

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found, Results
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import Path, build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..bulk_results import FieldReader, id_or_location, parse_results, results_by
from .base import SchoologyResource, changes_by_id
from .filters import flags
from .lookup_removed import look_up_removed
from .lookup_sections import look_up_rows
from .section_codes import code_key, section_key, section_reader
from .sending.sections import (
    CopiedSection,
    NewSection,
    SectionChange,
    copied_section,
    new_section,
    section_change,
)

#: The default guard: one deletion may remove this many sections.
GUARD = Guard(max_removals=500)

_ID = FieldReader("id")


class ManySections(SchoologyResource):
    """The methods of ``schoology.sections`` for many rows."""

    def create_many(
        self,
        sections: Given[NewSection],
        *,
        update_existing: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewSection]:
        """Create sections, 50 per request. All sections of a request belong to one course.

        Vendor page: "POST courses/{course id}/sections (bulk)". Sections of 1,000 courses take at
        least 1,000 requests. ``courses.create_many`` creates 50 courses and their sections in one
        request.

        :param sections: an iterable or async iterable of any length, of models or of mappings with
            the same fields. Each needs ``course_id``. A row is rejected without being sent if a
            required field is missing, or if an earlier row of the same course has the same code.
        :param update_existing: update sections whose ``section_code`` and ``grading_periods`` exist
            in the course, instead of rejecting them.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.

        If a response is lost, its sections are looked up by ``section_school_code``, 50 per
        request, before they are sent again. A section without this code is looked up in the list of
        its course. If it is not in the list, it is ``unknown``.

        With ``update_existing``, the request is sent again without a look-up, unless one of its
        sections has no ``section_code``.
        """

        def prepare(item: NewSection) -> tuple[Hashable, Any]:
            body = new_section(item)
            course_id = body.pop("course_id", None)
            if not course_id:
                raise InvalidInput("the section can't be sent", fields={"course_id": "is needed"})
            return (str(course_id), section_key(body)), body

        async def look_up(rows: Rows[NewSection]) -> list[Found]:
            return await look_up_rows(
                self._transport, rows, course_id=_course(rows), update_existing=update_existing
            )

        def repeatable(rows: Rows[NewSection]) -> bool:
            return update_existing and all(
                section.get("section_code") for section in orjson.loads(rows.json)
            )

        return self._write_many(
            sections,
            "sections.create_many",
            "POST",
            _sections_of_course,
            wrapper=("sections", "section"),
            prepare=one_by_one(prepare),
            read=_read_sections,
            query=flags(update_existing=update_existing),
            repeatable=repeatable,
            group=_course_of_key,
            one_record_each=update_existing,
            distinct=True,
            path_names_rows=True,
            look_up=look_up,
            journal=journal,
        )

    def update_many(
        self, changes: Given[SectionChange], *, journal: Journal | None = None
    ) -> Bulk[SectionChange]:
        """Update sections, 50 per request. Vendor page: "PUT sections (bulk)".

        :param changes: rows with the section's ``id`` and only the fields to change.
        :param journal: see :meth:`create_many`.
        """
        return self._write_many(
            changes,
            "sections.update_many",
            "PUT",
            build_path("sections"),
            wrapper=("sections", "section"),
            prepare=changes_by_id(section_change),
            read=results_by(key=_ID, id=_ID),
            repeatable=True,
            journal=journal,
        )

    def copy_many(
        self,
        copies: Given[CopiedSection],
        *,
        enroll_user: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[CopiedSection]:
        """Ask Schoology to copy sections with their content. Vendor page: "POST sections/copy".

        ``done`` means that Schoology accepted the request. It makes the copy later, so an outcome
        has no ``id``. A copy can't be looked up. So a request whose response was lost is never sent
        again, and its rows are ``unknown``.

        :param copies: rows with a source, a target, a course, ``title`` and ``grading_periods``. A
            row is rejected without being sent if an earlier row has the same target.
        :param enroll_user: enroll the user of the credentials in each copy.
        :param journal: see :meth:`create_many`.
        """

        def prepare(item: CopiedSection) -> tuple[Hashable, Any]:
            body = copied_section(item)
            if body.get("section_id"):
                return ("id", str(body["section_id"])), body
            if body.get("section_school_code"):
                return section_key(body), body
            # A section_code is unique in its course only.
            course = str(body.get("course_id") or body.get("course_code"))
            return (*(code_key(body) or ()), course), body

        return self._write_many(
            copies,
            "sections.copy_many",
            "POST",
            build_path("sections/copy"),
            wrapper=("sections", "section"),
            prepare=one_by_one(prepare),
            read=_read_copies,
            query=flags(enroll_user=enroll_user),
            distinct=True,
            journal=journal,
        )

    def delete_many(
        self,
        section_ids: Given[str | int],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Delete sections permanently, 50 per request. Vendor page: "DELETE sections (bulk)".

        All ids are read and counted before the first request. A request whose
        response was lost is never sent again. Each of its sections is looked up: it is ``done`` if
        it no longer exists, otherwise ``unknown``.

        :param section_ids: Schoology's ids of the sections.
        :param guard: the maximum number of sections to delete; 500 by default. If there are more
            ids, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: the guard is a percentage. Schoology can't count a school's sections.
        """
        return self._delete_many(
            section_ids,
            "sections.delete_many",
            build_path("sections"),
            parameter="section_ids",
            response_wrapper=("section",),
            guard=guard,
            count=None,
            numbers_only=True,
            look_up=partial(look_up_removed, self._transport, template="sections/{id}"),
            journal=journal,
        )


def _course_of_key(key: Any) -> str:
    course_id: str = key[0]
    return course_id


def _course(rows: Rows[Any]) -> str:
    return _course_of_key(rows.keys[0])


def _sections_of_course(rows: Rows[Any]) -> Path:
    return build_path("courses/{course_id}/sections", course_id=_course(rows))


def _read_sections(items: list[Any], rows: Rows[Any]) -> Results:
    course_id = _course(rows)
    read = section_reader(key[1] for key in rows.keys if isinstance(key, tuple))

    def key(item: Any) -> Hashable | None:
        named = read(item)
        return None if named is None else (course_id, named)

    return parse_results(items, rows, key=key, id=id_or_location)


def _read_copies(items: list[Any], rows: Rows[Any]) -> Results:
    # An item never has the id of the copy, and may lack its code. It does not name the course, so a
    # code that is in several courses does not tell which row the item belongs to.
    read = section_reader(rows.keys)
    times = Counter(key[:2] for key in rows.keys if isinstance(key, tuple))

    def key(item: Any) -> Hashable | None:
        named = read(item)
        return None if isinstance(named, tuple) and times[named[:2]] > 1 else named

    return parse_results(items, rows, key=key, id=lambda item: None)
