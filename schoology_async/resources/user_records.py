"""Read the sections, groups, grades, connections and invites of one user.

Vendor pages: User, Course Section, Group, Grades, Network, Requests, Invites.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from lms_async.errors import InvalidInput
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params

from .. import models
from .base import PAGE_SIZE, SchoologyResource
from .filters import flags

#: The kinds of records that a user can be invited to.
InviteRealm = Literal["sections", "groups"]


class UserRecords(SchoologyResource):
    """The methods of ``schoology.users`` for the records of one user."""

    def sections(
        self, uid: str | int, *, include_past: bool = False, page_size: int = PAGE_SIZE
    ) -> Pages[models.Section]:
        """List the sections that a user is enrolled in. Vendor page: Course Section.

        :param include_past: include sections of past grading periods.
        :param page_size: sections per page, at least 2. Schoology returns at most 200.
        """
        path = build_path("users/{uid:person}/sections", uid=uid)
        query = flags(include_past=include_past)
        return self._paged(
            path, models.Section, envelope_key="section", page_size=page_size, query=query
        )

    def groups(self, uid: str | int, *, page_size: int = PAGE_SIZE) -> Pages[models.Group]:
        """List the groups that a user is a member of. Vendor page: Group.

        :param page_size: groups per page, at least 2. Schoology returns at most 200.
        """
        path = build_path("users/{uid:person}/groups", uid=uid)
        return self._paged(path, models.Group, envelope_key="group", page_size=page_size)

    def grades(
        self,
        uid: str | int,
        *,
        section_id: str | int | None = None,
        grading_period_ids: Iterable[str | int] | None = None,
        timestamp: int | None = None,
        include_all_enrollments: bool = False,
    ) -> Pages[models.UserGrades]:
        """List a user's grades by section. Vendor page: Grades.

        :param section_id: only this section. Some schools require it.
        :param grading_period_ids: only these periods. ``other`` and ``final`` are also valid.
        :param timestamp: only grades changed since this time, in seconds since 1970.
        :param include_all_enrollments: include enrollments that are not active.
        :raises Forbidden: the account may not see them, or the school requires ``section_id``.
        """
        query = query_params(
            section_id=section_id,
            grading_period_ids=grading_period_ids,
            timestamp=timestamp,
        ) + flags(include_all_enrollments=include_all_enrollments)
        return self._list(
            build_path("users/{uid:person}/grades", uid=uid),
            models.UserGrades,
            envelope_key="section",
            query=query,
            perhaps_unpaged=True,
        )

    def network(self, uid: str | int, *, search: str | None = None) -> Pages[models.NetworkUser]:
        """List a user's connections, 30 per page. Vendor page: Network.

        :param search: only connections that match this text.
        """
        path = build_path("users/{uid:person}/network", uid=uid)
        query = query_params(search=search, page=0)
        return self._list(path, models.NetworkUser, envelope_key="user", query=query)

    def friend_requests(
        self, uid: str | int, *, created_offset: str | None = None
    ) -> Pages[models.FriendRequest]:
        """List connection requests that a user has not answered. Vendor page: Requests.

        :param created_offset: only requests since this time, in a format of PHP's ``strtotime``,
            e.g. ``2026-01-31`` or ``-2 weeks``.
        """
        return self._list(
            build_path("users/{uid:person}/requests/friends", uid=uid),
            models.FriendRequest,
            envelope_key="request",
            query=query_params(created_offset=created_offset),
            perhaps_unpaged=True,
        )

    async def answer_friend_request(
        self, uid: str | int, request_id: str | int, *, accept: bool
    ) -> None:
        """Accept or deny a connection request. Vendor page: Requests, "update".

        :param accept: ``True`` to accept, ``False`` to deny.
        :raises NotFound: there is no such request.
        :raises OutcomeUnknown: the response was lost.
        """
        path = build_path(
            "users/{uid:person}/requests/friends/{request_id:number}",
            uid=uid,
            request_id=request_id,
        )
        await self._send("PUT", path, {"request_action": _answer(accept=accept)})

    def invites(
        self, uid: str | int, realm: InviteRealm, *, created_offset: str | None = None
    ) -> Pages[models.Invite]:
        """List invites to sections or groups that a user has not answered. Vendor page: Invites.

        :param realm: ``sections`` or ``groups``.
        :param created_offset: see :meth:`friend_requests`.
        :raises InvalidInput: ``realm`` has another value.
        """
        return self._list(
            build_path("users/{uid:person}/invites/{realm}", uid=uid, realm=_checked(realm)),
            models.Invite,
            envelope_key="invite",
            query=query_params(created_offset=created_offset),
            perhaps_unpaged=True,
        )

    async def answer_invite(
        self, uid: str | int, realm: InviteRealm, invite_id: str | int, *, accept: bool
    ) -> None:
        """Accept or deny an invite. Vendor page: Invites, "update".

        :param realm: ``sections`` or ``groups``.
        :param accept: ``True`` to accept, ``False`` to deny.
        :raises InvalidInput: ``realm`` has another value.
        :raises NotFound: there is no such invite.
        :raises OutcomeUnknown: the response was lost.
        """
        path = build_path(
            "users/{uid:person}/invites/{realm}/{invite_id:number}",
            uid=uid,
            realm=_checked(realm),
            invite_id=invite_id,
        )
        await self._send("PUT", path, {"invite": {"invite_action": _answer(accept=accept)}})


def _checked(realm: str) -> str:
    if realm not in get_args(InviteRealm):
        raise InvalidInput('realm must be "sections" or "groups"')
    return realm


def _answer(*, accept: bool) -> str:
    if not isinstance(accept, bool):
        raise InvalidInput("accept must be True or False")
    return "accept" if accept else "deny"
