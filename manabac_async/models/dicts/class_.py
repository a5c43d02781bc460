"""Classes and places in year groups as mappings."""

from __future__ import annotations

from typing import Required, TypedDict

from lms_async.records.scalars import AnyId, Needed, NumberList

from ..fields import TextList, WholeId


class _ClassFields(TypedDict, total=False):
    """The fields of a class that can be written on creation and later."""

    description: str
    uniq_id: AnyId
    class_section: str
    subject_ids: NumberList
    sl: bool
    hl: bool
    subject_option: TextList
    lock_memberships: str


class ClassCreateDict(_ClassFields, total=False):
    """The fields of :class:`ClassCreate`, as a mapping."""

    program: Required[Needed]
    grade_number: Required[int]
    language: Required[Needed]
    start_term_id: Required[WholeId]
    end_term_id: Required[WholeId]
    name: str
    subject_id: WholeId


class ClassUpdateDict(_ClassFields, total=False):
    """The fields of :class:`ClassUpdate`, as a mapping."""

    id: WholeId
    name: str
    language: str
    end_term_id: WholeId
    archived: bool


class ClassUpsertDict(_ClassFields, total=False):
    """The fields of :class:`ClassUpsert`, as a mapping."""

    id: WholeId
    program: str
    grade_number: int
    language: str
    start_term_id: WholeId
    end_term_id: WholeId
    name: str
    subject_id: WholeId
    archived: bool


class YearGroupPlaceDict(TypedDict, total=False):
    """The fields of :class:`YearGroupPlace`, as a mapping."""

    year_group_id: Required[WholeId]
    student_id: Required[WholeId]
