"""``managebac.memberships``: the members of all classes of the school."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import Any, Literal

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import one_by_one
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending
from lms_async.resource import Given, Resource

from ..bulk_results import explain
from ..changes import Changes
from ..models import Membership, MembershipPlace, MembershipPlaceDict
from ..models.converter import converter
from .filters import crossed, day, list_query, repeated
from .place_students import PlaceStudents
from .places import checked_chunk

MembershipRow = MembershipPlace | MembershipPlaceDict

_place = Sending(converter, MembershipPlace, what="the row")


class Memberships(Resource):
    """Memberships of students, teachers and administrators."""

    def list(
        self,
        *,
        class_ids: Iterable[str | int] | None = None,
        user_ids: Iterable[str | int] | None = None,
        student_ids: Iterable[str | int] | None = None,
        classes: Literal["active"] | None = None,
        users: Literal["active"] | None = None,
        modified_since: datetime | None = None,
        deleted_since: datetime | None = None,
        class_happens_on: date | None = None,
        per_page: int | None = None,
    ) -> Pages[Membership]:
        """List all memberships that match every filter. Vendor page: "Get all Memberships".

        To read what changed since a time, use :meth:`changes`. A deletion does not count as a
        modification, so one call with both ``modified_since`` and ``deleted_since`` may return
        nothing.

        :param class_ids: only memberships of these classes, any number.
        :param user_ids: only memberships of these users, any number.
        :param student_ids: only memberships of these students, any number.
        :param classes: ``active`` for only memberships of active classes. Other integrations use
            this parameter, but the vendor does not document it.
        :param users: ``active`` for only memberships of active users. Also not documented.
        :param modified_since: only memberships modified since this time, which needs a time zone.
        :param deleted_since: list memberships that were deleted since this time (with a time zone)
            instead of current ones.
        :param class_happens_on: only classes whose terms include this date.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: a time has no time zone, or a list of ids is empty.
        """
        return self._list(
            build_path("memberships"),
            Membership,
            envelope_key="memberships",
            query=list_query(
                classes=classes,
                users=users,
                modified_since=modified_since,
                deleted_since=deleted_since,
                class_happens_on=day("class_happens_on", class_happens_on),
                per_page=per_page,
            ),
            filters=crossed(
                repeated("class_ids[]", class_ids, lists=3),
                repeated("user_ids[]", user_ids, lists=3),
                repeated("student_ids[]", student_ids, lists=3),
            ),
        )

    def changes(self, since: datetime) -> Changes[Membership]:
        """Read the memberships that were changed or deleted since a time.

        :param since: a time with a time zone. :mod:`manabac_async.changes` explains what to pass in
            the next run.
        :returns: use ``async for`` to read one change at a time, or ``await`` for all of them.
        :raises InvalidInput: ``since`` has no time zone.
        """
        return Changes(
            since,
            changed=lambda time: self.list(modified_since=time),
            deleted=lambda time: self.list(deleted_since=time),
        )

    def update_many(
        self,
        places: Given[MembershipRow],
        *,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[MembershipRow]:
        """Put students into classes, or change their levels there. The rows are grouped by class
        and sent like those of :meth:`Classes.update_students`.

        :param places: each with ``class_id``, ``student_id`` and, if the class has levels,
            ``level``. A student may appear only once per class.
        :param chunk: students per request, at least 1; the vendor names no maximum.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        checked_chunk(chunk)
        place = PlaceStudents(
            self._transport, class_of=_class_of, student_of=_student_of, field="student_id"
        )

        def prepare(item: MembershipRow) -> tuple[Hashable, Any]:
            body = _place(item)
            class_id, student_id = body.pop("class_id"), body.pop("student_id")
            return (class_id, str(student_id)), {"id": student_id, **body}

        return self._bulk(
            places,
            "memberships.update_many",
            prepare=one_by_one(prepare),
            call=place.call,
            parse_results=place.parse,
            look_up=place.look_up,
            follow_up=place.add_missing,
            max_rows=chunk,
            distinct=True,
            path_names_rows=True,
            explain=explain("class_id"),
            group=_class_of,
            journal=journal,
        )


def _class_of(key: Any) -> int:
    class_id: int = key[0]
    return class_id


def _student_of(key: Any) -> str:
    student_id: str = key[1]
    return student_id
