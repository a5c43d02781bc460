"""Models of the school, its programs, grades and grade scales. Vendor page: Academics."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Flag, Id, IdList

from .fields import Texts


@attrs.define(kw_only=True, repr=False)
class EnabledProgram(Record):
    """A program that the school has."""

    name: str | None = None
    #: E.g. ``diploma``. Other calls take this code.
    code: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class School(Record):
    """The school to which the token belongs."""

    subdomain: str | None = None
    name: str | None = None
    #: E.g. ``US``.
    country: str | None = None
    #: E.g. ``en``.
    language: str | None = None
    session_in_may: Flag | None = None
    #: Paths of pictures.
    logo: str | None = None
    top_nav_logo: str | None = None
    high_res_logo: str | None = None
    #: Names of programs.
    programs: Texts | None = None
    enabled_programs: list[EnabledProgram] | None = None
    kbl_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Grade(Record):
    """A grade of a program."""

    #: The vendor's name.
    name: str | None = None
    #: The name that the school uses.
    label: str | None = None
    #: E.g. ``diploma;10``.
    code: str | None = None
    uid: Id | None = None
    #: The vendor's number for sorting. It differs from the label and may be negative.
    grade_number: int | None = None
    enabled: Flag | None = None
    program: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Program(Record):
    """A program and its grades."""

    name: str | None = None
    short_name: str | None = None
    uid: Id | None = None
    #: E.g. ``diploma``. Other calls take this code.
    code: str | None = None
    grades: list[Grade] | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class SchoolSubject(Record):
    """A subject of the school, as ``school.subjects`` lists them."""

    id: Id | None = None
    name: str | None = None
    #: The subject group.
    group: str | None = None
    group_id: Id | None = None
    hl: Flag | None = None
    sl: Flag | None = None
    self_taught: Flag | None = None
    levels: Texts | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TermGradeScale(Record):
    """A mark, and the lowest score for it."""

    #: In percent.
    score: float | None = None
    mark: str | None = None
    program_code: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class RubricOption(Record):
    """An option of a rubric."""

    id: Id | None = None
    value: str | None = None
    descriptor: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TermRubric(Record):
    """A rubric of the term reports."""

    id: Id | None = None
    title: str | None = None
    program_code: str | None = None
    #: E.g. ``All Subjects``.
    rubric_type: str | None = None
    #: ``Criteria``, ``Formula`` or ``Custom Field``.
    type: str | None = None
    #: E.g. ``active``.
    status: str | None = None
    #: Only of ``Criteria``.
    rubric_options: list[RubricOption] | None = None
    #: ``AVG`` or ``SUM``. Only a ``Formula`` has this, and the ids of its rubrics.
    formula: str | None = None
    formula_rubric_ids: IdList | None = None
    #: Only of a ``Custom Field``.
    suffix: str | None = None
    subject_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
