"""Roles, which can only be read."""

from __future__ import annotations

from attrs import define

from ..seed import ADMINISTRATOR, PARENT, STUDENT, TEACHER
from .store import Store


@define
class Role:
    """A role. ``role_type`` is 1 for the whole school, 2 for a replacement in one building."""

    id: str
    title: str
    faculty: int = 0
    role_type: int = 1


class Roles(Store[Role]):
    """The roles of the school, in the order of the documents' sample."""

    noun = "role"

    def __init__(self) -> None:
        super().__init__(1216)
        self.add("Parent", role_id=PARENT)
        self.add("School Admin", role_id=ADMINISTRATOR, faculty=1)
        self.add("Student", role_id=STUDENT)
        self.add("Teacher", role_id=TEACHER, faculty=1)

    def add(
        self, title: str, *, role_id: int | None = None, faculty: int = 0, role_type: int = 1
    ) -> Role:
        """Add a role."""
        identity = self.new_id() if role_id is None else str(role_id)
        role = Role(identity, title, faculty, role_type)
        self.by_id[role.id] = role
        return role
