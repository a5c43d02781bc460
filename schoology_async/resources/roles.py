"""``schoology.roles``. Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/roles"""

from __future__ import annotations

import builtins

from lms_async.http.call import about
from lms_async.http.urls import build_path

from ..models.role import Role, RoleLists
from .base import SchoologyResource


class Roles(SchoologyResource):
    """Roles of people. The API can't change them."""

    async def list(self) -> builtins.list[Role]:
        """List all roles. Vendor page: "list".

        :returns: the roles of the school, and then the roles that replace one of them in a building
            (``role_type`` 2).
        """
        lists = await self._get(build_path("roles"), RoleLists, required_key="role")
        return [*(lists.role or ()), *(lists.building_role or ())]

    async def get(self, role_id: str | int) -> Role:
        """Get one role. Vendor page: "view".

        :raises NotFound: there is no such role.
        """
        path = build_path("roles/{role_id:number}", role_id=role_id)
        return await self._get(path, Role, required_key="id", about=about("id", role_id))
