"""``schoology.groups``. ``schoology.enrollments`` has the members of groups.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/group
"""

from __future__ import annotations

import builtins

from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import build_path, query_params
from lms_async.resource import changes_of

from ..models import Group, GroupCategory
from .base import PAGE_SIZE, SchoologyResource
from .filters import PictureSize
from .sending.groups import GroupChange, NewGroup, group_change, new_group


class Groups(SchoologyResource):
    """Groups of people."""

    def list(
        self, *, building_id: str | int | None = None, page_size: int = PAGE_SIZE
    ) -> Pages[Group]:
        """List all groups that the account may see, over all pages. Vendor page: "list".

        :param building_id: only groups of this building.
        :param page_size: groups per page, at least 2. Schoology returns at most 200.
        """
        query = query_params(building_id=building_id)
        path = build_path("groups")
        return self._paged(path, Group, envelope_key="group", page_size=page_size, query=query)

    async def create(self, group: NewGroup) -> Group:
        """Create one group. Vendor page: "create".

        :param group: the fields of the group. ``title`` is required.
        :returns: the group as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look up the group before you try again.
        """
        return await self._send(
            "POST", build_path("groups"), new_group(group), returns=Group, required_key="id"
        )

    async def get(self, group_id: str | int, *, picture_size: PictureSize | None = None) -> Group:
        """Get one group. Vendor page: "view".

        :param picture_size: the size of the picture that the group links to.
        :raises NotFound: there is no such group, or the account may not see it.
        """
        path = build_path("groups/{group_id:number}", group_id=group_id)
        query = query_params(picture_size=picture_size)
        known = about("id", group_id)
        return await self._get(path, Group, query=query, required_key="id", about=known)

    async def update(self, group_id: str | int, changes: GroupChange) -> None:
        """Update one group. Vendor page: "update".

        :param changes: only the fields to change.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such group.
        """
        path = build_path("groups/{group_id:number}", group_id=group_id)
        body = changes_of(group_change, changes, id_=group_id)
        await self._send("PUT", path, body, repeatable=True)

    async def delete(self, group_id: str | int) -> None:
        """Delete one group. Vendor page: "delete".

        :raises NotFound: there is no such group.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        await self._send("DELETE", build_path("groups/{group_id:number}", group_id=group_id))

    async def categories(self) -> builtins.list[GroupCategory]:
        """List the categories that a group can have. Vendor page: "categories"."""
        path = build_path("groups/categories")
        return await self._get_all(path, GroupCategory, envelope_key="category")
