"""``managebac.memberships``: who is in which class, over the whole school."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call, get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import MOST_QUERY, Query, build_path, encode_query, portions, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult
from lms_async.records.encoding import Sending
from lms_async.records.scalars import ids_of

from ..models import Membership, MembershipPlace, converter
from .classes import patch_students, student_verdicts
from .lookup import look_up_rows

#: Outcomes hold the rows as they were put in: so their type is that of the rows.
P = TypeVar("P", bound=MembershipPlace | Mapping[str, Any])

_place = Sending(converter, MembershipPlace, what="the row")


class Memberships:
    """Memberships of students, teachers and administrators."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        class_ids: Iterable[str | int] | None = None,
        user_ids: Iterable[str | int] | None = None,
        modified_since: datetime | None = None,
        deleted_since: datetime | None = None,
        class_happens_on: date | None = None,
        per_page: int | None = None,
    ) -> Pages[Membership]:
        """All memberships that meet every filter. Vendor page: "Get all Memberships".

        An incremental sync takes two passes, ``modified_since`` and ``deleted_since``: a deletion
        does not count as a modification, and both at once may well give nothing.

        :param modified_since: with a time zone; the vendor reads UTC.
        :param deleted_since: gives the deleted ones, since then; with a time zone.
        :param class_happens_on: only classes whose terms include this day.
        :param per_page: rows a page; the vendor's choice where not given, and it may give fewer.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: a moment without a time zone.
        """
        filters = query_params(
            modified_since=_moment("modified_since", modified_since),
            deleted_since=_moment("deleted_since", deleted_since),
            class_happens_on=class_happens_on.isoformat() if class_happens_on else None,
            per_page=per_page,
        )
        first, *more = [
            get(
                build_path("memberships"),
                query=(*classes, *users, *filters),
                returns=builtins.list[Membership],
                envelope_key="memberships",
            )
            for classes in _repeated("class_ids[]", class_ids)
            for users in _repeated("user_ids[]", user_ids)
        ]
        return Pages(self._transport, first, Membership, more=more)

    def update_many(
        self,
        places: Iterable[P] | AsyncIterable[P],
        *,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[P]:
        """Put students into classes, or change their levels there: the rows are grouped by class,
        and go out as :meth:`Classes.update_students` sends them.

        :param places: each with ``class_id``, ``student_id`` and, where the class has levels,
            ``level``; a student may stand once in each class.
        :param chunk: students a call, at least 1; the vendor names no maximum.
        :param journal: keeps through a crash what became of each row: run again with it, only what
            is not settled is sent.
        :returns: ``await`` it for a report, or iterate it for one outcome a row, in input order.
        """
        if chunk < 1:
            raise InvalidInput("a chunk has at least one student")

        def prepare(item: P) -> tuple[Hashable, Any]:
            place = _place(item)
            class_id, student_id = place.pop("class_id"), place.pop("student_id")
            return (class_id, str(student_id)), {"id": student_id, **place}

        def call(rows: Rows[P]) -> Call[Any]:
            return patch_students(_class_of(rows.keys[0]), rows)

        def read(payload: Any, rows: Rows[P]) -> list[RowResult | None]:
            return student_verdicts(payload, [_student_of(key) for key in rows.keys])

        endpoint = BulkEndpoint(
            prepare=one_by_one(prepare),
            call=call,
            parse_results=read,
            operation="memberships.update_many",
            look_up=lambda rows: look_up_rows(self._transport, _class_of(rows.keys[0]), rows),
            max_rows=chunk,
            distinct=True,
            path_names_rows=True,
            group=_class_of,
        )
        return Bulk(self._transport, places, endpoint, journal=journal)


def _class_of(key: Any) -> int:
    class_id: int = key[0]
    return class_id


def _student_of(key: Any) -> str:
    student_id: str = key[1]
    return student_id


def _repeated(name: str, ids: Iterable[str | int] | None) -> list[Query]:
    """Arrays as the vendor documents them: the bracketed name, once for each; as several queries if
    they do not fit into one URL."""
    if ids is None:
        return [()]
    known = ids_of(ids, what=name.removesuffix("[]"))
    around = len(encode_query(((name, ""),))) + 1
    cut = portions(known, around=around, room=MOST_QUERY // 2)  # a URL may hold two such lists
    return [tuple((name, one) for one in portion) for portion in cut] or [()]


def _moment(name: str, moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InvalidInput(f"{name} needs a time zone", hint="e.g. datetime(…, tzinfo=UTC)")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
