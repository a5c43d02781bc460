"""Go to another day."""

from __future__ import annotations

from datetime import date

import pytest

from schoology_async.roster import references, snapshot


def set_day(patch: pytest.MonkeyPatch, day: date) -> None:
    """Set the day on which the roster's target decides which grading periods are over."""

    class Clock(date):
        @classmethod
        def today(cls) -> Clock:
            return cls(day.year, day.month, day.day)

    for module in (references, snapshot):
        patch.setattr(module, "date", Clock)
