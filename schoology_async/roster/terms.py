"""Terms, which are Schoology's grading periods. Their key is the title."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.journal.journal import Journal
from lms_async.roster import Change, Entry

from ..models import GradingPeriod
from ..resources.create_each import Key
from ..resources.grading_periods import GradingPeriods, prepare_row

#: The fields that Schoology holds. The dates of a grading period in use are never changed.
HOLDS = frozenset({"title", "starts", "ends"})


def entry(period: GradingPeriod) -> Entry:
    """Return the entry of a grading period."""
    return Entry(
        kind="terms",
        key=period.title or "",
        vendor_id=period.id or "",
        fields={
            "title": (period.title or "").strip(),
            "starts": period.start.isoformat() if period.start else "",
            "ends": period.end.isoformat() if period.end else "",
        },
    )


class TermCreation(GradingPeriods):
    """Creates grading periods, one per request, and returns an outcome for each change."""

    def create_terms(
        self, changes: AsyncIterable[Change] | Iterable[Change], *, journal: Journal | None
    ) -> Bulk[Change]:
        """Create the grading periods of ``changes``. A title that exists is rejected."""
        return self._create_each(
            changes,
            "grading_periods.create_many",
            self._one_each(_prepare),
            update_existing=False,
            journal=journal,
        )


def _prepare(change: Change) -> tuple[Key, dict[str, Any]]:
    dates = {"start": change.after.get("starts"), "end": change.after.get("ends")}
    return prepare_row({"title": change.key, **{name: day for name, day in dates.items() if day}})
