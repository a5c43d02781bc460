"""Find rows of one input that changed the same record of the vendor.

Some vendors ignore case and blanks, so ``S1``, ``s1`` and ``"S1 "`` are one key. If existing
records are updated, each of these rows overwrites the one before, and each response says success.
Only the vendor's id shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ..outcome import Outcome, Status
from .status import same_record

_index, _id, _status = attrgetter("index"), attrgetter("id"), attrgetter("status")


class OneRecordEach:
    """Remembers which row ended as which record; about 150 bytes a row."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def note(self, index: int, id_: str | None) -> int:
        """Remember that the row at ``index`` ended as the record ``id_``.

        :returns: the index of the row that ended so first; ``index`` itself if none did.
        """
        return index if id_ is None else self._first.setdefault(id_, index)

    def check(self, outcomes: Sequence[Outcome[Any]]) -> None:
        """Turn each ``done`` outcome whose record another row has into ``unknown``, since nothing
        tells which of the two rows the record shows now."""
        if self._all_apart(outcomes):
            return
        for outcome in outcomes:
            if outcome.status is not Status.DONE:
                continue
            first = self.note(outcome.index, outcome.id)
            if first != outcome.index:
                outcome.status = Status.UNKNOWN
                outcome.error = same_record(first, outcome.index)

    def _all_apart(self, outcomes: Sequence[Outcome[Any]]) -> bool:
        """Remember all of ``outcomes`` at once if each is done and has a record of its own, as
        those of nearly every chunk."""
        ids = set(map(_id, outcomes))
        apart = (
            len(ids) == len(outcomes)
            and None not in ids
            and set(map(_status, outcomes)) == {Status.DONE}
            and self._first.keys().isdisjoint(ids)
        )
        if apart:
            self._first.update(zip(map(_id, outcomes), map(_index, outcomes), strict=True))
        return apart
