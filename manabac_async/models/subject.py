"""Models of subjects, subject groups and assessment types. Vendor page: Academics."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    Flag,
    Id,
    Needed,
    Unset,
)

from .fields import Texts, WholeId

#: The highest phase of a subject group. It is sent as a text.
MaxPhase = Literal["4", "5"]


@attrs.define(kw_only=True, repr=False)
class Subject(Record):
    """A subject of one program."""

    id: Id | None = None
    subject_group_id: Id | None = None
    #: Whether the school has added the subject.
    custom: Flag | None = None
    name: str | None = None
    title: str | None = None
    description: str | None = None
    #: Whether the subject is taught on this level.
    sl: Flag | None = None
    hl: Flag | None = None
    #: Lists have ``sl_code`` and ``hl_code`` instead.
    code: Id | None = None
    sl_code: Id | None = None
    hl_code: Id | None = None
    #: E.g. ``phases``.
    scope_and_sequence_based_on: str | None = None
    self_taught: Flag | None = None
    phases: Texts | None = None
    levels: Texts | None = None
    enabled: Flag | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _SubjectFields(Record):
    """The optional fields of a subject that can be written."""

    title: str | Unset = UNSET
    description: str | Unset = UNSET
    #: E.g. ``phases``.
    scope_and_sequence_based_on: str | Unset = UNSET
    code: AnyId | Unset = UNSET
    sl: bool | Unset = UNSET
    hl: bool | Unset = UNSET
    enabled: bool | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SubjectCreate(_SubjectFields):
    """A subject to create."""

    name: Needed
    subject_group_id: WholeId


@attrs.define(kw_only=True, repr=False)
class SubjectUpdate(_SubjectFields):
    """Changes to a subject.

    In the vendor's sample, only ``subject_group_id``, ``enabled``, ``name``, ``title`` and
    ``scope_and_sequence_based_on`` are accepted.
    """

    name: str | Unset = UNSET
    subject_group_id: WholeId | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SubjectGroup(Record):
    """A group of subjects of one program."""

    id: Id | None = None
    name: str | None = None
    #: Whether the school has added the group. Lists do not show it.
    custom: Flag | None = None
    max_phase: str | None = None
    #: The program's code.
    program: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class SubjectGroupCreate(Record):
    """A subject group to create."""

    name: Needed
    #: Only in the PYP; by default ``"5"``.
    max_phase: MaxPhase | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class SubjectGroupUpdate(Record):
    """Changes to a subject group. Only the fields that are set are changed."""

    name: str | Unset = UNSET
    max_phase: MaxPhase | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class AssessmentType(Record):
    """A type of assessment of one program."""

    id: Id | None = None
    #: E.g. ``summative``.
    kind: str | None = None
    name: str | None = None
    #: E.g. ``#478cfe``.
    color_code: str | None = None
    #: E.g. ``binary``.
    available_assessments: Texts | None = None
    #: E.g. ``criteria``.
    required_assessments: Texts | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
