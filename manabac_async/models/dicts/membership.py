"""Members of classes as mappings."""

from __future__ import annotations

from typing import Required, TypedDict

from ..converter import Level


class StudentPlaceDict(TypedDict, total=False):
    """The fields of :class:`StudentPlace`, as a mapping."""

    id: Required[int]
    level: Level | None


class MembershipPlaceDict(TypedDict, total=False):
    """The fields of :class:`MembershipPlace`, as a mapping."""

    class_id: Required[int]
    student_id: Required[int]
    level: Level | None


class TeacherPlaceDict(TypedDict, total=False):
    """The fields of :class:`TeacherPlace`, as a mapping."""

    id: Required[int]
    show_on_reports: bool
