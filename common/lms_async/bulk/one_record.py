"""Find rows of one input that changed the same record of the vendor.

Some vendors ignore case and blanks, so ``S1``, ``s1`` and ``"S1 "`` are the same key. If existing
records are updated, each of these rows overwrites the one before, and each response reports a
success. Only the equal ids in the responses show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ..outcome import Outcome, Status
from .status import same_record

_index, _id, _status = attrgetter("index"), attrgetter("id"), attrgetter("status")


class OneRecordEach:
    """Remembers the vendor's id of each row's record. It takes about 150 bytes per row."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def note(self, index: int, id_: str | None) -> int:
        """Remember that the row at ``index`` changed the record ``id_``.

        :returns: the index of the first row that changed this record; it may be ``index`` itself.
        """
        return index if id_ is None else self._first.setdefault(id_, index)

    def check(self, outcomes: Sequence[Outcome[Any]]) -> None:
        """Change ``done`` to ``unknown`` if an earlier row changed the same record, since the
        record may show either row now."""
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
        """Remember all of ``outcomes`` at once, if all are done and changed different records.

        This is the fast path for nearly every chunk.
        """
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
