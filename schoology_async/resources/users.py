"""``schoology.users``: read users, and write one user at a time.

The bulk methods are in ``many_users.py``. The methods for the records of one user, such as grades,
are in ``user_records.py``.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/user
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable

from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.records.scalar_rules import ids_of
from lms_async.resource import changes_of

from ..models import InactiveUser, Language, User
from .base import PAGE_SIZE
from .deletion import delete_query
from .exports import UserExports
from .filters import PictureSize, filter_ids, filter_queries, flags
from .many_users import ManyUsers, NewUser, UserChange, change, new_user
from .user_records import UserRecords


class Users(ManyUsers, UserRecords, UserExports):
    """Users of the school. All ids may be texts or numbers."""

    async def create(self, user: NewUser) -> User:
        """Create one user. Vendor page: "create".

        :param user: the user's fields. ``school_uid``, ``name_first``, ``name_last``, ``role_id``
            and one of ``username`` and ``primary_email`` are required.
        :returns: the user as created, with its ``uid``.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises BadRequest: Schoology refused, e.g. because the ``school_uid`` exists.
        :raises OutcomeUnknown: the response was lost. Look up the ``school_uid`` before you try
            again.
        """
        return await self._send(
            "POST", build_path("users"), new_user(user), returns=User, required_key="uid"
        )

    def list(
        self,
        *,
        building_id: str | int | None = None,
        role_ids: Iterable[str | int] | None = None,
        parent_access_codes: bool = False,
        school_uids: Iterable[str | int] | None = None,
        picture_size: PictureSize | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Pages[User]:
        """List all users that the account may see, over all pages. Vendor page: "list".

        :param building_id: only users of this building.
        :param role_ids: only users with one of these roles.
        :param parent_access_codes: add the access codes. They are in ``User.extra``, since the
            vendor does not document their key.
        :param school_uids: only users with these ids of the school's own; any number of ids. They
            are requested 50 at a time, or fewer if the URL would become too long.
        :param picture_size: the size of the pictures that the users link to.
        :param page_size: users per page, at least 2. Schoology returns at most 200.
        :returns: ``await`` it for a list, or iterate over it. Users come in the vendor's order, and
            no user comes twice. With ``school_uids``, the users of the first 50 ids come first, and
            so on.
        :raises InvalidInput: ``page_size`` is below 2, or a ``school_uid`` is blank or contains a
            comma, which the vendor's filter does not support.
        """
        query = query_params(
            building_id=building_id,
            role_ids=None if role_ids is None else ids_of(role_ids, what="role_ids"),
            picture_size=picture_size,
        ) + flags(parent_access_codes=parent_access_codes)
        wanted = None if school_uids is None else filter_ids(school_uids, what="school_uid")
        return self._paged(
            build_path("users"),
            User,
            envelope_key="user",
            page_size=page_size,
            query=query,
            filters=filter_queries("school_uids", wanted)
            if wanted
            else [query_params(school_uids=wanted)],
        )

    async def count(self) -> int:
        """Count the users that the account may see, mostly with one request.

        Only if Schoology's list has no ``total``, all pages are read.
        """
        return await self._count(build_path("users"), User, envelope_key="user")

    async def get(self, uid: str | int, *, picture_size: PictureSize | None = None) -> User:
        """Get one user by Schoology's id. Vendor page: "view".

        :param picture_size: the size of the picture that the user links to.
        :raises NotFound: there is no such user, or the account may not see it.
        """
        path = build_path("users/{uid:person}", uid=uid)
        query = query_params(picture_size=picture_size)
        known = about("uid", uid)
        return await self._get(path, User, query=query, required_key="uid", about=known)

    async def get_by_school_uid(self, school_uid: str | int) -> User:
        """Get one user by the school's own id. The vendor redirects to the user.

        :raises NotFound: no user has this ``school_uid``.
        :raises CrossHostRedirect: the redirect leads to another host.
        """
        path = build_path("users/ext/{school_uid:person}", school_uid=school_uid)
        return await self._get(path, User, required_key="uid")

    async def me(self) -> User:
        """Get the user of the credentials. Vendor page: "Other Calls", GET users/me (a redirect).

        :raises Unauthorized: the credentials are not accepted.
        """
        return await self._get(build_path("users/me"), User, required_key="uid")

    async def update(self, uid: str | int, changes: UserChange) -> None:
        """Update one user. Vendor page: "update".

        :param changes: only the fields to change. If they contain an ``id``, it must equal ``uid``.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such user.
        """
        path = build_path("users/{uid:person}", uid=uid)
        await self._send("PUT", path, changes_of(change, changes, id_=uid), repeatable=True)

    async def delete(
        self, uid: str | int, *, keep_enrollments: bool, notify: bool, comment: str | None = None
    ) -> None:
        """Make one user inactive. Vendor page: "delete".

        :param keep_enrollments: ``False`` erases the user's grades and attendance permanently. This
            is the vendor's default, so you have to choose.
        :param notify: whether Schoology notifies the user by email. The vendor's default is yes.
        :param comment: the reason, kept by the vendor.
        :raises NotFound: there is no such user.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        path = build_path("users/{uid:person}", uid=uid)
        query = delete_query(keep_enrollments=keep_enrollments, notify=notify, comment=comment)
        await self._send("DELETE", path, query=query)

    def list_inactive(self, *, page_size: int = PAGE_SIZE) -> Pages[InactiveUser]:
        """List all inactive users. Vendor page: "list (inactive)".

        :param page_size: users per page, at least 2. Schoology returns at most 200.
        """
        path = build_path("users/inactive")
        return self._paged(path, InactiveUser, envelope_key="user", page_size=page_size)

    async def get_inactive(self, uid: str | int) -> InactiveUser:
        """Get one inactive user. Vendor page: "view (inactive)".

        :raises NotFound: no inactive user has this id.
        """
        path = build_path("users/inactive/{uid:person}", uid=uid)
        return await self._get(path, InactiveUser, required_key="uid", about=about("uid", uid))

    async def languages(self) -> builtins.list[Language]:
        """List the interface languages. Vendor page: "Other Calls", GET users/languages."""
        path = build_path("users/languages")
        return await self._get_all(path, Language, envelope_key="language")
