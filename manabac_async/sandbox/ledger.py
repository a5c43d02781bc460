"""All current and deleted memberships, by class and by user."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from .records import Membership


class Ledger:
    """All memberships. A deleted membership is kept, and is restored if it is added again."""

    def __init__(self) -> None:
        self.live: dict[int, Membership] = {}
        self.deleted: dict[int, Membership] = {}
        self._of_class: dict[int, dict[int, Membership]] = {}
        self._of_user: dict[int, dict[int, Membership]] = {}

    def find(self, class_id: int, user_id: int) -> Membership | None:
        """Return the current membership of a user in a class."""
        found = self._of_class.get(class_id, {}).get(user_id)
        return found if found is not None and found.deleted_at is None else None

    def join(self, class_id: int, user_id: int, at: datetime, *, teaches: bool) -> Membership:
        """Add a user to a class. A current membership is not changed."""
        known = self._of_class.setdefault(class_id, {}).get(user_id)
        if known is None:
            number = len(self.live) + len(self.deleted) + 1
            known = Membership(number, class_id, user_id, teaches, at, at)
            self._of_class[class_id][user_id] = known
            self._of_user.setdefault(user_id, {})[class_id] = known
            self.live[number] = known
        elif known.deleted_at is not None:
            # The specification says that adding a teacher again restores the membership
            # (v2-endpoints.md, 1.4). Assumed: it is the same for students, and neither the level
            # nor show_on_reports is restored.
            del self.deleted[known.id]
            known.deleted_at, known.updated_at = None, at
            known.level, known.show_on_reports = None, True
            self.live[known.id] = known
        return known

    def leave(self, class_id: int, user_id: int, at: datetime) -> bool:
        """Mark a membership as deleted. This is not a modification (vendors.md, 2.7)."""
        known = self.find(class_id, user_id)
        if known is None:
            return False
        known.deleted_at = at
        self.deleted[known.id] = self.live.pop(known.id)
        return True

    def in_class(self, class_id: int, *, teaches: bool) -> list[Membership]:
        """Return the current memberships of a class, in the order of their creation."""
        return [
            m
            for m in self._of_class.get(class_id, {}).values()
            if m.deleted_at is None and m.teaches is teaches
        ]

    def of_user(self, user_id: int) -> list[Membership]:
        """Return the current memberships of a user."""
        return [m for m in self._of_user.get(user_id, {}).values() if m.deleted_at is None]

    def pick(
        self, class_ids: Iterable[int] | None, user_ids: Iterable[int] | None, *, deleted: bool
    ) -> Collection[Membership]:
        """Return current or deleted memberships of these classes and users; ``None`` means all.

        All of them are not copied, since a page of a long list needs only a few.
        """
        kept = self.deleted if deleted else self.live
        if class_ids is not None:
            classes = (self._of_class.get(i, {}) for i in dict.fromkeys(class_ids))
            found = [m for of in classes for m in of.values() if m.id in kept]
            users = None if user_ids is None else set(user_ids)
            return [m for m in found if users is None or m.user_id in users]
        if user_ids is not None:
            people = (self._of_user.get(i, {}) for i in dict.fromkeys(user_ids))
            return [m for of in people for m in of.values() if m.id in kept]
        return kept.values()
