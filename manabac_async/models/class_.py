"""Models of classes: to read, to create and to update. Vendor page: Classes."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    Flag,
    Id,
    Needed,
    NumberList,
    Unset,
)

from .fields import TextList, Texts, WholeId


@attrs.define(kw_only=True, repr=False)
class ClassSubject(Record):
    """A subject of a class."""

    id: Id | None = None
    name: str | None = None
    subject_group_id: Id | None = None
    subject_group: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TeacherOfClass(Record):
    """A teacher in the list of teachers of a :class:`Class`."""

    #: ManageBac's id of the teacher.
    teacher_id: Id | None = None
    #: Whether reports name the teacher.
    show_on_reports: Flag | None = None
    #: Whether the teacher has left the school.
    teacher_archived: Flag | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Class(Record):
    """A class. ManageBac leaves out null values."""

    id: Id | None = None
    name: str | None = None
    description: str | None = None
    #: A language code, e.g. ``en``.
    language: str | None = None
    #: The school's own id of the class.
    uniq_id: Id | None = None
    #: E.g. ``A``.
    class_section: str | None = None
    start_term_id: Id | None = None
    end_term_id: Id | None = None
    #: The grade's label.
    grade: str | None = None
    #: The vendor's number for sorting. It differs from the grade's label and may be negative.
    grade_number: int | None = None
    #: E.g. ``HL`` and ``SL``.
    applicable_levels: Texts | None = None
    #: The program's name.
    program: str | None = None
    program_code: str | None = None
    subject_id: Id | None = None
    subject_name: str | None = None
    subject_group: str | None = None
    subject_group_id: Id | None = None
    subject_option: Texts | None = None
    #: E.g. ``students_only``. The other values are not documented.
    lock_memberships: str | None = None
    archived: Flag | None = None
    subjects: list[ClassSubject] | None = None
    teachers: list[TeacherOfClass] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _ClassFields(Record):
    """The fields of a class that can be written on creation and later."""

    description: str | Unset = UNSET
    #: The school's own id of the class.
    uniq_id: AnyId | Unset = UNSET
    #: E.g. ``A``.
    class_section: str | Unset = UNSET
    #: ManageBac's ids of the subjects, for a class of several.
    subject_ids: NumberList | Unset = UNSET
    #: Whether the class has students on this level.
    sl: bool | Unset = UNSET
    hl: bool | Unset = UNSET
    #: The phases of a language class.
    subject_option: TextList | Unset = UNSET
    #: Which members can't be added by hand, e.g. ``students_only``.
    lock_memberships: str | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ClassCreate(_ClassFields):
    """A class to create. ``subject_id`` or ``subject_ids`` is required too."""

    #: The program's code, e.g. ``myp``.
    program: Needed
    #: The vendor's number of the grade. It differs from the grade's label: see ``school.grades``.
    grade_number: int
    #: A language code, e.g. ``en``.
    language: Needed
    #: The first and the last term of the class.
    start_term_id: WholeId
    end_term_id: WholeId
    #: By default, ManageBac makes up a name from the program, subject, grade and section.
    name: str | Unset = UNSET
    subject_id: WholeId | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ClassUpdate(_ClassFields):
    """Changes to a class. Only the fields that are set are changed.

    The vendor refuses to change the program, grade, first term and subject of a class.
    """

    #: ManageBac's id of the class. ``update`` takes it as its own argument.
    id: WholeId | Unset = UNSET
    name: str | Unset = UNSET
    #: The vendor documents this field, but an example of the vendor shows it being rejected.
    language: str | Unset = UNSET
    end_term_id: WholeId | Unset = UNSET
    archived: bool | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ClassUpsert(_ClassFields):
    """A class to create, or to update if it has an ``id``. See :class:`ClassCreate` for the
    required fields of a new class, and :class:`ClassUpdate` for the fields that can be changed."""

    #: ManageBac's id of the class to update. Without it, the class is created.
    id: WholeId | Unset = UNSET
    program: str | Unset = UNSET
    grade_number: int | Unset = UNSET
    language: str | Unset = UNSET
    start_term_id: WholeId | Unset = UNSET
    end_term_id: WholeId | Unset = UNSET
    name: str | Unset = UNSET
    subject_id: WholeId | Unset = UNSET
    archived: bool | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class TermYear(Record):
    """The academic year of a term."""

    id: Id | None = None
    name: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class ClassTerm(Record):
    """A term of a class."""

    id: Id | None = None
    name: str | None = None
    #: ``YYYY-MM-DD``, as in the response.
    starts_on: str | None = None
    ends_on: str | None = None
    academic_year: TermYear | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
