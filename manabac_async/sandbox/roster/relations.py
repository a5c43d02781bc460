"""The relationships of parents to children."""

from __future__ import annotations

from collections import Counter

from ..records import Person
from . import fields

RELATIONSHIPS = (
    *("Mother", "Father", "Stepmother", "Stepfather", "Legal Guardian", "Grandmother"),
    *("Grandfather", "Sister", "Brother", "Uncle", "Aunt", "Other Guardian"),
    "Consultant Recruiter",
)

Pair = tuple[int, int]
"""The ids of a parent and of a child."""


class Relations:
    """The relationship for each link of a parent and a child.

    The links are in :attr:`Person.kin`. A removed link keeps its relationship here, and has it
    again if it is restored without a new relationship (assumed).
    """

    def __init__(self) -> None:
        self.kinds: dict[Pair, str] = {}
        self.creates: Counter[Pair] = Counter()
        """How often v2 linked each pair."""
        self.updates: Counter[Pair] = Counter()
        """How often v2 changed the relationship of each pair."""
        self.deletes: Counter[Pair] = Counter()
        """How often v2 removed the link of each pair."""

    def kind(self, parent: Person, child_id: int) -> str | None:
        """Return the relationship, or ``None`` if it is not known."""
        return self.kinds.get((parent.id, child_id)) or None

    def set(self, parent: Person, child: Person, kind: str | None) -> None:
        """Link two people if they are not linked, and set their relationship.

        ``None`` keeps the relationship, and ``""`` removes it (vendors.md, 2.7).
        """
        pair = (parent.id, child.id)
        if child.id in parent.kin:
            self.updates[pair] += 1
        else:
            parent.kin.append(child.id)
            child.kin.append(parent.id)
            self.creates[pair] += 1
        if kind is not None:
            self.kinds[pair] = kind

    def remove(self, parent: Person, child: Person) -> None:
        """Remove the link of two people."""
        parent.kin.remove(child.id)
        child.kin.remove(parent.id)
        self.deletes[parent.id, child.id] += 1


def kind(value: object) -> str | None:
    """Read the relationship in a write, or raise :class:`fields.Unprocessable`."""
    if value is None:
        return None
    changes, errors = fields.read(
        {"relationship": value}, {"relationship": fields.one_of(*RELATIONSHIPS)}
    )
    if errors:
        raise fields.Unprocessable({"relationship": [fields.NOT_LISTED]})
    found: str = changes["relationship"]
    return found
