"""What became of each row of a bulk, and of all of them."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar

import attrs

from .errors import BulkFailed, LmsError

R = TypeVar("R")


class Status(StrEnum):
    """How a row ended."""

    #: The vendor said that it did it.
    DONE = "done"
    #: The vendor, or our own check before sending, said no: nothing was done.
    REJECTED = "rejected"
    #: It was sent and the answer does not tell. Look before you send it again.
    UNKNOWN = "unknown"
    #: Nothing was done: the bulk had stopped before it left, or it was refused with others and not
    #: tried alone.
    SKIPPED = "skipped"

    __hash__ = str.__hash__  # the one of enums is written in Python, and counting is by the row


@attrs.frozen
class RowError:
    """Why a row was not done.

    ``code`` is the vendor's code as text, or one of ours: ``invalid``, ``duplicate``, ``exists``,
    ``lost``, ``stopped``, ``abandoned``, ``unmentioned``, ``same_record``. ``message`` is the
    vendor's own sentence or ours; it may name a person and so is left out of ``repr``. ``fields``
    has the reasons by field name. ``other_index`` is the index of the other row, of two that have
    one key (``duplicate``) or ended as one record (``same_record``).
    """

    code: str
    message: str = attrs.field(default="", repr=False)
    fields: dict[str, str] = attrs.field(factory=dict, repr=lambda fields: repr(sorted(fields)))
    other_index: int | None = None


@attrs.define
class RowResult:
    """What the vendor's answer says of one row."""

    status: Status
    id: str | None = None
    error: RowError | None = None


@attrs.frozen
class AllDone:
    """An answer by which every row is done, as nearly every answer is; the vendor's id of each."""

    ids: Sequence[str | None] = attrs.field(repr=False)


@attrs.define
class Outcome(Generic[R]):
    """What became of one row.

    ``index`` counts the rows put in from 0, ``item`` is that row, ``id`` the vendor's id of what
    was made or changed (where the vendor tells it), ``attempts`` how many times the last request
    that held it was sent, with those after a look-up added; 0 if it never left. ``earlier`` is when
    an earlier run with the same journal ended the row, in seconds since 1970, and ``None`` if this
    run did: the row was not sent again, and the vendor was not asked whether that still holds.
    """

    index: int
    item: R = attrs.field(repr=False)
    status: Status
    id: str | None = None
    error: RowError | None = None
    attempts: int = 0
    earlier: float | None = None


@attrs.define(repr=False)
class Report(Generic[R]):
    """What became of all rows of a bulk that were read so far."""

    # A plain dict, with every status in it: a Counter counts at half the speed.
    _counted: dict[Status, int] = attrs.field(factory=lambda: dict.fromkeys(Status, 0))
    #: The rows that are not done, by status. After an early stop, ``skipped`` has all remaining
    #: rows of the input; to keep memory bounded, iterate the bulk and stop reading instead.
    rejected: list[Outcome[R]] = attrs.field(factory=list)
    unknown: list[Outcome[R]] = attrs.field(factory=list)
    skipped: list[Outcome[R]] = attrs.field(factory=list)
    #: What ended the bulk early: the error that no other row could escape, or a ``BulkStopped`` if
    #: the program stopped it. ``None`` if it ran to its end.
    stop_reason: LmsError | None = None
    #: How many rows an earlier run with the same journal has ended, by status. They are in
    #: ``counts`` too.
    earlier: Counter[Status] = attrs.field(factory=Counter)
    #: When the first of them ended, in seconds since 1970.
    earlier_since: float | None = None

    def __repr__(self) -> str:
        rows = ", ".join(f"<{len(rows)} {status}>" for status, rows in self._kept().items())
        earlier = f", {self.earlier.total()} by an earlier run" if self.earlier else ""
        return f"Report({self.counts}{earlier}, {rows}, stop_reason={self.stop_reason!r})"

    @property
    def counts(self) -> Counter[Status]:
        """How many rows ended so, by status; of those that were read so far."""
        return Counter({status: count for status, count in self._counted.items() if count})

    def add(self, outcome: Outcome[R]) -> None:
        """Count ``outcome``, and keep it if somebody must look at it."""
        self._counted[outcome.status] += 1
        if outcome.earlier is not None:
            self.earlier[outcome.status] += 1
            self.earlier_since = min(self.earlier_since or outcome.earlier, outcome.earlier)
        if outcome.status is not Status.DONE:
            self._kept()[outcome.status].append(outcome)

    def _kept(self) -> dict[Status, list[Outcome[R]]]:
        return {
            Status.REJECTED: self.rejected,
            Status.UNKNOWN: self.unknown,
            Status.SKIPPED: self.skipped,
        }

    def picklable(self) -> Report[R]:
        """This report, with ``None`` in place of the items that can't be pickled."""
        return attrs.evolve(
            self,
            rejected=list(map(_picklable, self.rejected)),
            unknown=list(map(_picklable, self.unknown)),
            skipped=list(map(_picklable, self.skipped)),
        )

    def raise_for_failures(self) -> None:
        """Raise unless every row is done.

        :raises BulkFailed: says how many rows are rejected, unknown and skipped. It has this
            report, and its cause is the ``stop_reason``.
        """
        if any(self._kept().values()):
            raise BulkFailed(self) from self.stop_reason


def _picklable(outcome: Outcome[Any]) -> Outcome[Any]:
    try:
        pickle.dumps(outcome.item)
    except Exception:  # noqa: BLE001 - an item is the caller's own, and may raise anything
        return attrs.evolve(outcome, item=None)
    return outcome
