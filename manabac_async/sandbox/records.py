"""The records of a ManageBac school. The field names are the vendor's, where it has names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from attrs import Factory, define, frozen

Kind = Literal["student", "parent", "advisor"]
"""The types of people as in v1. An advisor is called a teacher in v2."""

KINDS: tuple[Kind, ...] = ("student", "parent", "advisor")

LEVELS = ("SL", "HL")
"""The levels. ``GET memberships`` has their positions, 0 and 1, instead (v2-endpoints.md, 1.8)."""


class Rejected(Exception):
    """The vendor refuses a write. ``reasons`` has one message per error."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


@define
class Person:
    """A student, a parent or an advisor."""

    id: int
    kind: Kind
    email: str
    student_id: str = ""
    """The school's own id of a student."""
    archived: bool = False
    admin: bool = False
    """Whether an advisor is an administrator."""
    kin: list[int] = Factory(list)
    """A student's parents, or a parent's children."""
    homeroom_advisor: int | None = None
    has_password: bool = False
    """Whether a password was set. The password is not stored."""
    fields: dict[str, Any] = Factory(dict)
    """All other fields of v1."""
    extra: dict[str, Any] = Factory(dict)
    """Keys to add to every v1 response about this person, for tests of unknown fields."""


@frozen
class Term:
    """A term of an academic year."""

    id: int
    starts_on: date
    ends_on: date


@define
class Class:
    """A class."""

    id: int
    name: str
    uniq_id: str | None = ""
    grade: str = ""
    class_type: str = ""
    archived: bool = False
    start_term_id: int | None = None
    end_term_id: int | None = None


@define
class YearGroup:
    """A year group. v1 calls it an IB group."""

    id: int
    name: str
    program_code: str = "diploma"
    program: str = "IB Diploma"
    grade: str = ""
    uniq_id: str | None = None
    archived: bool = False
    student_ids: list[int] = Factory(list)


@define
class Group:
    """Any other group of students, such as a club."""

    id: int
    name: str
    archived: bool = False
    student_ids: list[int] = Factory(list)


@define
class Membership:
    """One user in one class: a student with or without a level, or a teacher."""

    id: int
    class_id: int
    user_id: int
    teaches: bool
    created_at: datetime
    updated_at: datetime
    level: str | None = None
    show_on_reports: bool = True
    deleted_at: datetime | None = None


EPOCH = datetime(2021, 6, 28, 12, 39, 52, tzinfo=UTC)
"""The time of all changes that were not made by a request, from the documents' samples."""
