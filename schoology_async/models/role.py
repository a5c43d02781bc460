"""Roles. Vendor page: Roles, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Flag, Id

from .bare import BareList


@attrs.define(kw_only=True, repr=False)
class Role(Record):
    """A role; its ``id`` is what ``UserCreate.role_id`` takes."""

    id: Id | None = None
    title: str | None = None
    #: Whether people with this role are faculty.
    faculty: Flag | None = None
    #: 1 for a role of the whole school, 2 for one that a building has in its place.
    role_type: int | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class RoleLists(Record):
    """The response to a request for all roles: two lists."""

    role: BareList[Role] | None = None
    #: Roles that buildings have in place of the school's; there may be none.
    building_role: BareList[Role] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
