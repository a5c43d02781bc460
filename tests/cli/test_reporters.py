from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting import progress as work_module
from lms_async.cli.reporting.progress import Progress, reasons
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.reporting.summary import Summary
from lms_async.events import Refused, RequestFailed, RequestSent, ResponseReceived, Retrying
from lms_async.outcome import RowError, Status


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    hands = [100.0]
    monkeypatch.setattr(work_module.time, "monotonic", lambda: hands[0])
    return hands


def test_progress_says_what_it_waits_for(now: list[float]) -> None:
    work = Progress(100)
    assert work.waiting_for == "waiting for the rate limit"
    work.notice(RequestSent("POST users", 1, 0.0))
    work.notice(RequestSent("POST users", 1, 0.0))
    assert work.waiting_for == "waiting for 2 responses"
    work.notice(ResponseReceived("POST users", 1, 207, 0.1))
    assert work.waiting_for == "waiting for 1 response"
    work.notice(RequestFailed("POST users", 1, "TimedOut"))
    work.notice(Retrying("POST users", 1, "TimedOut", 2.0))
    assert work.waiting_for == "retrying after TimedOut"
    work.notice(Refused("POST users", 8.0))
    assert work.waiting_for == "pausing 8 s, as the vendor asked"
    now[0] += 3
    assert work.waiting_for == "pausing 5 s, as the vendor asked"
    now[0] += 5
    assert work.waiting_for == "waiting for the rate limit"
    work.stopping = True
    assert work.waiting_for == "stopping"
    work.counts[Status.DONE] = 100
    assert work.waiting_for == "done"
    assert (work.requests, work.retries, work.refusals) == (2, 1, 1)


def test_rate_and_time_left(now: list[float]) -> None:
    work = Progress(1000, started=now[0])
    assert work.left is None
    now[0] += 4
    work.counts[Status.DONE] = 190
    work.counts[Status.REJECTED] = 10
    assert work.rate == pytest.approx(50)
    work.observe_time()
    assert work.left == pytest.approx(16)
    now[0] += 6
    assert work.left == pytest.approx(10)


def test_rows_of_an_earlier_run_do_not_shorten_the_time_left(now: list[float]) -> None:
    work = Progress(1000, started=now[0], earlier=500, counts=Counter({Status.DONE: 500}))
    now[0] += 10
    work.counts[Status.DONE] += 100
    work.observe_time()
    assert work.left == pytest.approx(40)


def test_plain_progress_lines(now: list[float]) -> None:
    out, err = io.StringIO(), io.StringIO()
    say = make_reporter(out, err)
    work = Progress(1000, started=now[0])
    say.begin(work)
    now[0] += 10
    work.counts.update({Status.DONE: 490, Status.UNKNOWN: 10})
    work.observe_time()
    say.tick()
    assert err.getvalue() == (
        "500 of 1,000 rows, 10 unknown, 50 rows/s, 10 s left; waiting for the rate limit\n"
    )
    assert say.every >= 2  # the interval is long enough not to flood a log


def test_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    err = Terminal()
    reporter = make_reporter(Terminal(), err)
    reporter.begin(Progress(10))
    reporter.tick()
    reporter.stop()
    assert err.getvalue() == "0 of 10 rows, 0 rows/s; waiting for the rate limit\n"


def test_live_progress_bar() -> None:
    out, err = Terminal(), Terminal()
    say = make_reporter(out, err)
    work = Progress(10)
    say.begin(work)
    work.counts[Status.DONE] = 7
    say.tick()
    say.note("a [b]note[/b]")
    work.counts[Status.DONE] = 9
    say.stop()
    say.end(Summary(exit_code=Exit.DONE, counts=Counter({Status.DONE: 7})))
    shown = err.getvalue()
    assert "━" in shown
    assert "7 of 10 rows" in shown
    assert "9 of 10 rows" in shown  # the last state stays on the screen
    assert shown.rstrip().endswith("\x1b[?25h")  # the cursor is visible again
    assert "waiting for the rate limit" in " ".join(shown.split())  # it may take two lines
    assert "a [b]note[/b]" in shown
    assert "7 rows: 7 done" in out.getvalue()


