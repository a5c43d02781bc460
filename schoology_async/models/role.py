"""Roles. Vendor page: Roles, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Flag, Id

from .bare import BareList


@attrs.define(kw_only=True, repr=False)
class Role(Record):
    """A role. ``UserCreate.role_id`` takes its ``id``."""

    id: Id | None = None
    title: str | None = None
    #: Whether people with this role are faculty.
    faculty: Flag | None = None
    #: 1 for a role of the whole school, 2 for a role that replaces it in one building.
    role_type: int | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class RoleLists(Record):
    """The response to a request for all roles: two lists."""

    role: BareList[Role] | None = None
    #: Roles that replace a role of the school in one building.
    building_role: BareList[Role] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
