"""The bulk methods of ``schoology.enrollments`` that take the school's own codes.

Vendor page: Enrollments, "POST enrollments/import/course" and "POST enrollments/import/course/
{grading period id}".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.rows import Prepared, Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import Path, build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import AllDone, RowResult
from lms_async.records.encoding import Sending
from lms_async.records.scalars import UNSET, ids_of
from lms_async.resource import Given, LookUp

from ..bulk_results import FieldReader, id_or_location, parse_results
from .base import SchoologyResource, no_count
from .enrollment_results import person_reader
from .lookup_enrollments import look_up_imported
from .sending import CourseCodeRow, SchoolCodeRow, course_code_row, school_code_row

R = TypeVar("R")

_WRAPPER = ("enrollments", "enrollment")
_SCHOOL_UID = FieldReader("school_uid")


class ImportEnrollments(SchoologyResource):
    """Enrollments by the school's own codes."""

    def import_by_school_code(
        self,
        rows: Given[SchoolCodeRow],
        *,
        removals: Guard | None = None,
        journal: Journal | None = None,
    ) -> Bulk[SchoolCodeRow]:
        """Enroll people in sections, or remove them, by ``section_school_code`` and ``school_uid``,
        50 per request. Vendor page: "POST enrollments/import/course".

        The vendor creates an enrollment or updates it. So a request whose response was lost is sent
        again. If the vendor then rejects a row, or the response is lost again, the row is looked up
        in the list of its section. A row with ``delete`` is ``done`` if the person is not in the
        section any more.

        :param rows: an iterable or async iterable of any length; models or mappings of the same
            fields. A row that lacks a needed field, or whose person and section stand in an earlier
            row, is rejected without being sent.
        :param removals: how many rows may have ``delete``. All rows are then read before the first
            request, so that those can be counted; if there are more, the bulk raises InvalidInput
            and sends nothing. Without it, rows with ``delete`` are rejected.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        :raises InvalidInput: ``removals`` is no Guard, or a share.
        """

        async def look_up(some: Rows[SchoolCodeRow]) -> list[Found]:
            return await look_up_imported(self._transport, some)

        return self._import(
            rows,
            "enrollments.import_by_school_code",
            build_path("enrollments/import/course"),
            checked=school_code_row,
            place=("section_school_code",),
            removals=removals,
            look_up=look_up,
            journal=journal,
        )

    def import_by_course_code(
        self,
        rows: Given[CourseCodeRow],
        *,
        grading_period_ids: Iterable[str | int],
        removals: Guard | None = None,
        journal: Journal | None = None,
    ) -> Bulk[CourseCodeRow]:
        """Enroll people in sections, or remove them, by ``course_code``, ``section_code`` and
        ``school_uid``, 50 per request.

        Vendor page: "POST enrollments/import/course/{grading period id}". The vendor creates an
        enrollment or updates it, so a request whose response was lost is sent again. There is no
        affordable look-up: a row whose response was lost each time ends as ``unknown``, and so does
        one that the vendor rejects after a response was lost.

        :param rows: see :meth:`import_by_school_code`.
        :param grading_period_ids: Schoology's ids of the grading periods; the vendor enrolls in the
            sections that span them.
        :param removals: see :meth:`import_by_school_code`.
        :param journal: see :meth:`import_by_school_code`.
        :raises InvalidInput: there is no grading period, or its id is no number; or ``removals`` is
            no Guard, or a share.
        """
        periods = ids_of(grading_period_ids, what="grading_period_ids")
        if not periods or not all(one.isascii() and one.isdigit() for one in periods):
            raise InvalidInput(
                "grading_period_ids has at least one id",
                fields={"grading_period_ids": "must be whole numbers"},
            )
        path = Path("enrollments/import/course/" + ",".join(periods))
        path.route = str(path)
        options = "".join(f" {n}={v}" for n, v in query_params(grading_period_ids=periods))
        return self._import(
            rows,
            f"enrollments.import_by_course_code{options}",
            path,
            checked=course_code_row,
            place=("course_code", "section_code"),
            removals=removals,
            look_up=None,
            journal=journal,
        )

    def _import(
        self,
        rows: Given[R],
        operation: str,
        path: Path,
        *,
        checked: Sending,
        place: tuple[str, ...],
        removals: Guard | None,
        look_up: LookUp[R] | None,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Import enrollments.

        :param place: the fields that name the section.
        """
        named = list(map(FieldReader, place))

        def prepare_one(item: R) -> tuple[Hashable, Any]:
            body = checked(item)
            if removals is None and _removes(body):
                fields = {"delete": "is refused unless removals=Guard(…) is given"}
                raise InvalidInput("the row can't be sent", fields=fields)
            return (*(str(body[name]) for name in place), str(body["school_uid"])), body

        def prepare(items: list[R]) -> Prepared:
            bodies, refused = checked.many(items)
            if removals is None and any(map(_removes, bodies)):
                return one_by_one(prepare_one)(items)
            keys = zip(*(field.each(bodies) for field in (*named, _SCHOOL_UID)), strict=True)
            return Prepared(list(keys), bodies, refused)

        def read_place(item: dict[str, Any]) -> tuple[str, ...] | None:
            codes = tuple(read(item) for read in named)
            return None if None in codes else tuple(map(str, codes))

        def read(items: list[Any], some: Rows[R]) -> AllDone | list[RowResult | None]:
            key = person_reader(some.keys, person=_SCHOOL_UID, place=read_place)
            return parse_results(items, some, key=key, id=id_or_location)

        given = rows
        if removals is not None:
            given = guarded(rows, removals, no_count(removals), removes=_may_remove)
        return self._write_many(
            given,
            operation,
            "POST",
            path,
            wrapper=_WRAPPER,
            response_wrapper=_WRAPPER,
            prepare=prepare,
            read=read,
            repeatable=True,
            one_record_each=True,
            distinct=True,
            look_up=look_up,
            journal=journal,
        )


def _removes(body: Mapping[str, Any]) -> bool:
    return str(body.get("delete", 0)) == "1"


def _may_remove(item: object) -> bool:
    """Whether a row as it was given has ``delete``, in any form of a yes."""
    if isinstance(item, Mapping):
        given = item.get("delete", UNSET)
    else:
        given = getattr(item, "delete", UNSET)
    return given is not UNSET and str(given).strip().lower() not in ("", "0", "false", "none")