def test_only_the_first_rows_are_listed() -> None:
    out, err = io.StringIO(), io.StringIO()
    say = make_reporter(out, err)
    for row in range(2, 102):
        say.row(row, Status.REJECTED, RowError("409", "Ada is taken"), vendor="Schoology")
    say.end(Summary(exit_code=Exit.REJECTED))
    assert len(err.getvalue().splitlines()) == 11
    assert "90 more rows" in err.getvalue()
    assert "Ada" not in err.getvalue()
    err = io.StringIO()
    say = make_reporter(out, err, most_rows=100)
    for row in range(2, 102):
        say.row(row, Status.REJECTED, RowError("invalid", "x: y"))
    assert len(err.getvalue().splitlines()) == 100


def test_row_that_the_vendor_rejected_names_fields_but_not_the_vendors_text() -> None:
    error = RowError("422", "email ada@x.example is taken", {"email": "is taken", "grade": "is"})
    err, out = io.StringIO(), io.StringIO()
    make_reporter(out, err).row(7, Status.REJECTED, error, vendor="ManageBac")
    assert err.getvalue() == "Row 7 rejected by ManageBac (422), because of email and grade\n"
    make_reporter(out, err, json=True).row(7, Status.REJECTED, error, vendor="ManageBac")
    assert '"fields":["email","grade"]' in out.getvalue()
    assert "taken" not in out.getvalue()
    assert list(reasons(error, ours=False)) == ["email (422)", "grade (422)"]


def test_summary_explains_unknown_rows() -> None:
    out = io.StringIO()
    say: Any = make_reporter(out, io.StringIO())
    counts = Counter({Status.UNKNOWN: 1})
    say.end(Summary(exit_code=Exit.UNKNOWN, counts=counts, seconds=65.0, requests=2))
    assert "1 row: 0 done, 0 rejected, 1 unknown, 0 skipped" in out.getvalue()
    assert "1 min 05 s" in out.getvalue()
    assert "lms looks these rows up" in out.getvalue()


def test_summary_of_done_rows_suggests_no_command() -> None:
    out = io.StringIO()
    say: Any = make_reporter(out, io.StringIO())
    counts = Counter({Status.DONE: 10})
    say.end(Summary(exit_code=Exit.INTERRUPTED, counts=counts, again="lms i"))
    assert "lms i" not in out.getvalue()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.REJECTED, "To send the rejected rows, correct them in the file and run: lms i"),
        (Status.SKIPPED, "To continue with the rows that are not finished, run: lms i"),
        (Status.UNKNOWN, "To continue with the rows that are not finished, run: lms i"),
    ],
)
def test_summary_suggests_the_next_command(status: Status, said: str) -> None:
    out = io.StringIO()
    say: Any = make_reporter(out, io.StringIO())
    counts = Counter({Status.DONE: 1, status: 1})
    say.end(Summary(exit_code=Exit.REJECTED, counts=counts, again="lms i"))
    assert out.getvalue().splitlines()[-1] == said


@pytest.mark.parametrize("dry_run", [False, True])
def test_summary_counts_reasons_if_many_rows_are_rejected(dry_run: bool) -> None:
    counted = Counter({f"field{number}: must be a day": 20 - number for number in range(12)})

    def said(rejected: int, unknown: int = 0) -> str:
        out = io.StringIO()
        say: Any = make_reporter(out, io.StringIO())
        for row in range(unknown):
            say.row(row, Status.UNKNOWN, RowError("lost"), vendor="Schoology")
        counts = Counter({Status.REJECTED: rejected})
        say.end(Summary(exit_code=Exit.REJECTED, counts=counts, reasons=counted, dry_run=dry_run))
        return out.getvalue()

    assert "by reason" not in said(10)  # each row is listed above
    assert "by reason" in said(10, unknown=11)  # no rejected row is listed above
    lines = said(11).splitlines()
    first = lines.index("Rejected, by reason:")
    assert lines[first + 1] == "       20  field0: must be a day"
    assert lines[first + 10] == "       11  field9: must be a day"
    assert lines[first + 11] == "           and 2 other reasons"
