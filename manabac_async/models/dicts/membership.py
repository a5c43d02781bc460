"""Members of classes as mappings."""

from __future__ import annotations

from typing import Required, TypedDict

from ..converter import Level
from ..fields import WholeId


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


class ClassTeacherPlaceDict(TypedDict, total=False):
    """The fields of :class:`ClassTeacherPlace`, as a mapping."""

    class_id: Required[WholeId]
    teacher_id: Required[WholeId]


class ClassStudentPlaceDict(TypedDict, total=False):
    """The fields of :class:`ClassStudentPlace`, as a mapping."""

    class_id: Required[WholeId]
    student_id: Required[WholeId]
