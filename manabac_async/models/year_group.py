"""Models of year groups. Vendor page: Year Groups."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Flag, Id, IdList

from .fields import Texts, WholeId


@attrs.define(kw_only=True, repr=False)
class YearGroup(Record):
    """A year group: the students of one program who graduate together."""

    id: Id | None = None
    #: E.g. ``IB MYP Group of 2025 (Year 4)``.
    name: str | None = None
    short_name: str | None = None
    #: The program's name.
    program: str | None = None
    program_code: str | None = None
    #: The grade's label.
    grade: str | None = None
    #: The vendor's number for sorting. It differs from the grade's label and may be negative.
    grade_number: int | None = None
    archived: Flag | None = None
    graduation_year: int | None = None
    student_ids: IdList | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class YearGroupAdvisor(Record):
    """An advisor of a year group."""

    #: ManageBac's id of the teacher.
    id: Id | None = None
    #: ``homeroom``, ``cas``, ``ee``, ``tok``, and abbreviations of projects.
    roles: Texts | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class YearGroupPlace(Record):
    """A student to put into one of many year groups, or to remove from it."""

    #: ManageBac's id of the year group.
    year_group_id: WholeId
    #: ManageBac's id of the student.
    student_id: WholeId
