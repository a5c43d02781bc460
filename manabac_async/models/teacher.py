"""Models of teachers: to read, to create and to update. Vendor page: Teachers."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    Email,
    Flag,
    Id,
    Needed,
    Unset,
)

from .fields import NeededEmail, Texts, WholeId
from .person import Person, PersonFields


@attrs.define(kw_only=True, repr=False)
class Teacher(Person):
    """A teacher as ManageBac returns them. It leaves out null values."""

    #: Numbers of programs such as ``100_120``.
    programs: Texts | None = None
    #: Keys of the response that this model does not know, such as ``options`` after a creation.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TeacherCreate(PersonFields):
    """A teacher to create. ``email`` and ``last_name`` are required."""

    #: The email address with which the person signs in, unique in ManageBac.
    email: NeededEmail
    last_name: Needed


@attrs.define(kw_only=True, repr=False)
class TeacherUpdate(PersonFields):
    """Changes to a teacher. Only the fields that are set are changed; ``""`` clears a field."""

    #: ManageBac's id of the person, for ``update_many``. ``update`` has its own argument for it.
    id: WholeId | Unset = UNSET
    email: Email | Unset = UNSET
    last_name: str | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class TeacherClass(Record):
    """A class of one teacher."""

    id: Id | None = None
    #: The school's own id of the class.
    uniq_id: Id | None = None
    name: str | None = None
    archived: Flag | None = None
    start_term_id: Id | None = None
    end_term_id: Id | None = None
    #: Whether reports of the class name the teacher.
    show_on_reports: Flag | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class TeacherGroup(Record):
    """A group of one teacher."""

    id: Id | None = None
    name: str | None = None
    archived: Flag | None = None
    group_advisor: Flag | None = None
    primary_group_advisor: Flag | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
