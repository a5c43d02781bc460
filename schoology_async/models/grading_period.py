"""Grading periods. Vendor page: Grading Periods, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    Day,
    Flag,
    Id,
    Needed,
    Unset,
)


@attrs.define(kw_only=True, repr=False)
class GradingPeriod(Record):
    """A grading period of the school."""

    id: Id | None = None
    title: str | None = None
    #: The first day.
    start: Day | None = None
    #: The last day.
    end: Day | None = None
    active: Flag | None = None
    #: Schoology's id of the period that contains this one.
    parent: Id | None = None
    has_children: Flag | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class SectionGradingPeriod(Record):
    """A grading period of a section."""

    id: Id | None = None
    title: str | None = None
    #: The first day.
    start: Day | None = None
    #: The last day.
    end: Day | None = None
    #: How much the period counts in the section's grade.
    weight: float | None = None
    #: Schoology's id of the period that contains this one; ``0`` if there is none.
    parent: Id | None = None
    has_children: Flag | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class GradingPeriodCreate(Record):
    """A grading period to create."""

    #: Unique in the school.
    title: Needed
    #: The first day, ``YYYY-MM-DD`` or ``DD.MM.YYYY``.
    start: Day
    #: The last day.
    end: Day


@attrs.define(kw_only=True, repr=False)
class GradingPeriodUpdate(Record):
    """Changes to a grading period. Fields that are not set stay unchanged."""

    title: str | Unset = UNSET
    start: Day | Unset = UNSET
    end: Day | Unset = UNSET
