"""Schools and their buildings, which have the same fields."""

from __future__ import annotations

from typing import Any

from attrs import define, evolve

from ..accounts import Fields, Rejected
from . import fields as read
from .store import Store


@define
class Building:
    """A school or a building. Fields that were never set are ``None``."""

    id: str
    title: str
    school_id: str | None = None
    """The id of a building's school; ``None`` for a school."""
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    website: str | None = None
    phone: str | None = None
    fax: str | None = None
    building_code: str | None = None


NAMES = (
    *("title", "address1", "address2", "city", "state", "postal_code", "country"),
    *("website", "phone", "fax", "building_code"),
)
_READERS = dict.fromkeys(NAMES, read.text)


class Buildings(Store[Building]):
    """The schools and their buildings."""

    noun = "school"

    def __init__(self, school_id: str, title: str) -> None:
        super().__init__(5592393)
        self._own = school_id
        self.by_id[school_id] = Building(school_id, title)

    def of_school(self, school_id: str) -> list[Building]:
        """Return the buildings of a school."""
        return [building for building in self if building.school_id == school_id]

    def schools(self) -> list[Building]:
        """Return the schools."""
        return [building for building in self if building.school_id is None]

    def add(self, school_id: str | None, fields: Fields | None = None, **more: Any) -> Building:
        """Add a school (no ``school_id``) or a building, without counting it as created."""
        given = {"title": "", **(fields or {}), **more}
        identity = str(given.pop("id", "")) or self.new_id()
        building = Building(identity, school_id=school_id, **read.known(given, _READERS))
        self.by_id[identity] = building
        return building

    def create(self, school_id: str | None, fields: Fields) -> Building:
        """Create a school or a building, or raise :class:`Rejected`."""
        if not read.known(fields, _READERS).get("title"):
            raise Rejected(400, "title is required.")
        given = {name: value for name, value in fields.items() if name != "id"}
        building = self.add(school_id, given)
        self.creates[building.title] += 1
        return building

    def update(self, identity: str, fields: Fields) -> None:
        """Change the fields in ``fields``, or raise :class:`Rejected`."""
        building = self.find(identity)
        changes = read.known(fields, _READERS)
        if not changes.get("title", "kept"):
            raise Rejected(400, "title is required.")
        self.by_id[identity] = evolve(building, **changes)
        self.updates[identity] += 1

    def delete(self, identity: str) -> None:
        """Delete a building, or a school with its buildings, or raise :class:`Rejected`.

        The effect on its people is not documented. Assumed: they stay.
        """
        building = self.find(identity)
        if identity == self._own:
            raise Rejected(403, "You cannot delete your own school.")  # assumed
        for inner in self.of_school(identity):
            del self.by_id[inner.id]
        del self.by_id[identity]
        self.deletes[building.title] += 1
