"""What each store of journals must do, tested with the file and with PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lms_async import Journal, JournalMissing, JournalUnusable, Outcome, Status
from lms_async.bulk.bulk import Bulk
from lms_async.errors import InvalidInput
from lms_async.journal.entries import TAG, EarlierResult, Ended, Sent
from lms_async.journal.store import JournalStore
from tests.journal.test_machine import School, batch

Rows = list[dict[str, str]]
DONE: Any = "the id"
REJECTED: Any = ("rejected", None, "400")
UNKNOWN: Any = ("unknown", None, "lost")
PASSES: Any = ("rejected", None, "429")


def tag(key: str, content: str) -> bytes:
    return key.encode().ljust(8, b".") + content.encode().ljust(TAG - 8, b".")


A, B, C = tag("k", "a"), tag("k", "b"), tag("other", "c")


@asynccontextmanager
async def leased(store: JournalStore, *, wait: float = 0.0, restart: bool = False) -> Any:
    journal = await store.open(wait=wait, restart=restart)
    try:
        if journal.has_rows is False:
            await journal.begin({"operation": "create"})
        yield journal
    finally:
        await journal.close()


async def run_with(store: JournalStore, *rows: tuple[bytes, Any]) -> None:
    """Send each row with its result, or ``None`` if the run ends before the response."""
    async with leased(store) as journal:
        for number, (row, result) in enumerate(rows, 1):
            await journal.write([Sent(number, row)])
            if result is not None:
                await journal.write([Ended(number, [result])])


async def known(store: JournalStore, *rows: bytes) -> list[str | None]:
    async with leased(store) as journal:
        found = await journal.recall(rows)
    return [one if one is None else str(one.status or "sent") for one in found]


def bulk(school: School, items: Rows, journal: Journal) -> Bulk[Any]:
    return Bulk(school, items, batch(school, 2), journal=journal)


def statuses(outcomes: list[Outcome[Any]]) -> list[str]:
    return [outcome.status.value for outcome in outcomes]


async def test_finished_rows_are_reported_again_and_not_sent_again(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    items = rows(5)
    items[3]["value"] = "bad"
    for _ in range(2):
        outcomes = [one async for one in bulk(school, items, Journal(store))]
        assert statuses(outcomes) == ["done", "done", "done", "rejected", "done"]
        assert [one.id for one in outcomes] == ["k0", "k1", "k2", None, "k4"]
        assert outcomes[3].error is not None
        assert outcomes[3].error.code == "400"
        assert len(school.requests) == 3
    assert all(one.earlier and abs(one.earlier - time.time()) < 60 for one in outcomes)


async def test_results_survive_and_reasons_are_returned_as_noted(store: JournalStore) -> None:
    reason = ("Ada \0 is taken", {"email": "taken"})
    results = [("done", "7\0", None), ("rejected", None, "400", reason), UNKNOWN]
    tags = [tag(key, "x") for key in "123"]
    async with leased(store) as journal:
        assert not journal.has_rows
        await journal.write([Sent(1, b"".join(tags)), Ended(1, results)])
    async with leased(store) as journal:
        assert journal.has_rows
        done, rejected, unknown = await journal.recall(tags)
        assert await journal.recall([tag("4", "x")]) == [None]
        assert (await journal.summarize()).counts == {"done": 1, "rejected": 1, "unknown": 1}
    assert done is not None
    assert rejected is not None
    assert done.status is Status.DONE
    assert done.id is not None
    assert done.id.startswith("7")
    assert (rejected.status, rejected.code) == (Status.REJECTED, "400")
    assert rejected.reason is not None
    assert tuple(rejected.reason) == reason
    assert unknown == EarlierResult(None)


@pytest.mark.parametrize(
    ("runs", "now"),
    [
        ([[(A, None)]], ["sent", None, None]),  # ended before the response
        ([[(A, DONE), (A, None)]], ["done", "sent", None]),  # equal rows have numbers
        ([[(A, DONE), (A, REJECTED)]], ["done", "rejected", None]),
        ([[(A, None)], [(A, DONE)]], ["done", None, None]),  # looked up in the next run
        ([[(A, DONE)], [(B, DONE)]], [None, None, "done"]),  # changed
        ([[(A, DONE)], [(B, REJECTED)]], ["done", None, "rejected"]),
        ([[(A, DONE)], [(B, None)]], ["sent", None, "sent"]),
        ([[(A, PASSES)]], [None, None, None]),
        ([[(A, DONE), (B, DONE)], [(A, DONE)]], ["done", None, None]),
    ],
)
async def test_next_run_knows_what_is_still_valid(
    store: JournalStore, runs: list[list[tuple[bytes, Any]]], now: list[str | None]
) -> None:
    for run in runs:
        await run_with(store, *run, (C, DONE))
    # A row whose content another row of this run replaces is looked up, so ask with each alone.
    assert await known(store, A, A) == now[:2]
    assert await known(store, B) == now[2:]
    assert await known(store, C) == ["done"]


async def test_done_row_is_outdated_if_this_run_sends_other_content_first(
    store: JournalStore,
) -> None:
    await run_with(store, (A, DONE))
    assert await known(store, A, B) == ["done", None]
    assert await known(store, B, A) == [None, "sent"]


async def test_second_run_is_refused_or_waits(store: JournalStore) -> None:
    async with leased(store) as journal:
        with pytest.raises(JournalUnusable, match="in use"):
            await store.open(wait=0.0, restart=False)
        waiting = asyncio.create_task(store.open(wait=float("inf"), restart=False))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await journal.write([Sent(1, A), Ended(1, [DONE])])
    second = await waiting
    assert (await second.summarize()).counts == {"done": 1}
    await second.close()


async def test_cancelled_opening_leaves_no_lease(store: JournalStore) -> None:
    async with leased(store):
        waiting = asyncio.create_task(store.open(wait=20.0, restart=False))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with leased(store, wait=20.0) as journal:
        assert not journal.has_rows


async def test_journal_of_other_work_is_refused(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    await bulk(school, rows(2), Journal(store, job="people"))
    school.requests.clear()
    with pytest.raises(JournalUnusable, match="another job"):
        await bulk(school, rows(2), Journal(store, job="others"))
    with pytest.raises(JournalUnusable, match="another account"):
        await Journal(store, job="people").open(account="b", operation="create")
    with pytest.raises(JournalUnusable, match="'create', and this call is 'delete'"):
        await Journal(store, job="people").open(account="school", operation="delete")
    with pytest.raises(JournalUnusable, match="another job"):
        _ = [one async for one in bulk(school, rows(2), Journal(store)).noted()]
    report = await bulk(school, rows(2), Journal(store, job="people"))
    assert report.earlier == {Status.DONE: 2}
    assert school.requests == []


async def test_restart_forgets_everything(store: JournalStore) -> None:
    async with leased(store) as journal:
        await journal.begin({"operation": "create", "job": "one"})
        await journal.write([Sent(1, A), Ended(1, [DONE])])
    async with leased(store, restart=True) as journal:
        assert await journal.other({"operation": "create", "job": "two"}) is None
        assert not journal.has_rows
        await journal.begin({"operation": "create", "job": "two"})
    async with leased(store) as journal:
        assert await journal.other({"job": "two"}) is None
        assert await journal.other({"job": "one"}) == "job"


async def test_rejected_rows_are_forgotten_on_request(store: JournalStore) -> None:
    await run_with(store, (A, REJECTED), (C, REJECTED), (C, DONE))
    async with leased(store) as journal:
        await journal.forget_rejected()
        assert await journal.recall([A]) == [None]
        assert [one.status for one in await journal.recall([C, C])] == ["rejected", "done"]


async def test_retry_rejected_and_reasons_of_a_bulk(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    items = rows(3)
    items[1]["value"] = "bad"
    await bulk(school, items, Journal(store))
    school.refuses.clear()
    report = await bulk(school, items, Journal(store, retry_rejected=True))
    assert report.counts == {Status.DONE: 3}
    assert school.creates == {"k0": 1, "k1": 1, "k2": 1}


async def test_noted_outcomes_have_the_order_of_the_input(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    items = rows(7)
    items[2]["value"] = "bad"
    await bulk(school, items[1:4], Journal(store))
    requests = list(school.requests)
    found = [one async for one in bulk(school, items, Journal(store)).noted()]
    assert [one.index for one in found] == list(range(7))
    assert [one.item for one in found] == items
    assert statuses(found) == ["skipped", "done", "rejected", "done", *["skipped"] * 3]
    assert [one.id for one in found if one.status is Status.DONE] == ["k1", "k3"]
    assert [one.error.code for one in found if one.error] == ["not_sent", "400", *["not_sent"] * 3]
    assert school.requests == requests
    summary = await Journal(store).summarize()
    assert summary.counts == {"done": 2, "rejected": 1}
    assert summary.operation == "create"
    assert abs(summary.written - time.time()) < 60


async def test_noted_says_which_rows_have_no_response(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    school.seconds = [30.0] * 2
    running = asyncio.ensure_future(bulk(school, rows(2), Journal(store, grace=0.0)))
    await school.departed.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (first, second) = [one async for one in bulk(school, rows(2), Journal(store)).noted()]
    assert first.status is second.status is Status.UNKNOWN


async def test_journal_with_a_named_account_continues_with_new_credentials(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    north = Journal(store, account="north")
    await bulk(school, rows(4), north)
    school.account = "school, new token"
    report = await bulk(school, rows(5), north)
    assert report.counts == {Status.DONE: 5}
    assert sum(school.creates.values()) == 5
    for other in (Journal(store), Journal(store, account="south")):
        with pytest.raises(JournalUnusable, match="another account"):
            await bulk(school, rows(4), other)
    with pytest.raises(JournalUnusable, match="another account"):
        await Journal(store, account="south").summarize()
    assert (await north.summarize()).counts == {"done": 5}


async def test_summary_of_another_job_is_refused(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    await bulk(school, rows(2), Journal(store, "a job"))
    with pytest.raises(JournalUnusable, match="another job"):
        await Journal(store, "other").summarize()
    for same in (Journal(store, "a job"), Journal(store)):
        assert (await same.summarize()).counts == {"done": 2}


async def test_rows_can_be_counted_from_another_number(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    items = rows(5)
    items[4] = items[3]
    for read in (lambda one: one, lambda one: one.noted()):
        one = bulk(school, items, Journal(store))
        one.count_from(100)
        outcomes = [outcome async for outcome in read(one)]
        assert [outcome.index for outcome in outcomes] == [100, 101, 102, 103, 104]
        refused = Bulk(school, items, batch(school, 2))
        refused.count_from(100)
        (repeated,) = [outcome async for outcome in refused.refused()]
        assert repeated.error is not None
        assert (repeated.index, repeated.error.other_index) == (104, 103)


async def test_journal_that_does_not_exist_is_not_made_by_reading(
    store: JournalStore, school: School, rows: Callable[[int], Rows]
) -> None:
    for _ in range(2):
        with pytest.raises(JournalMissing, match="there is no journal"):
            await Journal(store).summarize()
    with pytest.raises(InvalidInput, match="journal"):
        _ = [one async for one in Bulk(school, rows(1), batch(school, 1)).noted()]
    with pytest.raises(InvalidInput, match="path"):
        Journal(5)  # type: ignore[arg-type]
