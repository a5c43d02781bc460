"""The operations on the enrollments of sections and groups."""

from __future__ import annotations

from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import Rejected, comma_list
from ..oauth import Caller
from ..roster import Enrollment, Realm
from .base import EMPTY, Operations, Row, Verbs, row_id

WRAPPERS = ("enrollments", "enrollment")
"""The two keys around bulk results. The bulk results of all other records have one key."""


class EnrollmentOperations(Operations):
    """``sections/{id}/enrollments``, ``groups/{id}/enrollments``, and ``enrollments``."""

    def verbs_of_realm(
        self, request: Request, realm: Realm, realm_id: str, rest: tuple[str, ...]
    ) -> Verbs | None:
        """Return the operations on a path below the enrollments of a section or group."""
        if not self.school.has_realm(realm, realm_id):
            return None
        match rest:
            case ():
                return {
                    "GET": lambda: self._list(request, realm, realm_id),
                    "POST": lambda: self._post(request, realm, realm_id),
                    "PUT": lambda: self._update_many(request, realm, realm_id),
                    # Only an unofficial description of the API has this operation.
                    "DELETE": lambda: self._delete_many(request),
                }
            case (identity,):
                return {
                    "GET": lambda: self._view(request, realm, realm_id, identity),
                    "PUT": lambda: self._update(request, realm, realm_id, identity),
                    "DELETE": lambda: self._delete(realm, realm_id, identity),
                }
        return None

    def verbs(self, request: Request, rest: tuple[str, ...]) -> Verbs | None:
        """Return the operations on ``enrollments`` itself."""
        if rest:
            return None
        return {
            "POST": lambda: self._create_anywhere(request),
            "DELETE": lambda: self._delete_many(request),
        }

    def redeem(self, request: Request, realm: Realm, realm_id: str | None, me: Caller) -> Response:
        """Enroll the caller with an access code.

        It is not known whether the path has the id of the section or group. Both are accepted.

        :param realm_id: the id in the path, if any.
        """
        code = str(bodies.read(request).get("access_code") or "")
        if realm == "section":
            found = getattr(self.school.sections.by_access_code(code), "id", None)
        else:
            found = getattr(self.school.groups.by_access_code(code), "id", None)
        if found is None or realm_id not in {None, found}:
            raise Rejected(400, "Invalid value for access_code.")
        old = self.school.enrollments.between(realm, found, me.uid)
        enrollment = self.school.enrollments.enroll(realm, found, me.uid, old.admin if old else 0)
        return bodies.write(request, 201, self._row(enrollment))

    # -- one section or group

    def _list(self, request: Request, realm: Realm, realm_id: str) -> Response:
        query = request.query
        uids, statuses, types = (
            set(comma_list(query.get(name))) for name in ("uid", "enrollment_status", "type")
        )
        found = [
            each
            for each in self.school.enrollments.of_realm(realm, realm_id)
            if (not uids or each.uid in uids)
            and (not statuses or str(each.status) in statuses)
            and (not types or ("admin" if each.admin else "member") in types)
        ]

        def view(enrollment: Enrollment) -> Row:
            return self._row(enrollment) | {"links": {"self": self.location(enrollment)}}

        return self.listing(request, "enrollment", found, view)

    def _view(self, request: Request, realm: Realm, realm_id: str, identity: str) -> Response:
        found = self.school.enrollments.in_realm(realm, realm_id, identity)
        return bodies.write(request, 200, self._row(found))

    def _post(self, request: Request, realm: Realm, realm_id: str) -> Response:
        body = bodies.read(request)
        if "enrollments" not in body:
            enrollment = self._create(realm, realm_id, body, update_existing=False)
            links = {"links": {"self": self.location(enrollment)}}
            # `status` is a number here, and a string in all other responses.
            shown = self._row(enrollment) | {"status": enrollment.status}
            return bodies.write(request, 201, shown | links)

        def create(row: Row) -> Row:
            return self._done(self._create(realm, realm_id, row, update_existing=False))

        rows = bodies.rows(body, *WRAPPERS)
        return self.bulk(request, rows, create, *WRAPPERS, echo=("uid",))

    def _update(self, request: Request, realm: Realm, realm_id: str, identity: str) -> Response:
        self.school.enrollments.in_realm(realm, realm_id, identity)
        self.school.enrollments.update(identity, bodies.read(request))
        return EMPTY

    def _update_many(self, request: Request, realm: Realm, realm_id: str) -> Response:
        def update(row: Row) -> Row:
            self.school.enrollments.in_realm(realm, realm_id, row_id(row))
            enrollment = self.school.enrollments.update(row_id(row), row)
            return {"response_code": 200, "id": enrollment.id}

        rows = bodies.rows(bodies.read(request), *WRAPPERS)
        return self.bulk(request, rows, update, *WRAPPERS)

    def _delete(self, realm: Realm, realm_id: str, identity: str) -> Response:
        self.school.enrollments.in_realm(realm, realm_id, identity)
        self.school.enrollments.delete(identity)
        return EMPTY

    # -- any section or group

    def _delete_many(self, request: Request) -> Response:
        delete = self.school.enrollments.delete
        return self.bulk_delete(request, "enrollment_ids", delete, *WRAPPERS)

    def _create_anywhere(self, request: Request) -> Response:
        update_existing = request.query.get("update_existing") == "1"

        def create(row: Row) -> Row:
            realm: Any = row.get("realm")
            if realm not in ("section", "group"):
                raise Rejected(400, "Invalid value for realm.")
            realm_id = str(row.get(f"{realm}_id") or "")
            if not self.school.has_realm(realm, realm_id):
                raise Rejected(404, f"There is no {realm} {realm_id}.")
            made = self._create(realm, realm_id, row, update_existing=update_existing)
            return self._done(made) | {"realm": realm, "realm_id": realm_id}

        rows = bodies.rows(bodies.read(request), *WRAPPERS)
        echo = ("uid", "realm", "section_id", "group_id")
        return self.bulk(request, rows, create, *WRAPPERS, echo=echo)

    # -- shared by both

    def _create(
        self, realm: Realm, realm_id: str, fields: Row, *, update_existing: bool
    ) -> Enrollment:
        enrollments = self.school.enrollments
        uid = str(fields.get("uid") or "")
        if not uid:
            raise Rejected(400, "uid is required.")
        if uid not in self.school.users:
            raise Rejected(404, f"There is no user {uid}.")
        known = enrollments.between(realm, realm_id, uid)
        update = update_existing or self.state.quirks.second_enrollment == "updated"
        if known is not None and update:
            return enrollments.update(known.id, fields)
        return enrollments.create(realm, realm_id, fields)

    def location(self, enrollment: Enrollment) -> str:
        """Return the URL of an enrollment."""
        return self.url(f"{enrollment.realm}s/{enrollment.realm_id}/enrollments/{enrollment.id}")

    def _done(self, enrollment: Enrollment) -> Row:
        return {
            "response_code": 200,  # not 201, even if the enrollment was created
            "id": enrollment.id,
            "uid": int(enrollment.uid),  # a number here, a string in all other responses
            "location": self.location(enrollment),
        }

    def _row(self, enrollment: Enrollment) -> Row:
        account = self.person(enrollment.uid)
        return {
            "id": enrollment.id,
            "uid": enrollment.uid,
            "school_uid": account.school_uid,
            "name_title": account.name_title,
            "name_title_show": str(account.name_title_show),  # a string here, a number in a user
            "name_first": account.name_first,
            "name_first_preferred": account.name_first_preferred,
            "name_middle": account.name_middle,
            "name_middle_show": str(account.name_middle_show),
            "name_last": account.name_last,
            "name_display": account.name_display,
            "admin": enrollment.admin,
            "status": str(enrollment.status),
            "picture_url": self.picture("default_user.gif"),
        }
