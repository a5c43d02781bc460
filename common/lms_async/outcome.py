"""The outcome of each row of a bulk, and the report of all of them."""

from __future__ import annotations

import pickle
from collections import Counter
from enum import StrEnum
from typing import Any, Generic, TypeVar

import attrs

from .errors import BulkFailed, LmsError

R = TypeVar("R")


class Status(StrEnum):
    """The result of a row."""

    #: The vendor confirmed it.
    DONE = "done"
    #: The vendor, or our own check before sending, refused the row. Nothing was done, unless the
    #: code is ``incomplete``: then a part of the row was done, see ``Outcome.parts``.
    REJECTED = "rejected"
    #: The row was sent, and may or may not have been done. Check before you send it again.
    UNKNOWN = "unknown"
    #: Nothing was done. The bulk stopped before the row was sent, the vendor refused it temporarily
    #: (such as 429), or the vendor refused it together with others and it was not tried alone.
    SKIPPED = "skipped"

    __hash__ = str.__hash__  # faster than that of enums; each row is counted


_DONE = Status.DONE  # a global variable is faster than an attribute; each row is counted


@attrs.frozen
class RowError:
    """Why a row was not done.

    ``code`` is the vendor's code as text, or one of this package: ``invalid``, ``duplicate``,
    ``exists``, ``lost``, ``stopped``, ``abandoned``, ``unmentioned``, ``same_record``,
    ``incomplete``. ``message`` is the vendor's message or ours. It may name a person, so ``repr``
    leaves it out. ``fields`` has the reasons by field name. ``other_index`` is the index of the
    other row with the same key (``duplicate``) or the same record of the vendor (``same_record``).
    """

    code: str
    message: str = attrs.field(default="", repr=False)
    fields: dict[str, str] = attrs.field(factory=dict, repr=lambda fields: repr(sorted(fields)))
    other_index: int | None = None


@attrs.define
class RowResult:
    """The result of one row, or of a record inside it, according to a response or a look-up."""

    status: Status
    id: str | None = None
    error: RowError | None = None
    #: The results of the records inside the row, in the row's order.
    parts: tuple[RowResult, ...] = ()


@attrs.define
class Outcome(Generic[R]):
    """The result of one row of a bulk."""

    #: The row's position in the input, counted from 0.
    index: int
    #: The row as the caller passed it.
    item: R = attrs.field(repr=False)
    status: Status
    #: The vendor's id of the record that was created or changed, if known.
    id: str | None = None
    #: Why the row is not done.
    error: RowError | None = None
    #: How many times a request with this row was sent; 0 if it was not sent.
    attempts: int = 0
    #: When an earlier run with the same journal finished the row, in seconds since 1970; ``None``
    #: if this run did. A row of an earlier run is neither sent nor looked up again.
    earlier: float | None = None
    #: The results of the records inside the row, such as the sections of a course, in the row's
    #: order. A row is ``done`` only if each of them is. Empty if the row has none, if they are not
    #: known, or if an earlier run finished the row, since a journal does not record them.
    parts: tuple[RowResult, ...] = ()


@attrs.define(repr=False)
class Report(Generic[R]):
    """The results of all rows of a bulk that were read so far."""

    # A plain dict with every status: a Counter takes twice as long.
    _counted: dict[Status, int] = attrs.field(factory=lambda: dict.fromkeys(Status, 0))
    #: The rows that are not done, by status. After an early stop, ``skipped`` has all remaining
    #: rows of the input. To keep memory bounded, iterate over the bulk and stop reading instead.
    rejected: list[Outcome[R]] = attrs.field(factory=list)
    unknown: list[Outcome[R]] = attrs.field(factory=list)
    skipped: list[Outcome[R]] = attrs.field(factory=list)
    #: Why the bulk stopped early: an error with which all other rows would fail too, or a
    #: ``BulkStopped`` if the program stopped it. ``None`` if it ran to its end.
    stop_reason: LmsError | None = None
    #: How many rows an earlier run with the same journal finished, by status. ``counts`` includes
    #: them.
    earlier: Counter[Status] = attrs.field(factory=Counter)
    #: When an earlier run finished the first of these rows, in seconds since 1970.
    earlier_since: float | None = None

    def __repr__(self) -> str:
        counts = ", ".join(f"{self._counted[status]} {status.value}" for status in Status)
        earlier = f", {self.earlier.total()} by an earlier run" if self.earlier else ""
        stopped = f", stopped by {self.stop_reason!r}" if self.stop_reason is not None else ""
        return f"<Report: {counts}{earlier}{stopped}>"

    @property
    def counts(self) -> Counter[Status]:
        """The number of rows by status."""
        return Counter({status: count for status, count in self._counted.items() if count})

    def add(self, outcome: Outcome[R]) -> None:
        """Count ``outcome``, and keep it unless the row is done."""
        self._counted[outcome.status] += 1
        if outcome.earlier is not None:
            self.earlier[outcome.status] += 1
            self.earlier_since = min(self.earlier_since or outcome.earlier, outcome.earlier)
        if outcome.status is not _DONE:
            self._kept()[outcome.status].append(outcome)

    def _kept(self) -> dict[Status, list[Outcome[R]]]:
        return {
            Status.REJECTED: self.rejected,
            Status.UNKNOWN: self.unknown,
            Status.SKIPPED: self.skipped,
        }

    def picklable(self) -> Report[R]:
        """Return this report with ``None`` instead of items that can't be pickled."""
        return attrs.evolve(
            self,
            rejected=list(map(_picklable, self.rejected)),
            unknown=list(map(_picklable, self.unknown)),
            skipped=list(map(_picklable, self.skipped)),
        )

    def raise_for_failures(self) -> None:
        """Raise unless every row is done.

        :raises BulkFailed: a row is rejected, unknown or skipped. The error has this report, and
            its ``__cause__`` is the ``stop_reason``.
        """
        if any(self._kept().values()):
            raise BulkFailed(self) from self.stop_reason


def _picklable(outcome: Outcome[Any]) -> Outcome[Any]:
    try:
        pickle.dumps(outcome.item)
    except Exception:  # noqa: BLE001 - an item is the caller's, and may raise anything
        return attrs.evolve(outcome, item=None)
    return outcome
