"""The school that a sandbox serves. Tests may read and change it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from . import seed as seeds
from .records import EPOCH
from .school_state import SchoolState


class School(SchoolState):
    """A school, which both APIs show."""

    @classmethod
    def seeded(
        cls,
        students: int = 0,
        teachers: int = 0,
        classes: int = 0,
        seed: int = 0,
        *,
        parents: int = 0,
        members: int = 0,
        year_groups: int = 6,
        school_year: int = 2025,
    ) -> Self:
        """Return a school of this size. The same seed gives the same school.

        Every student is in one of the year groups. Each class has ``members`` students and, unless
        that is 0, a teacher. Each program has academic years with terms, subjects and a report.

        :param school_year: the year in which the current school year begins. The terms are those of
            this school year and of the one before, and grade 12 graduates when the year ends.
        """
        school = cls(seed)
        size = seeds.Size(
            students=students,
            teachers=teachers,
            classes=classes,
            parents=parents,
            members=members,
            year_groups=year_groups,
            school_year=school_year,
        )
        seeds.fill(school, size)
        return school

    # -- deletions, which are possible only on the vendor's web pages

    def delete_person(self, user_id: int, *, at: datetime = EPOCH) -> None:
        """Delete a person and their links. Only ``deleted_since`` shows them from now on."""
        person = self.user(user_id)
        if person is None:
            raise KeyError(user_id)
        self.leave_everything(person, at)
        self.release(person)
        self.people(person.kind).deleted[user_id] = self.people(person.kind).pop(user_id)
        person.deleted_at = at

    def delete_class(self, class_id: int, *, at: datetime = EPOCH) -> None:
        """Delete a class and its memberships. Only ``deleted_since`` shows it from now on."""
        for teaches in (False, True):
            for membership in self.ledger.in_class(class_id, teaches=teaches):
                self.leave(class_id, membership.user_id, at=at)
        self.classes[class_id].deleted_at = at
        self.classes.deleted[class_id] = self.classes.pop(class_id)
