"""Models of academic years, their terms and calendars. Vendor page: Academics."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    Flag,
    Id,
    Needed,
    Unset,
)

from .fields import NeededDay


@attrs.define(kw_only=True, repr=False)
class AcademicTerm(Record):
    """A term of an academic year."""

    id: Id | None = None
    academic_year_id: Id | None = None
    name: str | None = None
    active: Flag | None = None
    #: ``YYYY-MM-DD``, as in the response.
    starts_on: str | None = None
    ends_on: str | None = None
    locked: Flag | None = None
    #: Whether the term has an exam grade. Written as ``enable_exam_grade``.
    exam_grade: Flag | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class AcademicYear(Record):
    """An academic year of one program. ManageBac derives its name and dates from its terms."""

    id: Id | None = None
    name: str | None = None
    active: Flag | None = None
    #: ``YYYY-MM-DD``, as in the response.
    starts_on: str | None = None
    ends_on: str | None = None
    #: The program's code.
    program: str | None = None
    academic_terms: list[AcademicTerm] | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _TermFields(Record):
    """The optional fields of a term that can be written."""

    locked: bool | Unset = UNSET
    #: Shown by the vendor as ``exam_grade``.
    enable_exam_grade: bool | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class AcademicTermCreate(_TermFields):
    """A term to create."""

    name: Needed
    starts_on: NeededDay
    ends_on: NeededDay


@attrs.define(kw_only=True, repr=False)
class AcademicTermUpdate(_TermFields):
    """Changes to a term. Only the fields that are set are changed."""

    name: str | Unset = UNSET
    starts_on: NeededDay | Unset = UNSET
    ends_on: NeededDay | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class CalendarDate(Record):
    """A day of a calendar."""

    #: ``YYYY-MM-DD``, as in the response.
    date: str | None = None
    #: The number of the day in the rotation.
    rotation_day: int | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Calendar(Record):
    """The calendar of an academic year."""

    start_date: str | None = None
    end_date: str | None = None
    #: E.g. ``Rotation Cycle``.
    calendar_type: str | None = None
    #: The number of days in the rotation.
    rotation_cycle: int | None = None
    ignore_holidays: Flag | None = None
    #: Numbers of weekdays, from 0, a Sunday, to 6.
    days_off: list[int] | None = None
    dates: list[CalendarDate] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
