"""The base of all stores of the school's records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Generic, TypeVar

from ..accounts import Rejected

R = TypeVar("R")


class Store(Generic[R]):
    """Records of one kind by the vendor's id, a string, in the order of the vendor's list."""

    noun = "record"

    def __init__(self, first_id: int) -> None:
        self.by_id: dict[str, R] = {}
        self.creates: Counter[str] = Counter()
        """How often each natural key was created through the API."""
        self.updates: Counter[str] = Counter()
        """How often each id was updated through the API."""
        self.deletes: Counter[str] = Counter()
        """How often each natural key was deleted through the API."""
        self._next_id = first_id

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[R]:
        return iter(self.by_id.values())

    def __contains__(self, identity: object) -> bool:
        return identity in self.by_id

    def __getitem__(self, identity: str) -> R:
        return self.by_id[identity]

    def find(self, identity: str) -> R:
        """Return a record, or raise :class:`Rejected` with 404."""
        if identity not in self.by_id:
            raise Rejected(404, f"There is no {self.noun} {identity}.")
        return self.by_id[identity]

    def new_id(self) -> str:
        """Return the next free id. Ids have gaps, as in the documents' samples."""
        while str(self._next_id) in self.by_id:
            self._next_id += 1
        self._next_id += 2
        return str(self._next_id - 2)
