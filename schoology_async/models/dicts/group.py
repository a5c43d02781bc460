"""Groups as TypedDicts."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    AnyNumber,
    Flag,
    Needed,
)

from ..choices import InviteType, PrivacyLevel
from ..group import GroupOptionsUpdate


class GroupOptionsUpdateDict(TypedDict, total=False):
    """The fields of :class:`GroupOptionsUpdate`, as a mapping."""

    invite_type: InviteType
    member_post: Flag
    member_post_comment: Flag
    create_discussion: Flag
    create_files: Flag


class _GroupFields(TypedDict, total=False):
    """The fields that can be set when a group is created and when it is updated."""

    building_id: AnyNumber | None
    description: str | None
    website: str | None
    category: str | None
    group_code: AnyId | None
    privacy_level: PrivacyLevel
    options: GroupOptionsUpdate | GroupOptionsUpdateDict


class GroupCreateDict(_GroupFields, total=False):
    """The fields of :class:`GroupCreate`, as a mapping."""

    title: Required[Needed]


class GroupUpdateDict(_GroupFields, total=False):
    """The fields of :class:`GroupUpdate`, as a mapping."""

    title: str
