"""Connections of users, and invites. Vendor pages: Network, Requests, Invites."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Flag, Id


@attrs.define(kw_only=True, repr=False)
class NetworkUser(Record):
    """A connection of a user."""

    uid: Id | None = None
    name: str | None = None
    name_title: str | None = None
    name_title_show: Flag | None = None
    name_first: str | None = None
    name_first_preferred: str | None = None
    use_preferred_first_name: Flag | None = None
    name_middle: str | None = None
    name_middle_show: Flag | None = None
    name_last: str | None = None
    #: The name that Schoology shows to other users.
    name_display: str | None = None
    picture_url: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FriendRequest(Record):
    """A connection request that the user has not answered yet."""

    id: Id | None = None
    #: Schoology's id of the user who sent the request.
    requester_id: Id | None = None
    requester_name: str | None = None
    picture_url: str | None = None
    school_name: str | None = None
    school_id: Id | None = None
    #: When it was sent, in the form that Schoology returns.
    created: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Invite(Record):
    """An invite to a section or group that the user has not answered yet."""

    id: Id | None = None
    section_id: Id | None = None
    section_name: str | None = None
    group_id: Id | None = None
    group_name: str | None = None
    picture_url: str | None = None
    school_name: str | None = None
    school_id: Id | None = None
    #: When it was sent, in the form that Schoology returns.
    created: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
