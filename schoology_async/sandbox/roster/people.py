"""Connections between people, friend requests, and invites to sections and groups."""

from __future__ import annotations

from attrs import define

from ..accounts import Rejected
from .enrollments import Enrollments, Realm
from .store import Store


@define
class FriendRequest:
    """A friend request that the person ``uid`` has not answered."""

    id: str
    uid: str
    requester_id: str
    created: int


@define
class Invite:
    """An invite to a section or group that the person ``uid`` has not answered."""

    id: str
    uid: str
    realm: Realm
    realm_id: str
    created: int


class Connections:
    """The connections of people, and the pending friend requests and invites."""

    def __init__(self, enrollments: Enrollments) -> None:
        self.requests: Store[FriendRequest] = Store(39095)
        self.invites: Store[Invite] = Store(55232611)
        self._enrollments = enrollments
        self._of: dict[str, dict[str, None]] = {}

    def of(self, uid: str) -> list[str]:
        """Return the ``uid`` of each of a person's connections."""
        return list(self._of.get(uid, ()))

    def connect(self, one: str, other: str) -> None:
        """Connect two people."""
        self._of.setdefault(one, {})[other] = None
        self._of.setdefault(other, {})[one] = None

    def ask(self, uid: str, requester_id: str, created: int = 0) -> FriendRequest:
        """Add a friend request to the person ``uid``."""
        request = FriendRequest(self.requests.new_id(), uid, requester_id, created)
        self.requests.by_id[request.id] = request
        return request

    def invite(self, uid: str, realm: Realm, realm_id: str, created: int = 0) -> Invite:
        """Add an invite for the person ``uid``."""
        invite = Invite(self.invites.new_id(), uid, realm, realm_id, created)
        self.invites.by_id[invite.id] = invite
        return invite

    def answer_request(self, uid: str, identity: str, action: object) -> None:
        """Accept or deny a friend request, or raise :class:`Rejected`."""
        request = self.requests.by_id.get(identity)
        if request is None or request.uid != uid:
            raise Rejected(404, f"There is no request {identity}.")
        if _accepted(action, "request_action"):
            self.connect(uid, request.requester_id)
        del self.requests.by_id[identity]

    def answer_invite(self, uid: str, realm: Realm, identity: str, action: object) -> None:
        """Accept or deny an invite, or raise :class:`Rejected`."""
        invite = self.invites.by_id.get(identity)
        if invite is None or (invite.uid, invite.realm) != (uid, realm):
            raise Rejected(404, f"There is no invite {identity}.")
        if _accepted(action, "invite_action"):
            old = self._enrollments.between(realm, invite.realm_id, uid)
            self._enrollments.enroll(realm, invite.realm_id, uid, old.admin if old else 0)
        del self.invites.by_id[identity]


def _accepted(action: object, name: str) -> bool:
    if action not in ("accept", "deny"):
        raise Rejected(400, f"Invalid value for {name}.")
    return action == "accept"
