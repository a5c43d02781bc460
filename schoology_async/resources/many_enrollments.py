"""The bulk methods of ``schoology.enrollments``, with 50 rows per request.

Vendor page: Enrollments, "POST enrollments (bulk, multi-realm)", "POST {realm}/enrollments (bulk)",
"PUT {realm}/enrollments (bulk)" and "DELETE enrollments (bulk)". The imports by the
school's own codes are in ``import_enrollments.py``.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found, Results
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import Path, build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..bulk_results import FieldReader, id_or_location, parse_results, results_by
from .enrollment_results import person_reader
from .filters import flags
from .import_enrollments import ImportEnrollments
from .lookup_enrollments import look_up_created
from .realms import Realm, any_realm, realm_of
from .sending.enrollments import EnrollmentChange, NewEnrollment, enrollment_change, new_enrollment

#: The default guard: one deletion may remove this many enrollments.
GUARD = Guard(max_removals=500)

_WRAPPER = ("enrollments", "enrollment")
_ID, _UID = FieldReader("id"), FieldReader("uid")
_REALM_ID = FieldReader("realm_id")
_REALM_FIELDS = ("section_id", "group_id")


class ManyEnrollments(ImportEnrollments):
    """The methods of ``schoology.enrollments`` for many rows."""

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

        Vendor page: "POST enrollments (bulk, multi-realm)". If ``section_id`` or ``group_id`` is
        set and ``update_existing`` is not: "POST {realm}/enrollments (bulk)".

        :param enrollments: an iterable or async iterable of any length, of models or of mappings
            with the same fields. Each needs ``section_id`` or ``group_id``, unless this call has
            it. A row is rejected without being sent if a required field is missing, or if an
            earlier row has the same person in the same section or group.
        :param section_id: the section of all rows.
        :param group_id: the group of all rows.
        :param update_existing: update enrollments that exist. Schoology does not document how it
            matches them, presumably by the person and the section or group.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        :raises InvalidInput: both ``section_id`` and ``group_id`` are set, or one is not a number.

        If a response is lost, its enrollments are looked up before they are sent again, with one
        request per section or group. With ``update_existing``, they are sent again without a
        look-up.
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
        """Update enrollments, 50 per request. All rows of a request are of one section or group.

        Vendor page: "PUT {realm}/enrollments (bulk)". Status 2 ends an enrollment and keeps its
        history.

        :param changes: rows with the enrollment's ``id`` and the fields to change. Each needs
            ``section_id`` or ``group_id``, unless this call has it.
        :param section_id: the section of all rows.
        :param group_id: the group of all rows.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: both ``section_id`` and ``group_id`` are set, or one is not a number.
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
        """Delete enrollments permanently, 50 per request. Vendor page: "DELETE enrollments (bulk)".

        This erases their history. To keep it, use :meth:`update_many` with status 2 instead.

        All ids are read and counted before the first request. A request whose
        response was lost is never sent again. Its rows are ``unknown``, since an enrollment can't
        be looked up by its id alone.

        :param enrollment_ids: Schoology's ids of the enrollments.
        :param guard: the maximum number of enrollments to delete; 500 by default. If there are
            more ids, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: the guard is a percentage. Schoology can't count a school's
            enrollments.
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
    """Remove the section or group from a row, and return it; by default, return ``realm``.

    :raises InvalidInput: there is neither, or the row differs from ``realm``.
    """
    own = {name: id_ for name in _REALM_FIELDS if (id_ := body.pop(name, None))}
    if realm is None:
        return realm_of(**own)
    if own and realm_of(**own) != realm:
        fields = dict.fromkeys(own, "differs from the id that the call names")
        raise InvalidInput("the row can't be sent", fields=fields)
    return realm


def _operation(name: str, realm: Realm | None) -> str:
    return name if realm is None else f"{name} {realm.kind}_id={realm.id}"


def _realm_of_key(key: Any) -> Realm:
    return Realm(*key[:2])


def _path_of(rows: Rows[Any]) -> Path:
    return _realm_of_key(rows.keys[0]).enrollments()


def _read_created(items: list[Any], rows: Rows[Any]) -> Results:
    def place(item: dict[str, Any]) -> tuple[str, ...] | None:
        for kind in ("section", "group"):
            if item.get(f"{kind}_id"):
                return kind, str(item[f"{kind}_id"])
        realm_id = _REALM_ID(item)
        return (str(item["realm"]), realm_id) if item.get("realm") and realm_id else None

    key = person_reader(rows.keys, person=_UID, place=place)
    return parse_results(items, rows, key=key, id=id_or_location)


def _read_updated(items: list[Any], rows: Rows[Any]) -> Results:
    realm = _realm_of_key(rows.keys[0])

    def key(item: Any) -> Hashable | None:
        id_ = _ID(item)
        return None if id_ is None else (*realm, id_)

    return results_by(key=key, id=_ID)(items, rows)
