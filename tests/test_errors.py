"""Every error can be pickled and copied, and keeps its text and attributes."""

from __future__ import annotations

import copy
import importlib
import multiprocessing
import pickle
import pkgutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

import lms_async
import manabac_async
import schoology_async
from lms_async import (
    ApiError,
    BulkFailed,
    Call,
    DecodeError,
    InvalidInput,
    LmsError,
    Outcome,
    RateLimited,
    Report,
    RowError,
    Status,
)
from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.records.scalar_rules import Misfit
from lms_async.roster import Problem, Severity, SourceRefused
from lms_async.roster.sources import SettingError

CALL: Call[Any] = Call("GET", "users/1")
PROBLEM = Problem("users.csv", 3, "sourcedId", "blank_id", "has no id", Severity.REFUSED)


def _import_all() -> None:
    for package in (lms_async, manabac_async, schoology_async):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def _below(kind: type[LmsError]) -> Iterator[type[LmsError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _below(child)


def report(item: Any = "row") -> Report[Any]:
    made: Report[Any] = Report()
    made.add(Outcome(3, item, Status.REJECTED, None, RowError("409", "is taken", {"a": "b"}), 2))
    made.add(Outcome(4, item, Status.UNKNOWN, None, RowError("lost"), 1))
    made.add(Outcome(5, item, Status.DONE, "7"))
    made.stop_reason = RateLimited(429, retry_after=3.0, call=CALL)
    return made


MADE: dict[type[LmsError], Callable[[type[Any]], LmsError]] = {
    InvalidInput: lambda kind: kind("the row can't be sent", fields={"id": "is needed"}, hint="x"),
    DecodeError: lambda kind: kind(["[0].id: must be text"], call=CALL),
    RateLimited: lambda kind: kind(429, retry_after=3.0, call=CALL),
    BulkFailed: lambda kind: kind(report()),
    SourceRefused: lambda kind: kind(PROBLEM),
    SettingError: lambda kind: kind("is wrong", "columns", "id", hint="x"),
}


def made(kind: type[LmsError]) -> LmsError:
    if kind in MADE:
        error = MADE[kind](kind)
    elif issubclass(kind, ApiError):
        error = kind(418, call=CALL, detail="is taken", hint="try again")
    else:
        error = kind("what happened", call=CALL, hint="what to do")
    error.stops = not kind.stops
    return error.after(4)


_import_all()
KINDS = sorted(set(_below(LmsError)), key=lambda kind: kind.__name__)


def test_all_error_classes_are_found() -> None:
    assert len(KINDS) >= 22


def assert_equal_errors(one: LmsError, other: LmsError) -> None:
    assert type(one) is type(other)
    assert str(one) == str(other)
    assert one.args == other.args
    assert repr(one) == repr(other)
    mine, yours = dict(vars(one)), dict(vars(other))
    reports = mine.pop("report", None), yours.pop("report", None)
    assert mine == yours
    assert (one.attempts, one.stops, one.hint) == (4, not type(one).stops, one.hint)
    if reports[0] is not None:
        assert reports[0].counts == reports[1].counts
        assert reports[0].rejected == reports[1].rejected
        assert reports[0].unknown == reports[1].unknown
        same_stop = str(reports[0].stop_reason), reports[0].stop_reason.retry_after
        assert same_stop == (str(reports[1].stop_reason), reports[1].stop_reason.retry_after)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_pickles_and_copies(kind: type[LmsError]) -> None:
    error = made(kind)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert_equal_errors(error, pickle.loads(pickle.dumps(error, protocol)))  # noqa: S301 - our own bytes
    assert_equal_errors(error, copy.copy(error))
    assert_equal_errors(error, copy.deepcopy(error))
    error.add_note("seen in the evening")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["seen in the evening"]  # noqa: S301
    assert copy.deepcopy(vars(error)).keys() == vars(error).keys()


def test_deep_copy_shares_nothing() -> None:
    error = made(InvalidInput)
    twin = copy.deepcopy(error)
    twin.fields["id"] = "other"  # type: ignore[attr-defined]
    assert error.fields["id"] == "is needed"  # type: ignore[attr-defined]


def test_report_with_unpicklable_items_pickles_without_them() -> None:
    error = BulkFailed(report(threading.Lock()))
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert str(sent) == str(error)
    assert [(one.index, one.item, one.status) for one in sent.report.rejected] == [
        (3, None, Status.REJECTED)
    ]
    assert sent.report.counts == error.report.counts
    assert copy.copy(error).report is error.report
    # the original is unchanged
    assert isinstance(error.report.rejected[0].item, type(threading.Lock()))


def test_errors_outside_lms_error_pickle() -> None:
    cannot = pickle.loads(pickle.dumps(CommandError("a", "b", exit_code=Exit.BUG)))  # noqa: S301
    assert (cannot.lines, cannot.exit_code, str(cannot)) == (("a", "b"), Exit.BUG, "a\nb")
    misfit = pickle.loads(pickle.dumps(Misfit({"a": "is needed"})))  # noqa: S301
    assert misfit.fields == {"a": "is needed"}


def _raise_rate_limited() -> None:
    raise RateLimited(429, retry_after=3.0)


def _raise_bulk_failed() -> None:
    raise BulkFailed(report(threading.Lock()))


def test_errors_can_leave_a_process_pool() -> None:
    """An error that cannot be unpickled breaks the pool permanently."""
    fork = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(1, mp_context=fork) as pool:
        with pytest.raises(RateLimited) as raised:
            pool.submit(_raise_rate_limited).result()
        assert raised.value.retry_after == 3.0
        with pytest.raises(BulkFailed, match="1 rejected"):
            pool.submit(_raise_bulk_failed).result()
        assert pool.submit(len, "ok").result() == 2
