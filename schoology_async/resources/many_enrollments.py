"""The bulk methods of ``schoology.enrollments``: at most 50 rows per request, one outcome per row.

Vendor page: Enrollments, "POST enrollments (bulk, multi-realm)", "POST {realm}/enrollments (bulk)",
"PUT {realm}/enrollments (bulk)" and "DELETE enrollments (bulk)". ``import_enrollments.py`` has the
imports by the school's own codes.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import Path, build_path
from lms_async.journal.journal import Journal
from lms_async.outcome import AllDone, RowResult
from lms_async.resource import Given

from ..bulk_results import FieldReader, id_or_location, parse_results, results_by
from .enrollment_results import person_reader
from .filters import flags
from .import_enrollments import ImportEnrollments
from .lookup_enrollments import look_up_created
from .realms import Realm, any_realm, realm_of
from .sending import EnrollmentChange, NewEnrollment, enrollment_change, new_enrollment

#: How many enrollments one deletion may remove where the caller gives no guard.
GUARD = Guard(max_removals=500)

_WRAPPER = ("enrollments", "enrollment")
_ID, _UID = FieldReader("id"), FieldReader("uid")
_REALM_ID = FieldReader("realm_id")
_REALM_FIELDS = ("section_id", "group_id")


class ManyEnrollments(ImportEnrollments):
    """The methods of ``schoology.enrollments`` that take any number of rows."""

    def create_many(
        self,
        enrollments: Given[NewEnrollment],
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
        update_existing: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewEnrollment]:
        """Enroll people in sections and groups, 50 per request.

        Vendor page: "POST enrollments (bulk, multi-realm)"; for one section or group without
        ``update_existing``, "POST {realm}/enrollments (bulk)".

        :param enrollments: an iterable or async iterable of any length; models or mappings of the
            same fields, each with ``section_id`` or ``group_id`` unless the call names it. A row
            that lacks a needed field, or whose person and section stand in an earlier row, is
            rejected without being sent.
        :param section_id: the section of all rows.
        :param group_id: the group of all rows.
        :param update_existing: update enrollments that exist. A request whose response was lost is
            then sent again without a look-up. The vendor does not say how it recognizes an
            enrollment; the person and the section or group are all that a row names.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        :raises InvalidInput: both ``section_id`` and ``group_id`` are given, or one is no number.

        Otherwise an enrollment whose response was lost is looked up: one request for each section
        or group in the lost request.
        """
        realm = any_realm(section_id, group_id)
        is_one = realm is not None and not update_existing

        def prepare(item: NewEnrollment) -> tuple[Hashable, Any]:
            body = new_enrollment(item)
            place = _take_realm(body, realm)
            if not is_one:
                body |= {"realm": place.kind, f"{place.kind}_id": place.id}
            return (*place, str(body["uid"])), body

        async def look_up(rows: Rows[NewEnrollment]) -> list[Found]:
            return await look_up_created(self._transport, rows, update_existing=update_existing)

        return self._write_many(
            enrollments,
            _operation("enrollments.create_many", realm),
            "POST",
            realm.enrollments() if realm and is_one else build_path("enrollments"),
            wrapper=_WRAPPER,
            response_wrapper=_WRAPPER,
            prepare=one_by_one(prepare),
            read=_read_created,
            query=flags(update_existing=update_existing),
            repeatable=update_existing,
            distinct=True,
            path_names_rows=is_one,
            look_up=look_up,
            journal=journal,
        )

    def update_many(
        self,
        changes: Given[EnrollmentChange],
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
        journal: Journal | None = None,
    ) -> Bulk[EnrollmentChange]:
        """Update enrollments, 50 of one section or group per request. Status 2 ends an enrollment
        and keeps its history. Vendor page: "PUT {realm}/enrollments (bulk)".

        :param changes: each with the enrollment's ``id``, the fields to change, and ``section_id``
            or ``group_id`` unless the call names it.
        :param section_id: the section of all rows.
        :param group_id: the group of all rows.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: both ``section_id`` and ``group_id`` are given, or one is no number.
        """
        realm = any_realm(section_id, group_id)

        def prepare(item: EnrollmentChange) -> tuple[Hashable, Any]:
            body = enrollment_change(item)
            if not str(body.get("id", "")).strip():
                raise InvalidInput("the row can't be sent", fields={"id": "is needed"})
            place = _take_realm(body, realm)
            if len(body) == 1:
                raise InvalidInput("there is nothing to change")
            return (*place, str(body["id"])), body

        return self._write_many(
            changes,
            _operation("enrollments.update_many", realm),
            "PUT",
            _path_of,
            wrapper=_WRAPPER,
            response_wrapper=_WRAPPER,
            prepare=one_by_one(prepare),
            read=_read_updated,
            repeatable=True,
            group=_realm_of_key,
            path_names_rows=True,
            journal=journal,
        )

    def delete_many(
        self,
        enrollment_ids: Given[str | int],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Delete enrollments for good, 50 per request. Vendor page: "DELETE enrollments (bulk)".

        Deleting erases the history; :meth:`update_many` with status 2 ends an enrollment and keeps
        it. All ids are read before the first request, so that they can be counted. A request whose
        response was lost is never sent again. An enrollment can't be looked up by its id alone, so
        its rows end as ``unknown``.

        :param enrollment_ids: Schoology's ids of the enrollments.
        :param guard: how many enrollments may be removed; 500 by default. If there are more, the
            bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: the guard is a share: Schoology can't count a school's enrollments.
        """
        return self._delete_many(
            enrollment_ids,
            "enrollments.delete_many",
            build_path("enrollments"),
            parameter="enrollment_ids",
            response_wrapper=_WRAPPER,
            guard=guard,
            count=None,
            numbers_only=True,
            journal=journal,
        )


def _take_realm(body: dict[str, Any], realm: Realm | None) -> Realm:
    """Take the realm out of a row, or that of the call.

    :raises InvalidInput: there is none, or the row names another one than the call.
    """
    given = {name: one for name in _REALM_FIELDS if (one := body.pop(name, None))}
    if realm is None:
        return realm_of(**given)
    if given and realm_of(**given) != realm:
        fields = dict.fromkeys(given, "differs from that of the call")
        raise InvalidInput("the row can't be sent", fields=fields)
    return realm


def _operation(name: str, realm: Realm | None) -> str:
    return name if realm is None else f"{name} {realm.kind}_id={realm.id}"


def _realm_of_key(key: Any) -> Realm:
    return Realm(*key[:2])


def _path_of(rows: Rows[Any]) -> Path:
    return _realm_of_key(rows.keys[0]).enrollments()


def _read_created(items: list[Any], rows: Rows[Any]) -> AllDone | list[RowResult | None]:
    def place(item: dict[str, Any]) -> tuple[str, ...] | None:
        for kind in ("section", "group"):
            if item.get(f"{kind}_id"):
                return kind, str(item[f"{kind}_id"])
        realm_id = _REALM_ID(item)
        return (str(item["realm"]), realm_id) if item.get("realm") and realm_id else None

    key = person_reader(rows.keys, person=_UID, place=place)
    return parse_results(items, rows, key=key, id=id_or_location)


def _read_updated(items: list[Any], rows: Rows[Any]) -> AllDone | list[RowResult | None]:
    realm = _realm_of_key(rows.keys[0])

    def key(item: Any) -> Hashable | None:
        id_ = _ID(item)
        return None if id_ is None else (*realm, id_)

    return results_by(key=key, id=_ID)(items, rows)
