"""Records of the school: deletions, emails, and links between people."""

from __future__ import annotations

from attrs import define, frozen

from .accounts import Account


@frozen
class Delete:
    """One account that was made inactive, with the options."""

    uid: str
    school_uid: str
    keep_enrollments: bool
    emailed: bool
    comment: str


@frozen
class Reactivation:
    """One account that was made active again, and whether its courses and groups were restored."""

    uid: str
    reenrolled: bool


@frozen
class Mail:
    """An email that the vendor sent to a person."""

    uid: str
    subject: str
    """``login information`` or ``made inactive``."""


@frozen
class Inactive:
    """An account that was deleted."""

    account: Account
    inactive_timestamp: int
    modified_by_uid: str


@define
class EmailConflicts:
    """What to do on creation if the email address is taken."""

    ignore: bool = False
    resolution: int | None = None


class Links:
    """The parents, or the advisors, of each student."""

    def __init__(self) -> None:
        self._of: dict[str, list[str]] = {}
        self._students: dict[str, list[str]] = {}

    def __contains__(self, tie: tuple[str, str]) -> bool:
        """Return whether ``(student's uid, other's uid)`` are linked."""
        student, other = tie
        return other in self._of.get(student, ())

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def link(self, student: str, other: str) -> None:
        """Link the two. Repeating it does nothing."""
        if (student, other) not in self:
            self._of.setdefault(student, []).append(other)
            self._students.setdefault(other, []).append(student)

    def unlink(self, student: str, other: str) -> None:
        """Unlink the two, if they are linked."""
        if (student, other) in self:
            self._of[student].remove(other)
            self._students[other].remove(student)

    def of(self, student: str) -> list[str]:
        """Return the uids of a student's parents or advisors."""
        return list(self._of.get(student, ()))

    def students(self, other: str) -> list[str]:
        """Return the uids of a parent's or advisor's students."""
        return list(self._students.get(other, ()))
