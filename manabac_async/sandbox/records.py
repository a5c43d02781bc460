"""The records of a ManageBac school. Field names are the vendor's, where the vendor has names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from attrs import Factory, define, field

Kind = Literal["student", "parent", "advisor"]
"""The types of people as in v1. An advisor is called a teacher in v2."""

KINDS: tuple[Kind, ...] = ("student", "parent", "advisor")

LEVELS = ("SL", "HL")
"""The levels. ``GET memberships`` has their positions, 0 and 1, instead (v2-endpoints.md, 1.8)."""

EPOCH = datetime(2021, 6, 28, 12, 39, 52, tzinfo=UTC)
"""The time of all changes that were not made by a request, from the documents' samples."""


class Rejected(Exception):
    """The sandbox rejects a write of v1. ``reasons`` has one message per error."""

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
    """All other fields, by the vendor's names."""
    extra: dict[str, Any] = Factory(dict)
    """Keys to add to every response about this person, for tests of unknown fields."""
    created_at: datetime = EPOCH
    updated_at: datetime = EPOCH
    deleted_at: datetime | None = None
    withdrawn_on: str | None = None
    graduated_on: str | None = None
    avatar: str | None = None
    """The URL or the file name of the picture."""


@define
class Class:
    """A class."""

    id: int
    name: str
    uniq_id: str | None = ""
    grade: str = ""
    class_type: str = ""
    """The name of the program, as v1 shows it."""
    archived: bool = False
    start_term_id: int | None = None
    end_term_id: int | None = None
    description: str = ""
    language: str = ""
    class_section: str = ""
    grade_number: int | None = None
    program_code: str = ""
    subject_ids: list[int] = Factory(list)
    subject_option: str = ""
    lock_memberships: str = ""
    sl: bool = False
    hl: bool = False
    created_at: datetime = EPOCH
    updated_at: datetime = EPOCH
    deleted_at: datetime | None = None
    extra: dict[str, Any] = Factory(dict)
    """Keys to add to every response of v2 about this class, for tests of unknown fields."""


class Ids(list[int]):
    """A list of ids with a fast ``in``. Change it only with ``append`` and ``remove``."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        super().__init__(ids)
        self._index = set(self)

    def __contains__(self, number: object) -> bool:
        return number in self._index

    def append(self, number: int) -> None:
        """Add an id."""
        super().append(number)
        self._index.add(number)

    def remove(self, number: int) -> None:
        """Remove an id, or raise ``ValueError``."""
        super().remove(number)
        self._index.discard(number)


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
    student_ids: list[int] = field(factory=Ids, converter=Ids)
    short_name: str = ""
    grade_number: int | None = None
    graduation_year: int | None = None
    advisors: dict[int, list[str]] = Factory(dict)
    """The roles of each teacher who advises the group, such as ``homeroom``."""
    updated_at: datetime = EPOCH


@define
class Group:
    """Any other group of students, such as a club."""

    id: int
    name: str
    archived: bool = False
    student_ids: list[int] = Factory(list)
    advisors: dict[int, bool] = Factory(dict)
    """The teachers of the group, and whether each is its primary advisor."""


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
