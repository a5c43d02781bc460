"""The school that a sandbox serves. Tests may read and change it."""

from __future__ import annotations

from typing import Self

from . import seed as seeds
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
    ) -> Self:
        """Return a school of this size. The same seed gives the same school.

        Every student is in one of six IB groups. Each class has ``members`` students and, unless
        that is 0, a teacher.
        """
        school = cls(seed)
        seeds.fill(
            school,
            students=students,
            teachers=teachers,
            classes=classes,
            parents=parents,
            members=members,
        )
        return school
