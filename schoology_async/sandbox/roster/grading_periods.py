"""Grading periods: the terms that sections belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from attrs import define, evolve

from ..accounts import Fields, Rejected
from . import fields as read
from .store import Store


@define
class GradingPeriod:
    """A grading period. Dates are ``YYYY-MM-DD``."""

    id: str
    title: str
    start: str
    end: str
    parent: str = "0"
    """The id of the period that contains this one; ``"0"`` if there is none."""
    weight: int = 100

    def is_current(self, today: str) -> bool:
        """Return whether ``today`` (``YYYY-MM-DD``) is in this period."""
        return self.start <= today <= self.end


_READERS = {"title": read.text, "start": read.day, "end": read.day}


class GradingPeriods(Store[GradingPeriod]):
    """The grading periods of the school."""

    noun = "grading period"

    def __init__(self) -> None:
        super().__init__(13011)
        self.in_use: Counter[int] = Counter()
        """How many sections each period has."""

    def add(self, title: str, start: str, end: str, **more: Any) -> GradingPeriod:
        """Add a period without the vendor's rules and without counting it as created."""
        identity = str(more.pop("id", "")) or self.new_id()
        period = GradingPeriod(identity, title, start, end, **more)
        self.by_id[identity] = period
        return period

    def create(self, fields: Fields) -> GradingPeriod:
        """Create a period, or raise :class:`Rejected`."""
        changes = read.known(fields, _READERS)
        for name in _READERS:
            if not changes.get(name):
                raise Rejected(400, f"{name} is required.")
        self._check(GradingPeriod("", **changes))
        period = self.add(**changes)
        self.creates[period.title] += 1
        return period

    def update(self, identity: str, fields: Fields) -> GradingPeriod:
        """Change the fields in ``fields``, or raise :class:`Rejected`."""
        period = evolve(self.find(identity), **read.known(fields, _READERS))
        self._check(period)
        self.by_id[identity] = period
        self.updates[identity] += 1
        return period

    def delete(self, identity: str) -> None:
        """Delete a period that no section uses, or raise :class:`Rejected`."""
        period = self.find(identity)
        if self.in_use[int(identity)]:
            # The documents say that its sections must be moved or deleted first. The status is
            # assumed.
            raise Rejected(400, "Sections belong to this grading period.")
        del self.by_id[identity]
        self.deletes[period.title] += 1

    def current(self, ids: Iterable[int], today: str) -> bool:
        """Return whether ``today`` is in one of the periods, or there are no periods."""
        periods = self._known(ids)
        return not periods or any(period.is_current(today) for period in periods)

    def past(self, ids: Iterable[int], today: str) -> bool:
        """Return whether all of the periods have ended."""
        periods = self._known(ids)
        return bool(periods) and all(period.end < today for period in periods)

    def _known(self, ids: Iterable[int]) -> list[GradingPeriod]:
        return [self.by_id[str(each)] for each in ids if str(each) in self.by_id]

    def _check(self, period: GradingPeriod) -> None:
        if period.start > period.end:
            raise Rejected(400, "end is before start.")  # assumed
        if any(other.title == period.title and other.id != period.id for other in self):
            raise Rejected(409, "A grading period with this title exists.")
