from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import anyio
import pytest

from lms_async import Journal, JournalFailed, JournalUnusable, Outcome, Report, Status
from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT
from lms_async.bulk.rows import one_by_one
from lms_async.errors import InvalidInput
from lms_async.journal.entries import EarlierResult, Ended, Sent
from lms_async.journal.journal import OpenJournal
from lms_async.journal.sqlite import JournalFile
from lms_async.outcome import RowError, RowResult
from tests.journal.test_machine import School, batch
from tests.virtual import run

Rows = list[dict[str, str]]
T = TypeVar("T")


def rows(count: int) -> Rows:
    return [{"key": f"k{number}", "value": f"v{number}"} for number in range(count)]


def bulk(school: School, items: Rows, journal: Journal, *, max_rows: int = 2) -> Bulk[Any]:
    return Bulk(school, items, batch(school, max_rows), journal=journal)


async def run_all(school: School, items: Rows, journal: Journal) -> list[Outcome[Any]]:
    return [outcome async for outcome in bulk(school, items, journal)]


def statuses(outcomes: list[Outcome[Any]]) -> list[str]:
    return [outcome.status.value for outcome in outcomes]


def run_on_real_clock(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` on the real clock. The virtual clock stands still while the loop is never
    idle."""
    return asyncio.run(work)


@pytest.fixture
def school() -> School:
    return School()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "import.db"


def test_finished_rows_are_reported_again_but_not_sent_again(school: School, path: Path) -> None:
    items = rows(5)
    items[3]["value"] = "bad"
    first = run(run_all(school, items, Journal(path)))
    sent = list(school.requests)
    second = run(run_all(school, items, Journal(path)))
    assert statuses(first) == statuses(second) == ["done", "done", "done", "rejected", "done"]
    assert [outcome.id for outcome in second] == ["k0", "k1", "k2", None, "k4"]
    assert second[3].error is not None
    assert second[3].error.code == "400"
    assert {outcome.attempts for outcome in second} == {0}
    assert school.requests == sent


def test_only_changed_rows_are_sent_again(school: School, path: Path) -> None:
    items = rows(4)
    items[1]["value"] = "bad"
    run(run_all(school, items, Journal(path)))
    school.requests.clear()
    items[1]["value"] = "good"
    assert statuses(run(run_all(school, items, Journal(path)))) == ["done"] * 4
    assert school.requests == [["k1"]]


def statuses_of_runs(
    school: School, path: Path, values: str, *, between: Callable[[], None] = lambda: None
) -> list[str]:
    """Return the row's status in each of several runs, each with another value."""
    ended = []
    for value in values:
        ended += statuses(run(run_all(school, [{"key": "k", "value": value}], Journal(path))))
        between()
    return ended


def test_row_changed_back_is_sent_again(path: Path) -> None:
    school = School(updates=True)
    assert statuses_of_runs(school, path, "ABAAB") == ["done"] * 5
    assert school.people == {"k": "B"}
    assert len(school.requests) == 4  # the second of the two equal rows is not sent
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"done": 1}


def test_row_changed_back_after_a_rejected_change_is_not_sent_again(path: Path) -> None:
    school = School()  # rejects people who already exist
    assert statuses_of_runs(school, path, "ABA") == ["done", "rejected", "done"]
    assert school.people == {"k": "A"}
    assert len(school.requests) == 2


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("updates", [False, True])
def test_row_changed_back_from_a_change_in_flight_is_looked_up_or_sent(
    path: Path, updates: bool, arrived: bool
) -> None:
    school = School(updates=updates)
    assert statuses_of_runs(school, path, "A") == ["done"]
    cancel_in_flight(school, [{"key": "k", "value": "B"}], Journal(path, grace=0.1))
    if arrived:
        school.people = {"k": "B"}
    assert statuses_of_runs(school, path, "A") == ["unknown" if arrived and not updates else "done"]
    assert school.people == {"k": "B" if arrived and not updates else "A"}


@pytest.mark.parametrize("apart", [0, 200])
def test_last_done_row_of_a_key_matches_the_vendor(path: Path, apart: int) -> None:
    school = School(updates=True)
    one, other = ({"key": "k", "value": value} for value in "AB")
    both = [one, *rows(apart), other]
    for items in (both, both, [one, *rows(apart)], both, [*rows(apart), other], both[::-1]):
        ended = run(run_all(school, items, Journal(path)))
        done = [end.item["value"] for end in ended if end.status is Status.DONE]
        assert done.count("A") + done.count("B") + apart == len(done)
        last = [value for value in done if value in "AB"][-1]
        assert school.people["k"] == last
        assert [end.error.code for end in ended if end.error] in ([], ["duplicate"])
    assert sum(key != "k" for keys in school.requests for key in keys) == apart  # each sent once


@pytest.mark.parametrize(
    ("before", "now", "sent"),
    [
        ("A", "BA", "BA"),  # a row that is done is replaced by a later one
        ("A", "AB", "B"),
        ("-", "B-", "B"),  # a rejected row stays rejected
        ("A-", "A-", ""),
        ("A-", "-A", ""),
        ("-A", "-A", "-A"),  # and is forgotten when another row of its key is done
    ],
)
def test_which_rows_of_one_key_are_sent(path: Path, before: str, now: str, sent: str) -> None:
    school = School(updates=True)

    def input_of(values: str, first: int) -> Rows:
        """Return rows of one key, so far apart that each is finished before the next is sent."""
        others = [row | {"key": f"{first}{row['key']}"} for row in rows(200)]
        named = {"-": "bad"}
        one, *more = ({"key": "k", "value": named.get(value, value)} for value in values)
        return [one, *others, *more]

    run(run_all(school, input_of(before, 1), Journal(path)))
    school.sent.clear()
    ended = run(run_all(school, input_of(now, 2), Journal(path)))
    assert [end.status.value for end in ended if end.item["key"] == "k"] == [
        "rejected" if value == "-" else "done" for value in now
    ]
    assert [value[0] for key, value in school.sent if key == "k"] == list(sent.replace("-", "b"))
    assert school.people.get("k") == [*now.replace("-", "")][-1]


def test_row_in_flight_that_arrived_is_done_even_if_rejected_now(
    path: Path,
) -> None:
    school = School(updates=True)
    items = [{"key": "k", "value": "A"}]
    cancel_in_flight(school, items, Journal(path, grace=0.1))
    school.people = {"k": "A"}
    school.faults = ["row refused"]
    assert statuses(run(run_all(school, items, Journal(path)))) == ["done"]


def test_row_stopped_while_noted_as_sent_counts_as_not_sent(
    school: School, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bulk stops while the note is being written. Without a look-up the vendor cannot be asked
    later."""

    async def stopped() -> list[str]:
        first = bulk(school, rows(4), Journal(path))
        noting = OpenJournal.sent

        def sent(book: OpenJournal, number: int, leaving: Any) -> Any:
            asyncio.get_running_loop().call_soon(first.stop)
            return noting(book, number, leaving)

        with monkeypatch.context() as patched:
            patched.setattr(OpenJournal, "sent", sent)
            return statuses([outcome async for outcome in first])

    assert run(stopped()) == ["skipped"] * 4
    assert school.people == {}

    async def again() -> Report[Any]:
        dumb = batch(school, 2)
        object.__setattr__(dumb, "look_up", None)
        return await Bulk(school, rows(4), dumb, journal=Journal(path))

    assert run(again()).counts == {Status.DONE: 4}


def test_rejected_row_stays_rejected_while_another_is_in_flight(path: Path) -> None:
    school = School(updates=True)
    refused = [{"key": "k", "value": "bad"}]
    run(run_all(school, refused, Journal(path)))
    cancel_in_flight(school, [{"key": "k", "value": "B"}], Journal(path, grace=0.1))
    school.requests.clear()
    assert statuses(run(run_all(school, refused, Journal(path)))) == ["rejected"]
    assert school.requests == []


def test_rows_without_a_key_are_recognized_by_content(path: Path) -> None:
    school = School(updates=True)

    async def whole_without_keys(values: str) -> list[str]:
        keyless = batch(school, 1)
        object.__setattr__(keyless, "prepare", one_by_one(lambda item: (None, item)))
        items = [{"key": value, "value": value} for value in values]
        return statuses([one async for one in Bulk(school, items, keyless, journal=Journal(path))])

    for values, sent in (("AB", 2), ("ABC", 3), ("CAB", 3)):
        assert run(whole_without_keys(values)) == ["done"] * len(values)
        assert len(school.requests) == sent


def test_row_rejected_for_a_temporary_reason_is_sent_again(school: School, path: Path) -> None:
    school.faults = ["passing"] * 4
    assert statuses(run(run_all(school, rows(1), Journal(path)))) == ["skipped"]
    assert statuses(run(run_all(school, rows(1), Journal(path)))) == ["done"]


def cancel_in_flight(school: School, items: Rows, journal: Journal) -> None:
    """Cancel a bulk while every batch is in flight, before the vendor has acted."""
    school.seconds = [5.0] * 100

    async def cut() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await bulk(school, items, journal)

    run(cut())
    school.seconds = []


def test_rows_in_flight_are_looked_up_before_anything_is_sent(school: School, path: Path) -> None:
    items = rows(4)
    cancel_in_flight(school, items, Journal(path, grace=0.1))
    school.people = {"k0": "v0", "k1": "somebody else"}
    school.requests.clear()
    outcomes = run(run_all(school, items, Journal(path)))
    assert statuses(outcomes) == ["done", "unknown", "done", "done"]
    assert outcomes[1].error is not None
    assert outcomes[1].error.code == "exists"
    assert sorted(map(tuple, school.requests)) == [("k2", "k3")]


def test_changed_row_in_flight_is_not_created_twice(school: School, path: Path) -> None:
    items = rows(2)
    cancel_in_flight(school, items, Journal(path, grace=0.1))
    school.people = {"k0": "v0"}
    items[0]["value"] = "changed"
    outcomes = run(run_all(school, items, Journal(path)))
    assert statuses(outcomes) == ["rejected", "done"]  # the vendor reports that the person exists
    assert school.people["k0"] == "v0"


def test_rows_in_flight_stay_unknown_without_a_look_up(school: School, path: Path) -> None:
    items = rows(3)
    cancel_in_flight(school, items, Journal(path, grace=0.1))
    school.requests.clear()

    async def again() -> Report[Any]:
        dumb = batch(school, 2)
        object.__setattr__(dumb, "look_up", None)
        return await Bulk(school, [*items, *rows(4)[3:]], dumb, journal=Journal(path))

    report = run(again())
    assert report.counts == {Status.UNKNOWN: 3, Status.DONE: 1}
    assert {outcome.error.code for outcome in report.unknown if outcome.error} == {"lost"}
    assert school.requests == [["k3"]]


def test_requests_in_flight_get_the_grace_period_to_finish(school: School, path: Path) -> None:
    items = rows(4)
    cancel_in_flight(school, items, Journal(path, grace=20.0))
    assert school.people.keys() == {"k0", "k1", "k2", "k3"}
    school.requests.clear()
    assert statuses(run(run_all(school, items, Journal(path)))) == ["done"] * 4
    assert school.requests == []


def test_row_that_arrives_after_the_look_up_is_not_created_twice(
    school: School, path: Path
) -> None:
    school.faults = ["late"]
    outcomes = run(run_all(school, rows(2), Journal(path)))
    assert statuses(outcomes) == ["done", "done"]
    assert set(school.creates.values()) == {1}


def test_journal_can_be_reused_at_once_after_leaving_early(school: School, path: Path) -> None:
    async def twice() -> Report[Any]:
        left = bulk(school, rows(9), Journal(path))
        async for outcome in left:
            if outcome.index == 3:
                break
        await left.close()
        return await bulk(school, rows(9), Journal(path))

    assert run(twice()).counts == {Status.DONE: 9}
    assert set(school.creates.values()) == {1}


def test_stopped_bulk_continues_with_the_remaining_rows(school: School, path: Path) -> None:
    async def stopped() -> Report[Any]:
        stopping = bulk(school, rows(400), Journal(path))
        async for _ in stopping:
            stopping.stop()
        return stopping.report

    report = run(stopped())
    assert report.counts[Status.SKIPPED] > 0
    assert report.counts.total() == 400
    assert run(run_all(school, rows(400), Journal(path)))[-1].status is Status.DONE
    assert set(school.creates.values()) == {1}
    assert len(school.people) == 400


def other_call(school: School, path: Path) -> Any:
    async def work() -> Any:
        different = batch(school, 2)
        object.__setattr__(different, "operation", "create update_existing=1")
        return await Bulk(school, rows(1), different, journal=Journal(path))

    return work()


def other_account(school: School, path: Path) -> Any:
    school.account = "another school"
    return run_all(school, rows(1), Journal(path))


def another_version(school: School, path: Path) -> Any:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE about SET value = 99 WHERE name = 'format'")
    database.close()
    return run_all(school, rows(1), Journal(path))


def no_key(school: School, path: Path) -> Any:
    path.with_name("import.db.key").unlink()
    return run_all(school, rows(1), Journal(path))


def broken_key(school: School, path: Path) -> Any:
    path.with_name("import.db.key").write_bytes(b"short")
    return run_all(school, rows(1), Journal(path))


def no_database(school: School, path: Path) -> Any:
    path.write_bytes(b"row,key\n" * 200)
    return run_all(school, rows(1), Journal(path))


def damaged(chunks: str) -> Callable[[School, Path], Any]:
    def make(school: School, path: Path) -> Any:
        with sqlite3.connect(path) as database:
            database.execute("INSERT INTO note VALUES (99, 1.0, ?, zeroblob(24))", (chunks,))
        database.close()
        return run_all(school, rows(1), Journal(path))

    return make


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda school, path: run_all(school, rows(1), Journal(path, "b.csv")), "for another job"),
        (damaged("?"), "is damaged"),
        (damaged("[[1]]"), "is damaged"),
        (damaged("[[1,24],[1,[7]]]"), "is damaged"),
        (damaged("[[1,24],[1,[]]]"), "is damaged"),
        (damaged("[[1,48]]"), "is damaged"),
        (damaged("[]"), "is damaged"),
        (other_call, "by another call"),
        (other_account, "for another account"),
        (another_version, "in format 99; lms-async .* reads format"),
        (no_key, "has lost its key"),
        (broken_key, "is not the key"),
        (no_database, "is not a journal"),
        (lambda school, path: run_all(school, rows(1), Journal(path.parent)), "is a folder"),
        (lambda school, path: run_all(school, rows(1), Journal(os.devnull)), "is a device"),
        (lambda school, path: run_all(school, rows(1), Journal("/")), "is a folder"),
        (
            lambda school, path: run_all(school, rows(1), Journal(path / "no" / "folder")),
            "can't be",
        ),
    ],
)
def test_journal_of_other_work_raises_and_nothing_is_sent(
    school: School, path: Path, make: Callable[[School, Path], Any], why: str
) -> None:
    run(run_all(school, rows(1), Journal(path)))
    school.requests.clear()
    with pytest.raises(JournalUnusable, match=why):
        run(make(school, path))
    assert school.requests == []


def test_retry_rejected_sends_rejected_rows_only(school: School, path: Path) -> None:
    items = rows(4)
    items[2]["value"] = "bad"
    run(run_all(school, items, Journal(path)))
    school.requests.clear()
    again = Journal(path, retry_rejected=True)
    assert statuses(run(run_all(school, items, again))) == ["done", "done", "rejected", "done"]
    assert school.requests == [["k2"]]
    school.refuses.clear()  # the cause was fixed at the vendor
    assert statuses(run(run_all(school, items, again))) == ["done"] * 4
    school.requests.clear()
    assert statuses(run(run_all(school, items, again))) == ["done"] * 4
    assert school.requests == []


def test_rejected_row_equal_to_a_done_one_is_not_sent_again(school: School, path: Path) -> None:
    row = {"key": "k", "value": "bad"}
    assert statuses(run(run_all(school, [row], Journal(path)))) == ["rejected"]
    school.refuses.clear()
    twice = [row, *rows(600), row]  # far apart, so that they are not in flight together
    for again in (False, True, False):  # the second row is known to exist
        ended = statuses(run(run_all(school, twice, Journal(path, retry_rejected=again))))
        assert (ended[0], ended[-1]) == ("rejected", "done")
    assert [keys for keys in school.requests if "k" in keys] == [["k"], ["k"]]


def test_run_that_sends_nothing_keeps_rejected_rows(school: School, path: Path) -> None:
    run(run_all(school, [{"key": "k", "value": "bad"}], Journal(path)))

    async def opened() -> None:
        unread = bulk(school, rows(1), Journal(path, retry_rejected=True))
        await unread.open()
        await unread.close()

    run(opened())
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"rejected": 1}


def test_equal_rows_after_an_unknown_one_keep_their_results(path: Path) -> None:
    one, other = (b"whose..." + bytes([content] * 16) for content in (1, 2))
    with closing(JournalFile(path)) as file:
        ends = ["1", ("rejected", None, "400"), "2"]
        file.write([Sent(1, one * 3), Ended(1, ends)])
        file.write([Sent(2, other)])  # no response: the result of the key may have changed
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"rejected": 1, "sent": 3}
        file.write([Sent(1, one), Ended(1, ["3"])])
    with closing(JournalFile(path)) as file:
        assert file.recall([one] * 3) == [
            EarlierResult(Status.DONE, "3"),
            EarlierResult(Status.REJECTED, None, "400"),
            EarlierResult(None),
        ]


def test_unknown_row_is_not_resolved_by_an_equal_one(school: School, path: Path) -> None:
    row = {"key": "k", "value": "v"}
    twice = [row, *rows(600), row]  # far apart, so that they are not in flight together
    school.width = 1
    school.faults = ["lost before", "lost after"]  # first the response, then the look-up
    ended = [statuses(run(run_all(school, twice, Journal(path))))]
    sent = len(school.requests)
    ended += [statuses(run(run_all(school, twice, Journal(path)))) for _ in range(2)]
    assert [(one[0], one[-1]) for one in ended] == [
        ("unknown", "rejected"),
        ("done", "rejected"),
        ("done", "rejected"),
    ]
    assert len(school.requests) == sent


def test_journal_of_other_work_keeps_its_rejected_rows(school: School, path: Path) -> None:
    run(run_all(school, [{"key": "k", "value": "bad"}], Journal(path, "a.csv")))
    with pytest.raises(JournalUnusable, match="for another job"):
        run(run_all(school, rows(1), Journal(path, "b.csv", retry_rejected=True)))
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"rejected": 1}


@pytest.mark.parametrize("lost", [None, "import.db.key"])
def test_restart_starts_over(school: School, path: Path, lost: str | None) -> None:
    run(run_all(school, rows(2), Journal(path)))
    school.people.clear()
    if lost:
        path.with_name(lost).unlink()
    outcomes = run(run_all(school, rows(2), Journal(path, "other.csv", restart=True)))
    assert statuses(outcomes) == ["done", "done"]
    assert school.creates == {"k0": 2, "k1": 2}


def test_journal_files_are_private_to_the_owner(school: School, path: Path) -> None:
    run(run_all(school, rows(1), Journal(path)))
    for file in (path, path.with_name("import.db.key")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_journal_in_use_raises_also_within_one_process(school: School, path: Path) -> None:
    held = JournalFile(path)
    try:
        with pytest.raises(JournalUnusable, match="in use by another import"):
            run(run_all(school, rows(1), Journal(path)))
    finally:
        held.close()
    assert statuses(run(run_all(school, rows(1), Journal(path)))) == ["done"]


def test_summary_has_counts_and_times(school: School, path: Path) -> None:
    items = rows(5)
    items[0]["value"] = "bad"
    run(run_all(school, items, Journal(path)))
    file = JournalFile(path, make=False)
    try:
        told = file.summarize()
    finally:
        file.close()
    assert told.counts == {"done": 4, "rejected": 1}
    assert told.operation == "create"
    assert 0 < told.begun <= told.written


def test_opening_a_missing_journal_without_make_raises(path: Path) -> None:
    with pytest.raises(JournalUnusable, match="there is no journal"):
        JournalFile(path, make=False)
    assert not path.exists()


def test_unread_bulk_can_be_closed(school: School, path: Path) -> None:
    async def main() -> None:
        unread = bulk(school, rows(3), Journal(path))
        await unread.open()
        await unread.close()
        begun = bulk(school, rows(3), Journal(path))
        aiter(begun)
        await begun.close()
        await bulk(school, rows(3), Journal(path))

    run(main())
    assert len(school.people) == 3


def test_repeated_row_has_its_own_result(school: School, path: Path) -> None:
    """Two equal rows far apart: the first is created, the second rejected, and a second run repeats
    both results."""
    items = [*rows(400), rows(1)[0]]
    first = run(run_all(school, items, Journal(path)))
    assert (first[0].status, first[400].status) == ("done", "rejected")
    second = run(run_all(school, items, Journal(path)))
    assert statuses(second) == statuses(first)
    longer = run(run_all(school, [*items, *rows(800)[400:], rows(1)[0]], Journal(path)))
    assert statuses(longer[:401]) == statuses(first)
    assert longer[-1].attempts == 1  # a third equal row was never sent


def test_existing_row_missing_from_the_look_up_is_unknown(school: School, path: Path) -> None:
    async def nobody(asked: Rows) -> Any:
        return [ABSENT] * len(asked)

    async def main() -> list[Outcome[Any]]:
        blind = batch(school, 2)
        object.__setattr__(blind, "look_up", nobody)
        return [one async for one in Bulk(school, rows(2), blind, journal=Journal(path))]

    school.faults = ["lost after"]
    outcomes = run(main())
    assert statuses(outcomes) == ["unknown", "unknown"]
    assert statuses(run(run_all(school, rows(2), Journal(path)))) == ["done", "done"]


@pytest.mark.parametrize("odd", [TypeError("null"), KeyError("users")])
def test_failed_look_up_leaves_rows_unknown(school: School, path: Path, odd: Exception) -> None:
    async def broken(asked: Rows) -> Any:
        raise odd

    async def main() -> Report[Any]:
        asking = batch(school, 2)
        object.__setattr__(asking, "look_up", broken)
        return await Bulk(school, rows(3), asking, journal=Journal(path))

    school.faults = ["lost after"]
    assert run(main()).counts == {Status.UNKNOWN: 2, Status.DONE: 1}


@pytest.mark.parametrize("error", [JournalFailed("the disk is full"), MemoryError()])
def test_failed_write_does_not_damage_the_journal(
    school: School, path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    write, failures = JournalFile.write, [1]

    def failing(self: JournalFile, entries: Any) -> None:
        if failures and failures.pop():
            raise error
        write(self, entries)

    monkeypatch.setattr(JournalFile, "write", failing)

    async def main() -> Report[Any]:
        return await bulk(school, rows(6), Journal(path))

    report = run(main())
    assert isinstance(report.stop_reason, JournalFailed)
    assert school.people == {}
    assert run(main()).counts == {Status.DONE: 6}


def test_file_that_is_not_a_journal_is_left_unchanged(school: School, tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE ours (a)")
    database.close()
    before = path.read_bytes()
    for restart in (False, True):
        with pytest.raises(JournalUnusable, match="is not a journal"):
            run(run_all(school, rows(1), Journal(path, restart=restart)))
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(JournalUnusable, match="is not a journal"):
        JournalFile(empty, make=False)
    assert path.read_bytes() == before
    assert empty.read_bytes() == b""


def opened_beside_another(path: Path, both: Barrier, *, wait: float = 0.0) -> str:
    """Open a journal once ``both`` threads are ready. Return why it failed, or ""."""
    both.wait()
    told = ""
    try:
        file = JournalFile(path, wait=wait)
    except JournalUnusable as why:
        told = why.what
    if not wait:  # with a wait, the other thread opens it when this one closes it
        both.wait()
    if not told:
        file.close()
    return told


def test_second_opener_of_a_new_journal_gets_in_use(
    tmp_path: Path,
) -> None:
    with ThreadPoolExecutor(2) as threads:
        for number in range(10):
            both = Barrier(2)
            opening = partial(opened_beside_another, tmp_path / str(number), both)
            told = [one.result() for one in [threads.submit(opening) for _ in range(2)]]
            assert "" in told
            assert all("in use" in why for why in told if why)
            # Now the journal exists, and each thread can wait for the other.
            waiting = partial(opened_beside_another, tmp_path / str(number), both, wait=10)
            assert [one.result() for one in [threads.submit(waiting) for _ in range(2)]] == ["", ""]


def test_empty_key_of_a_killed_process_is_made_again(school: School, path: Path) -> None:
    key = path.with_name("import.db.key")
    key.touch()
    assert statuses(run(run_all(school, rows(1), Journal(path)))) == ["done"]
    assert key.stat().st_size == 32
    key.write_bytes(b"")
    with pytest.raises(JournalUnusable, match="is not the key"):
        run(run_all(school, rows(1), Journal(path)))
    assert statuses(run(run_all(school, rows(1), Journal(path, restart=True)))) == ["rejected"]


def test_key_is_never_written_through_a_link(school: School, path: Path) -> None:
    precious = path.with_name("precious")
    precious.write_text("precious")
    path.with_name("import.db.key").symlink_to(precious)
    with pytest.raises(JournalUnusable, match="import.db.key is a symbolic link"):
        run(run_all(school, rows(1), Journal(path)))
    assert precious.read_text() == "precious"


def test_key_that_is_the_vendors_id_is_not_stored(school: School, path: Path) -> None:
    items = [{"key": f"10{number:06}", "value": "v"} for number in range(40)]
    first = run(run_all(school, items, Journal(path)))
    content = path.read_bytes()
    assert not any(item["key"].encode() in content for item in items)
    second = run(run_all(school, items, Journal(path)))
    assert [one.id for one in second] == [one.id for one in first] == [i["key"] for i in items]


def test_restart_replaces_a_journal_of_another_version(school: School, path: Path) -> None:
    run(run_all(school, rows(1), Journal(path)))
    run_later = another_version(school, path)
    run_later.close()
    school.people.clear()
    assert statuses(run(run_all(school, rows(1), Journal(path, restart=True)))) == ["done"]


def test_reader_cancelled_repeatedly_releases_the_journal(school: School, path: Path) -> None:
    school.seconds = [5.0] * 100

    async def main() -> Report[Any]:
        async def read() -> None:
            await bulk(school, rows(9), Journal(path, grace=50))

        reading = asyncio.create_task(read())
        for _ in range(4):
            await asyncio.sleep(0.5)
            reading.cancel()
        await asyncio.wait([reading])
        await asyncio.sleep(0.5)
        school.seconds = []
        return await bulk(school, rows(9), Journal(path))

    assert run(main()).counts == {Status.DONE: 9}


def test_results_of_an_earlier_run_are_marked(
    school: School, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the clock has gone back since."""
    now = 2_000_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    items = rows(4)
    items[1]["value"] = "bad"

    async def report(items: Rows) -> Report[Any]:
        return await bulk(school, items, Journal(path))

    first = run(report(items))
    assert (first.earlier, first.earlier_since) == ({}, None)
    now -= 86_400
    items += [{"key": "k4", "value": "v4"}]
    second = run(report(items))
    assert second.counts == {Status.DONE: 4, Status.REJECTED: 1}
    assert second.earlier == {Status.DONE: 3, Status.REJECTED: 1}
    assert second.earlier_since == 2_000_000_000.0
    assert "4 by an earlier run" in repr(second)
    third = run(run_all(school, items, Journal(path)))
    assert [outcome.earlier for outcome in third] == [2_000_000_000.0] * 4 + [now]
    assert third[1].error is not None
    assert "the journal does not keep the reason" in third[1].error.message


def test_looked_up_row_counts_for_this_run(school: School, path: Path) -> None:
    cancel_in_flight(school, rows(2), Journal(path, grace=0.1))
    school.people = {"k0": "v0"}
    assert [one.earlier for one in run(run_all(school, rows(2), Journal(path)))] == [None, None]


def test_row_that_was_invalid_for_a_time_stays_finished(school: School, path: Path) -> None:
    def prepare(item: dict[str, str]) -> Any:
        if item["value"] == "odd":
            raise InvalidInput("odd", fields={"value": "is odd"})
        return item["key"], item

    async def ends(value: str) -> list[str]:
        checking = batch(school, 2)
        object.__setattr__(checking, "prepare", one_by_one(prepare))
        items = [{"key": "k", "value": value}]
        return statuses([one async for one in Bulk(school, items, checking, journal=Journal(path))])

    assert [run(ends(value)) for value in ("v", "odd", "v")] == [["done"], ["rejected"], ["done"]]
    assert school.requests == [["k"]]


@pytest.mark.parametrize("kept", [True, False])
def test_vendors_reason_is_stored_only_with_keep_reasons(path: Path, kept: bool) -> None:
    reason = "Ada Okafor has left"

    class Refusing(School):
        def _create(self, row: dict[str, str], fault: str) -> dict[str, Any]:
            return {"key": row["key"], "code": 400}

    def read(payload: Any, sent: Any) -> Any:
        error = RowError("400", reason, {"name": "has left"})
        return [RowResult(Status.REJECTED, None, error) for _ in payload]

    async def errors() -> list[Any]:
        explaining = batch(Refusing(), 2)
        object.__setattr__(explaining, "parse_results", read)
        journal = Journal(path, keep_reasons=kept)
        return [one.error async for one in Bulk(Refusing(), rows(2), explaining, journal=journal)]

    first, second = run(errors()), run(errors())
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert (reason.encode() in content) == kept
    assert {error.code for error in second} == {"400"}
    if kept:
        assert second == first
    else:
        assert not any(reason in error.message or error.fields for error in second)


@pytest.mark.parametrize("cut", ["asyncio", "anyio"])
def test_requests_in_flight_get_the_grace_period_under_repeated_cancellation(
    school: School, path: Path, cut: str
) -> None:
    """anyio cancels again in each turn of the event loop until its scope is left."""
    school.seconds = [0.2] * 100

    async def once_sent(cancel: Callable[[], None]) -> None:
        await school.departed.wait()
        cancel()

    async def main() -> bool:
        loop = asyncio.get_running_loop()
        if cut == "anyio":
            with anyio.CancelScope() as scope:
                watching = loop.create_task(once_sent(scope.cancel))
                await bulk(school, rows(4), Journal(path, grace=20.0))
            await watching
            return scope.cancelled_caught
        try:
            async with asyncio.timeout(None) as limit:
                watching = loop.create_task(once_sent(lambda: limit.reschedule(loop.time())))
                await bulk(school, rows(4), Journal(path, grace=20.0))
        except TimeoutError:
            return True
        return False

    assert run_on_real_clock(main())
    assert school.people.keys() == {"k0", "k1", "k2", "k3"}
    school.requests.clear()
    assert statuses(run(run_all(school, rows(4), Journal(path)))) == ["done"] * 4
    assert school.requests == []


def test_leaving_a_bulk_under_repeated_cancellation_closes_its_journal(
    school: School, path: Path
) -> None:
    """The bulk is left early, then the scope around its end is cancelled."""
    school.seconds = [0.4] * 78 + [0.0] * 2

    async def main() -> None:
        leaving = bulk(school, rows(40), Journal(path, grace=20.0), max_rows=1)
        with anyio.CancelScope() as scope:
            async for _ in leaving:
                scope.cancel()
                break
            await leaving.close()
        assert scope.cancelled_caught
        await leaving.close()  # waits until the journal is closed

    run_on_real_clock(main())
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"done": len(school.people)}
    assert len(school.people) > 1
