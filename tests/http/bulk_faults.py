"""What every bulk must do when it meets a fault, whichever vendor it is for.

A fault table has a :class:`Kind` for each kind of bulk, and calls these functions for each of the
faults in ``fault_cases.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import attrs

from lms_async import Status
from lms_async.sandbox import Fault

from .fault_cases import Case

S = TypeVar("S")

#: What a bulk does after a lost response: look the rows up, send them again, or report ``unknown``.
LOOKS_UP, REPEATS, REPORTS = "looks up", "repeats", "reports"


def _nothing(school: Any) -> Counter[Any]:
    return Counter()


@attrs.frozen
class Kind(Generic[S]):
    """A bulk method with valid rows, for a school ``S`` of the vendor's sandbox."""

    method: str
    then: str
    #: Starts the bulk. Takes the client and the school.
    start: Callable[[Any, S], Any]
    #: Returns how often the vendor created or removed each record, by natural key.
    acted: Callable[[S], Counter[Any]] = _nothing
    #: Returns whether the vendor has the state that the rows describe.
    holds: Callable[[S], bool] = lambda school: True
    #: Whether a look-up finds the result of each row.
    can_look_up: bool = False
    #: The most rows in one request.
    chunk: int = 50
    #: Whether the bulk reads from the vendor before it sends the first row.
    reads_first: bool = False


async def check_one_fault(kind: Kind[S], case: Case, bulk: Any, school: S, sandbox: Any) -> None:
    """Check a bulk with one fault: every row has a true outcome, and nothing is done twice."""
    sandbox.faults.add(case.fault(method=kind.method, times=1))
    ended = [outcome async for outcome in bulk]
    assert sandbox.faults.fired >= 1
    assert [outcome.index for outcome in ended] == list(range(len(ended)))
    assert set(kind.acted(school).values()) <= {1}
    statuses = {outcome.status for outcome in ended}
    if case.once == "done" or (kind.then == REPEATS and case.repeatable == "done"):
        expected = {Status.DONE}
    elif kind.then == REPORTS:
        settled = kind.can_look_up and case.acts
        expected = {Status.DONE} if settled else {Status.DONE, Status.UNKNOWN}
        if len(ended) <= kind.chunk and not settled:
            expected = {Status.UNKNOWN}
    elif kind.can_look_up:
        expected = {Status.DONE}
    else:  # a redirect to another host, which may not be followed
        expected = {Status.DONE, Status.UNKNOWN}
    assert statuses == expected
    if statuses == {Status.DONE}:
        assert kind.holds(school)


async def check_fault_on_every_request(
    kind: Kind[S], bulk: Any, school: S, sandbox: Any, *, after: bool
) -> None:
    """Check a bulk whose every response is lost: rows are ``done`` or ``unknown``, and ``done`` is
    true.

    :param after: whether the vendor acts before it drops the connection.
    """
    sandbox.faults.add(Fault.cut(after=after, method=kind.method, share=1.0))
    report = await bulk
    statuses = set(report.counts)
    assert statuses <= {Status.DONE, Status.UNKNOWN}
    assert set(kind.acted(school).values()) <= {1}
    if Status.DONE in statuses and Status.UNKNOWN not in statuses:
        assert kind.holds(school)
    if not after:
        assert statuses == {Status.UNKNOWN}
    elif kind.can_look_up:
        assert statuses == {Status.DONE}


async def check_failing_look_up(
    kind: Kind[S], bulk: Any, school: S, sandbox: Any, *, after: bool
) -> None:
    """Check a bulk whose every response is lost, and whose look-ups fail too."""
    sandbox.faults.add(
        Fault.cut(after=after, method=kind.method, share=1.0),
        Fault.error(503, method="GET", share=1.0),
    )
    report = await bulk
    assert set(report.counts) == {Status.UNKNOWN}
    assert set(kind.acted(school).values()) <= {1}
