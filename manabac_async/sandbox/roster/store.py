"""Records of one kind by their id, and counters of what v2 changed."""

from __future__ import annotations

from collections import Counter
from typing import TypeVar

R = TypeVar("R")


class Store(dict[int, R]):
    """Records by their ``id``, in the order of their creation.

    The counters include changes by requests of v2, and not changes by a test.
    """

    def __init__(self, first_id: int = 1) -> None:
        super().__init__()
        self.deleted: dict[int, R] = {}
        """The records that were deleted. ``deleted_since`` shows them, nothing else does."""
        self.creates: Counter[str] = Counter()
        """How often each natural key was created: an email address, a ``uniq_id`` or a name."""
        self.updates: Counter[int] = Counter()
        """How often each id was updated."""
        self.archives: Counter[int] = Counter()
        """How often each id was archived."""
        self.unarchives: Counter[int] = Counter()
        """How often each id was unarchived."""
        self.deletes: Counter[int] = Counter()
        """How often each id was deleted."""
        self._next_id = first_id

    def new_id(self, wanted: int | None = None) -> int:
        """Return ``wanted`` if it is free, or else the next free id.

        :raises ValueError: ``wanted`` is taken.
        """
        if wanted is not None:
            if wanted in self or wanted in self.deleted:
                raise ValueError(f"{wanted} is taken")
            return wanted
        while self._next_id in self or self._next_id in self.deleted:
            self._next_id += 1
        self._next_id += 1
        return self._next_id - 1
