"""The school that a sandbox serves. Tests look into it and change it."""

from __future__ import annotations

from typing import Self

from . import seed as seeds
from .school_state import SchoolState


class School(SchoolState):
    """A school, which both APIs show. Everything in it is found by its ``id``, a number."""

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
        """A school of this size, the same for the same seed.

        Every student is in one of six IB groups. Classes are empty, unless ``members`` says how
        many students each has; then each has a teacher too.
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
