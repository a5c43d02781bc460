"""``schoology.users``: one person, or one list, at a time. Many at a time: ``many.py`` beside.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/user
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

from lms_async.errors import InvalidInput
from lms_async.http.call import Call, about, get
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, portions, query_params
from lms_async.records.scalars import ids_of

from ..models import InactiveUser, Language, User, UserCreate, UserUpdate
from .deletion import delete_query
from .lookup import MOST_SCHOOL_UIDS
from .many import ManyUsers, change, new_user

#: What is asked for where the caller names no ``limit``: the most that users report to get.
_PAGE = 200


class Users(ManyUsers):
    """Users of the school. All ids may be given as text or number."""

    async def create(self, user: UserCreate | Mapping[str, Any]) -> User:
        """Create one user. Vendor page: "create".

        :param user: its fields; ``school_uid``, ``name_first``, ``name_last``, ``role_id`` and one
            of ``username`` and ``primary_email`` are needed.
        :returns: the user as created, with its ``uid``.
        :raises InvalidInput: a field is missing or does not fit; nothing was sent.
        :raises BadRequest: the vendor will not have it, e.g. the ``school_uid`` exists.
        :raises OutcomeUnknown: the answer was lost; look up the ``school_uid`` before a second try.
        """
        body = new_user(user)
        return await self._transport.send(
            Call("POST", "users", route="users", body=body, returns=User, required_key="uid")
        )

    def list(
        self,
        *,
        building_id: str | int | None = None,
        role_ids: Iterable[str | int] | None = None,
        parent_access_codes: bool = False,
        school_uids: Iterable[str | int] | None = None,
        limit: int = _PAGE,
    ) -> Pages[User]:
        """All users that the account may see, over all pages. Vendor page: "list".

        :param building_id: only users of this building.
        :param role_ids: only users with one of these roles.
        :param parent_access_codes: add the access codes (found in ``User.extra``: the vendor does
            not document their key).
        :param school_uids: only users with these ids of the school's own, at most 50.
        :param limit: users a page, at least 2; Schoology gives at most 200, whatever is asked.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: more than 50 ``school_uids``, or one with a comma in it.
        """
        wanted = _checked_school_uids(school_uids)
        query = query_params(
            building_id=building_id,
            role_ids=None if role_ids is None else ids_of(role_ids, what="role_ids"),
            parent_access_codes=parent_access_codes,
            limit=_checked_limit(limit),
        )
        first, *more = [
            get(
                build_path("users"),
                query=(*query, *query_params(school_uids=portion)),
                returns=builtins.list[User],
                envelope_key="user",
            )
            for portion in (portions(wanted) if wanted else [wanted])
        ]
        return Pages(self._transport, first, User, more=more)

    async def get(self, uid: str | int) -> User:
        """One user by Schoology's id. Vendor page: "view".

        :raises NotFound: there is none, or the account may not see it.
        """
        return await self._transport.send(
            get(
                build_path("users/{uid:person}", uid=uid),
                returns=User,
                required_key="uid",
                about=about("uid", uid),
            )
        )

    async def get_by_school_uid(self, school_uid: str | int) -> User:
        """One user by the school's own id. The vendor answers by a redirect, which is followed.

        :raises NotFound: no user has this ``school_uid``.
        :raises CrossHostRedirect: the redirect leads to another host.
        """
        return await self._transport.send(
            get(
                build_path("users/ext/{school_uid:person}", school_uid=school_uid),
                returns=User,
                required_key="uid",
            )
        )

    async def me(self) -> User:
        """The user of the credentials. Vendor page: "Other Calls", GET users/me; a redirect.

        :raises Unauthorized: the credentials are not accepted.
        """
        return await self._transport.send(
            get(build_path("users/me"), returns=User, required_key="uid")
        )

    async def update(self, uid: str | int, changes: UserUpdate | Mapping[str, Any]) -> None:
        """Change one user. Vendor page: "update".

        :param changes: only the fields to change; an ``id`` among them must be ``uid``.
        :raises InvalidInput: a field does not fit, or there is nothing to change.
        :raises NotFound: no such user.
        """
        path = build_path("users/{uid:person}", uid=uid)
        body = change(changes)
        if str(body.pop("id", uid)) != str(uid):
            raise InvalidInput("the change names another user's id than the call")
        if not body:
            raise InvalidInput("there is nothing to change")
        await self._transport.send(
            Call("PUT", str(path), route=path.route, body=body, repeatable=True)
        )

    async def delete(
        self, uid: str | int, *, keep_enrollments: bool, notify: bool, comment: str | None = None
    ) -> None:
        """Make one user inactive. Vendor page: "delete".

        :param keep_enrollments: ``False`` erases the user's grades and attendance, for ever; that
            is the vendor's default, so it has to be said.
        :param notify: whether the user is told by mail; the vendor's default is yes.
        :param comment: the reason, kept by the vendor.
        :raises NotFound: no such user.
        :raises OutcomeUnknown: the answer was lost; a deletion is never sent again by itself.
        """
        path = build_path("users/{uid:person}", uid=uid)
        query = delete_query(keep_enrollments=keep_enrollments, notify=notify, comment=comment)
        await self._transport.send(Call("DELETE", str(path), route=path.route, query=query))

    def list_inactive(self, *, limit: int = _PAGE) -> Pages[InactiveUser]:
        """All inactive users. Vendor page: "list (inactive)".

        :param limit: users a page, at least 2.
        """
        return self._pages(
            InactiveUser,
            Call(
                "GET",
                "users/inactive",
                route="users/inactive",
                query=query_params(limit=_checked_limit(limit)),
                returns=list[InactiveUser],
                envelope_key="user",
                repeatable=True,
            ),
        )

    async def get_inactive(self, uid: str | int) -> InactiveUser:
        """One inactive user. Vendor page: "view (inactive)".

        :raises NotFound: no inactive user has this id.
        """
        return await self._transport.send(
            get(
                build_path("users/inactive/{uid:person}", uid=uid),
                returns=InactiveUser,
                required_key="uid",
                about=about("uid", uid),
            )
        )

    async def languages(self) -> builtins.list[Language]:
        """The interface languages. Vendor page: "Other Calls", GET users/languages."""
        return await self._transport.send(
            get(build_path("users/languages"), returns=list[Language], envelope_key="language")
        )

    def _pages(self, row: type[Any], call: Call[Any]) -> Pages[Any]:
        return Pages(self._transport, call, row)


def _checked_limit(limit: int) -> int:
    if limit < 2:  # pages of one row can't overlap, so that a shift between them would not be seen
        raise InvalidInput("limit is at least 2 users a page")
    return limit


def _checked_school_uids(school_uids: Iterable[str | int] | None) -> list[str] | None:
    if school_uids is None:
        return None
    wanted = ids_of(school_uids, what="school_uids")
    if len(wanted) > MOST_SCHOOL_UIDS:
        raise InvalidInput(f"at most {MOST_SCHOOL_UIDS} school_uids at a time, not {len(wanted)}")
    if any("," in school_uid or not school_uid.strip() for school_uid in wanted):
        raise InvalidInput(
            "a school_uid that is blank or holds a comma can't be asked for in a list"
        )
    return wanted
