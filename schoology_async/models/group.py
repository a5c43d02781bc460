"""Groups and their categories. Vendor page: Groups, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    AnyNumber,
    Flag,
    Id,
    Needed,
    Unset,
)

from .choices import InviteType, PrivacyLevel


@attrs.define(kw_only=True, repr=False)
class GroupOptions(Record):
    """The options of a group, as Schoology returns them."""

    #: How people join: 0 by invitation, 1 by a request that is accepted, 2 freely.
    invite_type: int | None = None
    member_post: Flag | None = None
    member_post_comment: Flag | None = None
    create_discussion: Flag | None = None
    create_files: Flag | None = None
    #: Keys of the response that this model does not know.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Group(Record):
    """A group of people."""

    id: Id | None = None
    school_id: Id | None = None
    building_id: Id | None = None
    title: str | None = None
    description: str | None = None
    website: str | None = None
    picture_url: str | None = None
    #: The ``id`` of a :class:`GroupCategory`.
    category: str | None = None
    #: The school's own id of the group. Schoology can't look up a group by this id.
    group_code: str | None = None
    #: The code that people enter to join. Schoology returns it to administrators only.
    access_code: str | None = None
    #: ``everyone``, ``school``, ``building``, ``group`` or ``custom``.
    privacy_level: str | None = None
    options: GroupOptions | None = None
    #: Whether the user of the credentials is an administrator of the group. ``groups.list`` does
    #: not return it.
    admin: Flag | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class GroupCategory(Record):
    """A category of groups. Its ``id`` is a word, such as ``advising``."""

    id: Id | None = None
    title: str | None = None
    #: Keys of the response that this model does not know.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class GroupOptionsUpdate(Record):
    """The options of a group that can be written."""

    #: How people join: 0 by invitation, 1 by a request that is accepted, 2 freely.
    invite_type: InviteType | Unset = UNSET
    member_post: Flag | Unset = UNSET
    member_post_comment: Flag | Unset = UNSET
    create_discussion: Flag | Unset = UNSET
    create_files: Flag | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields that a create and an update share. A field that is ``UNSET`` is not sent."""

    #: Schoology's id of the building.
    building_id: AnyNumber | Unset | None = UNSET
    description: str | Unset | None = UNSET
    website: str | Unset | None = UNSET
    #: The ``id`` of a :class:`GroupCategory`.
    category: str | Unset | None = UNSET
    #: The school's own id of the group.
    group_code: AnyId | Unset | None = UNSET
    privacy_level: PrivacyLevel | Unset = UNSET
    options: GroupOptionsUpdate | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class GroupCreate(_Writable):
    """A group to create."""

    title: Needed


@attrs.define(kw_only=True, repr=False)
class GroupUpdate(_Writable):
    """Changes to a group. Fields that are not set stay unchanged."""

    title: str | Unset = UNSET
