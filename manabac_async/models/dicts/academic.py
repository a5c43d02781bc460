"""Terms, subjects and subject groups as mappings."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import AnyId, Needed

from ..fields import NeededDay, WholeId
from ..subject import MaxPhase


class _TermFields(TypedDict, total=False):
    """The optional fields of a term."""

    locked: bool
    enable_exam_grade: bool


class AcademicTermCreateDict(_TermFields, total=False):
    """The fields of :class:`AcademicTermCreate`, as a mapping."""

    name: Required[Needed]
    starts_on: Required[NeededDay]
    ends_on: Required[NeededDay]


class AcademicTermUpdateDict(_TermFields, total=False):
    """The fields of :class:`AcademicTermUpdate`, as a mapping."""

    name: str
    starts_on: NeededDay
    ends_on: NeededDay


class _SubjectFields(TypedDict, total=False):
    """The optional fields of a subject."""

    title: str
    description: str
    scope_and_sequence_based_on: str
    code: AnyId
    sl: bool
    hl: bool
    enabled: bool


class SubjectCreateDict(_SubjectFields, total=False):
    """The fields of :class:`SubjectCreate`, as a mapping."""

    name: Required[Needed]
    subject_group_id: Required[WholeId]


class SubjectUpdateDict(_SubjectFields, total=False):
    """The fields of :class:`SubjectUpdate`, as a mapping."""

    name: str
    subject_group_id: WholeId


class SubjectGroupCreateDict(TypedDict, total=False):
    """The fields of :class:`SubjectGroupCreate`, as a mapping."""

    name: Required[Needed]
    max_phase: MaxPhase


class SubjectGroupUpdateDict(TypedDict, total=False):
    """The fields of :class:`SubjectGroupUpdate`, as a mapping."""

    name: str
    max_phase: MaxPhase
