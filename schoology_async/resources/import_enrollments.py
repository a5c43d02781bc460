"""The bulk methods of ``schoology.enrollments`` that use the school's own codes.

Vendor page: Enrollments, "POST enrollments/import/course" and "POST enrollments/import/course/
{grading period id}".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found, Results
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.rows import Prepared, Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import Path, build_path, query_params, shown_as
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending
from lms_async.records.scalar_rules import ids_of
from lms_async.records.scalars import UNSET
from lms_async.resource import Given, LookUp

from ..bulk_results import FieldReader, id_or_location, parse_results
from .base import SchoologyResource, no_count
from .enrollment_results import person_reader
from .lookup_enrollments import look_up_imported
from .sending.enrollments import (
    CourseCodeRow,
    PeriodRow,
    SchoolCodeRow,
    course_code_row,
    period_row,
    school_code_row,
)

R = TypeVar("R")

_WRAPPER = ("enrollments", "enrollment")
_SCHOOL_UID = FieldReader("school_uid")


class ImportEnrollments(SchoologyResource):
    """The import methods of ``schoology.enrollments``."""

    def import_by_school_code(
        self,
        rows: Given[SchoolCodeRow],
        *,
        removals: Guard | None = None,
        journal: Journal | None = None,
    ) -> Bulk[SchoolCodeRow]:
        """Enroll people in sections, or remove them, 50 per request.

        Rows name the section by ``section_school_code`` and the person by ``school_uid``. Vendor
        page: "POST enrollments/import/course".

        Schoology creates an enrollment or updates it. So a request whose response was lost is sent
        again. If Schoology then rejects a row, or the response is lost again, the row is looked up
        in the list of its section. A row with ``delete`` is ``done`` if the person is no longer in
        the section.

        :param rows: an iterable or async iterable of any length, of models or of mappings with the
            same fields. A row is rejected without being sent if a required field is missing, or if
            an earlier row has the same person and section.
        :param removals: the maximum number of rows with ``delete``. All rows are then read and
            counted before the first request. If more rows have ``delete``, the bulk raises
            InvalidInput and sends nothing. Without ``removals``, rows with ``delete`` are rejected.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        :raises InvalidInput: ``removals`` is not a Guard, or is a percentage.
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
        """Enroll people in sections, or remove them, 50 per request.

        Rows name the section by ``course_code`` and ``section_code``, and the person by
        ``school_uid``. Vendor page: "POST enrollments/import/course/{grading period id}".

        Schoology creates an enrollment or updates it. So a request whose response was lost is sent
        again. A look-up would take too many requests. So a row is ``unknown`` if its response is
        lost each time, or if Schoology rejects it after a lost response.

        :param rows: see :meth:`import_by_school_code`.
        :param grading_period_ids: Schoology's ids of the grading periods. Schoology applies each
            row to the sections in these grading periods.
        :param removals: see :meth:`import_by_school_code`.
        :param journal: see :meth:`import_by_school_code`.
        :raises InvalidInput: ``grading_period_ids`` is empty, an id is not a number, or
            ``removals`` is not a Guard or is a percentage.
        """
        periods = ids_of(grading_period_ids, what="grading_period_ids")
        if not periods or not all(one.isascii() and one.isdigit() for one in periods):
            raise InvalidInput(
                "grading_period_ids must have at least one id",
                fields={"grading_period_ids": "must be whole numbers"},
            )
        path = _path_of(",".join(periods))
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

    def import_by_period(
        self,
        rows: Given[PeriodRow],
        *,
        removals: Guard | None = None,
        journal: Journal | None = None,
    ) -> Bulk[PeriodRow]:
        """Enroll people in sections, or remove them, 50 per request.

        Like :meth:`import_by_course_code`, but each row has its own ``grading_periods``. All rows
        of a request have the same grading periods.

        :param rows: see :meth:`import_by_school_code`. Each row needs ``grading_periods``.
        :param removals: see :meth:`import_by_school_code`.
        :param journal: see :meth:`import_by_school_code`.
        :raises InvalidInput: ``removals`` is not a Guard, or is a percentage.
        """
        return self._import(
            rows,
            "enrollments.import_by_period",
            None,
            checked=period_row,
            place=("course_code", "section_code"),
            removals=removals,
            look_up=None,
            journal=journal,
        )

    def _import(
        self,
        rows: Given[R],
        operation: str,
        path: Path | None,
        *,
        checked: Sending,
        place: tuple[str, ...],
        removals: Guard | None,
        look_up: LookUp[R] | None,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Import enrollments.

        :param path: the path of the requests. Without it, each row has ``grading_periods``, and
            the first element of its key is these ids.
        :param checked: checks and encodes a row.
        :param place: the fields of a row that name the section.
        """
        named = list(map(FieldReader, place))

        def prepare_one(item: R) -> tuple[Hashable, Any]:
            body = checked(item)
            if removals is None and _removes(body):
                fields = {"delete": "needs removals=Guard(…)"}
                raise InvalidInput("the row can't be sent", fields=fields)
            periods = () if path else (_joined(body.pop("grading_periods")),)
            codes = (str(body[name]) for name in place)
            return (*periods, *codes, str(body["school_uid"])), body

        def prepare(items: list[R]) -> Prepared:
            if path is None:
                return one_by_one(prepare_one)(items)
            bodies, refused = checked.many(items)
            if removals is None and any(map(_removes, bodies)):
                return one_by_one(prepare_one)(items)
            keys = zip(*(field.each(bodies) for field in (*named, _SCHOOL_UID)), strict=True)
            return Prepared(list(keys), bodies, refused)

        def read_place(item: dict[str, Any]) -> tuple[str, ...] | None:
            codes = tuple(read(item) for read in named)
            return None if None in codes else tuple(map(str, codes))

        def read(items: list[Any], some: Rows[R]) -> Results:
            periods = () if path else (_first(some.keys[0]),)
            keys: list[Any] = [_rest(key, len(periods)) for key in some.keys]
            known = person_reader(keys, person=_SCHOOL_UID, place=read_place)

            def key(item: Any) -> Hashable | None:
                found = known(item)
                return (*periods, *found) if isinstance(found, tuple) else None

            return parse_results(items, some, key=key if periods else known, id=id_or_location)

        items = rows
        if removals is not None:
            items = guarded(rows, removals, no_count(removals), removes=_may_remove)
        return self._write_many(
            items,
            operation,
            "POST",
            path or (lambda some: _path_of(_first(some.keys[0]))),
            group=None if path else _first,
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
    """Return whether an unchecked row has a ``delete`` that may mean yes."""
    if isinstance(item, Mapping):
        delete = item.get("delete", UNSET)
    else:
        delete = getattr(item, "delete", UNSET)
    return delete is not UNSET and str(delete).strip().lower() not in ("", "0", "false", "none")


def _path_of(periods: str) -> Path:
    """Return the path of imports into the grading periods with these ids."""
    path = Path("enrollments/import/course/" + periods)
    path.route = shown_as(path, template="enrollments/import/course/{grading_period_ids}")
    return path


def _joined(periods: Iterable[str | int]) -> str:
    """Return ids as one text, sorted, so that rows with the same periods share requests."""
    return ",".join(map(str, sorted(map(int, periods))))


def _first(key: Any) -> str:
    periods: str = key[0]
    return periods


def _rest(key: Any, start: int) -> tuple[str, ...]:
    codes: tuple[str, ...] = key[start:]
    return codes
