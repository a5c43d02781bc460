"""Groups of people."""

from __future__ import annotations

from typing import Any

from attrs import Factory, define, evolve

from ..accounts import Fields, Rejected
from . import fields as read
from .enrollments import Enrollments
from .sections import access_code
from .store import Store

CATEGORIES = (
    ("abroad", "Abroad/Overseas Groups"),
    ("advising", "Advising Groups"),
    ("alumni", "Alumni Groups"),
    ("career", "Career Groups"),
    ("extracurricular", "Extracurricular Groups"),
)

OPTIONS = {
    "member_post": 1,
    "member_post_comment": 1,
    "create_discussion": 0,
    "create_files": 0,
    "invite_type": 0,
}
"""The options and their defaults."""


@define
class Group:
    """A group. Field names are the vendor's."""

    id: str
    building_id: str
    access_code: str
    title: str = ""
    description: str = ""
    website: str = ""
    category: str | None = None
    group_code: str = ""
    privacy_level: str = "school"
    options: dict[str, int] = Factory(lambda: dict(OPTIONS))


_READERS = {
    "title": read.text,
    "description": read.text,
    "website": read.text,
    "category": read.optional_text,
    "group_code": read.text,
    "privacy_level": read.one_of("everyone", "school", "building", "group"),
    "building_id": read.identity,
    "options": read.options(
        dict.fromkeys(OPTIONS, read.flag) | {"invite_type": read.whole(0, 2)},
    ),
}


class Groups(Store[Group]):
    """The groups of the school. ``creates`` and ``deletes`` count by title."""

    noun = "group"

    def __init__(self, building_id: str, enrollments: Enrollments) -> None:
        super().__init__(5604275)
        self._building_id = building_id
        self._enrollments = enrollments

    def by_access_code(self, code: str) -> Group | None:
        """Return the group with this access code."""
        return next((each for each in self if code and each.access_code == code), None)

    def add(self, fields: Fields | None = None, **more: Any) -> Group:
        """Add a group without the vendor's rules and without counting it as created."""
        given = {**(fields or {}), **more}
        identity = str(given.pop("id", "")) or self.new_id()
        new = Group(identity, self._building_id, access_code(f"group {identity}"))
        return self._keep(new, read.known(given, _READERS))

    def create(self, fields: Fields) -> Group:
        """Create a group, or raise :class:`Rejected`."""
        if not read.known(fields, _READERS).get("title"):
            raise Rejected(400, "title is required.")
        group = self.add({name: value for name, value in fields.items() if name != "id"})
        self.creates[group.title] += 1
        return group

    def update(self, identity: str, fields: Fields) -> None:
        """Change the fields in ``fields``, or raise :class:`Rejected`."""
        group = self.find(identity)
        changes = read.known(fields, _READERS)
        if not changes.get("title", "kept"):
            raise Rejected(400, "title is required.")
        self._keep(group, changes)
        self.updates[identity] += 1

    def delete(self, identity: str) -> None:
        """Delete a group and its enrollments, or raise :class:`Rejected`."""
        group = self.find(identity)
        self._enrollments.drop_realm("group", identity)
        del self.by_id[identity]
        self.deletes[group.title] += 1

    def _keep(self, group: Group, changes: dict[str, Any]) -> Group:
        options = group.options | changes.pop("options", {})
        self.by_id[group.id] = kept = evolve(group, **changes, options=options)
        return kept
