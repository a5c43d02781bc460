"""Schools, buildings and grading periods as TypedDicts."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import (
    AnyId,
    Day,
    Needed,
    NeededNumber,
)


class _SchoolFields(TypedDict, total=False):
    """The fields that can be set when a school or building is created and when it is updated."""

    address1: str | None
    address2: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str | None
    website: str | None
    phone: str | None
    fax: str | None
    building_code: AnyId | None


class SchoolCreateDict(_SchoolFields, total=False):
    """The fields of :class:`SchoolCreate`, as a mapping."""

    title: Required[Needed]


class BuildingCreateDict(SchoolCreateDict, total=False):
    """The fields of :class:`BuildingCreate`, as a mapping."""

    school_id: Required[NeededNumber]


class SchoolUpdateDict(_SchoolFields, total=False):
    """The fields of :class:`SchoolUpdate`, as a mapping."""

    title: str


class GradingPeriodCreateDict(TypedDict, total=False):
    """The fields of :class:`GradingPeriodCreate`, as a mapping."""

    title: Required[Needed]
    start: Required[Day]
    end: Required[Day]


class GradingPeriodUpdateDict(TypedDict, total=False):
    """The fields of :class:`GradingPeriodUpdate`, as a mapping."""

    title: str
    start: Day
    end: Day
