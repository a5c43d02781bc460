"""Enrollments of people in sections and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from attrs import define, evolve

from ..accounts import Fields, Rejected
from . import fields as read
from .store import Store

Realm = Literal["section", "group"]

ACTIVE, EXPIRED, INVITED, REQUESTED, ARCHIVED = range(1, 6)
"""The values of ``status``."""


@define
class Enrollment:
    """One person in one section or group."""

    id: str
    uid: str
    realm: Realm
    realm_id: str
    admin: int = 0
    """1 for a teacher of a section or an owner of a group."""
    status: int = ACTIVE


_READERS = {"uid": read.identity, "admin": read.flag, "status": read.whole(ACTIVE, ARCHIVED)}


class Enrollments(Store[Enrollment]):
    """All enrollments. A person is in a section or group only once.

    ``creates`` and ``deletes`` count by ``realm/realm_id/uid``.
    """

    noun = "enrollment"

    def __init__(self) -> None:
        super().__init__(54302505)
        self._by_realm: dict[tuple[Realm, str], dict[str, Enrollment]] = {}
        self._by_user: dict[str, dict[str, Enrollment]] = {}
        self._ended: dict[str, list[Enrollment]] = {}

    def of_realm(self, realm: Realm, realm_id: str) -> Iterable[Enrollment]:
        """Return the enrollments of a section or group, in the order of the vendor's list."""
        return self._by_realm.get((realm, realm_id), {}).values()

    def of_user(self, uid: str) -> list[Enrollment]:
        """Return the enrollments of a person."""
        return list(self._by_user.get(uid, {}).values())

    def between(self, realm: Realm, realm_id: str, uid: str) -> Enrollment | None:
        """Return a person's enrollment in a section or group."""
        return self._by_realm.get((realm, realm_id), {}).get(uid)

    def in_realm(self, realm: Realm, realm_id: str, identity: str) -> Enrollment:
        """Return an enrollment of this section or group, or raise :class:`Rejected` with 404."""
        enrollment = self.find(identity)
        if (enrollment.realm, enrollment.realm_id) != (realm, realm_id):
            raise Rejected(404, f"There is no enrollment {identity} here.")
        return enrollment

    def add(
        self, realm: Realm, realm_id: str, uid: str, *, admin: int = 0, status: int = ACTIVE
    ) -> Enrollment:
        """Add an enrollment, or replace the person's old one, without counting it as created."""
        old = self.between(realm, realm_id, uid)
        identity = self.new_id() if old is None else old.id
        return self._keep(Enrollment(identity, uid, realm, realm_id, admin, status))

    def create(self, realm: Realm, realm_id: str, fields: Fields) -> Enrollment:
        """Enroll a person, or raise :class:`Rejected` if the person is already enrolled.

        The caller must check that the person exists.
        """
        changes = read.known(fields, _READERS)
        for name in _READERS:
            if name not in changes:
                raise Rejected(400, f"{name} is required.")
        if self.between(realm, realm_id, changes["uid"]) is not None:
            raise Rejected(409, f"User {changes['uid']} is enrolled already.")
        return self.enroll(realm, realm_id, changes["uid"], changes["admin"], changes["status"])

    def enroll(
        self, realm: Realm, realm_id: str, uid: str, admin: int, status: int = ACTIVE
    ) -> Enrollment:
        """Enroll a person, or replace the old enrollment, and count it as created."""
        enrollment = self.add(realm, realm_id, uid, admin=admin, status=status)
        self.creates[key(enrollment)] += 1
        return enrollment

    def update(self, identity: str, fields: Fields) -> Enrollment:
        """Change ``admin`` and ``status``, or raise :class:`Rejected`."""
        changes = read.known(fields, _READERS)
        changes.pop("uid", None)  # The documents' sample has a uid. Assumed: it is ignored.
        enrollment = self._keep(evolve(self.find(identity), **changes))
        self.updates[identity] += 1
        return enrollment

    def delete(self, identity: str) -> Enrollment:
        """Delete an enrollment, or raise :class:`Rejected`."""
        enrollment = self.find(identity)
        self._drop(enrollment)
        self.deletes[key(enrollment)] += 1
        return enrollment

    def drop_realm(self, realm: Realm, realm_id: str) -> None:
        """Remove all enrollments of a deleted section or group."""
        for enrollment in list(self.of_realm(realm, realm_id)):
            self._drop(enrollment)
        self._by_realm.pop((realm, realm_id), None)

    def end_all_of(self, uid: str) -> None:
        """Remove all enrollments of a deactivated person, and remember them for :meth:`restore`."""
        self._ended[uid] = self.of_user(uid)
        for enrollment in self._ended[uid]:
            self._drop(enrollment)

    def restore(self, uid: str, exists: Callable[[Realm, str], bool]) -> None:
        """Bring back a person's ended enrollments in the sections and groups that still exist."""
        for enrollment in self._ended.pop(uid, ()):
            if exists(enrollment.realm, enrollment.realm_id):
                self._keep(enrollment)

    def ended(self, uid: str) -> list[Enrollment]:
        """Return the enrollments that ended when the person was deactivated."""
        return list(self._ended.get(uid, ()))

    def _keep(self, enrollment: Enrollment) -> Enrollment:
        self.by_id[enrollment.id] = enrollment
        where: Any = (enrollment.realm, enrollment.realm_id)
        self._by_realm.setdefault(where, {})[enrollment.uid] = enrollment
        self._by_user.setdefault(enrollment.uid, {})[enrollment.id] = enrollment
        return enrollment

    def _drop(self, enrollment: Enrollment) -> None:
        del self.by_id[enrollment.id]
        del self._by_realm[enrollment.realm, enrollment.realm_id][enrollment.uid]
        del self._by_user[enrollment.uid][enrollment.id]


def key(enrollment: Enrollment) -> str:
    """Return the key by which an enrollment is counted."""
    return f"{enrollment.realm}/{enrollment.realm_id}/{enrollment.uid}"
