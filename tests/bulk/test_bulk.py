from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Hashable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.bulk import bulk as bulk_module
from lms_async.bulk import chunks as chunks_module
from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, BulkEndpoint
from lms_async.bulk.results import match
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.errors import (
    BadRequest,
    BulkFailed,
    BulkStopped,
    ClientUnusable,
    ConnectionFailed,
    InvalidInput,
    LmsError,
    OutcomeUnknown,
    ResponseLost,
    Unauthorized,
)
from lms_async.http.call import AttemptObserver, Call
from lms_async.outcome import Outcome, Report, RowError, RowResult, Status
from tests.virtual import run

Answering = Callable[[list[str]], Any]


class Vendor:
    """Takes batches of texts. Answers each with a list of ``{"key": …, "ok": …}`` or an error."""

    account = "school"
    width = 64
    max_failed_chunks = 5
    events = ()

    def __init__(self, answering: Answering, latency: float = 0.1, waiting: float = 0.0) -> None:
        self.waiting = waiting
        self.answering = answering
        self.latency = latency
        self.chunks: list[list[str]] = []
        self.under_way = self.most_under_way = 0

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        await asyncio.sleep(self.waiting)
        assert watch is not None
        await watch.before_send()
        rows = orjson.loads(orjson.dumps(call.body))
        self.chunks.append(rows)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.latency)
        finally:
            self.under_way -= 1
        answer = self.answering(rows)
        if isinstance(answer, Exception):
            raise answer
        return answer, 1


def limit_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Allow only ``width`` batches in flight, and as many finished ones waiting to be read."""
    monkeypatch.setattr(Vendor, "width", width)
    monkeypatch.setattr(bulk_module, "MAX_STARTED_CHUNKS", width)


def prepare(item: Any) -> tuple[Hashable, Any]:
    if not isinstance(item, str):
        raise InvalidInput("can't be sent", fields={"row": "must be text"})
    return item, item


def read(payload: Any, rows: Rows[Any]) -> list[RowResult | None]:
    found = match(rows.keys, payload, [item.get("key") for item in payload])
    return [
        None
        if item is None
        else RowResult(Status.DONE if item["ok"] else Status.REJECTED, id=item.get("key"))
        for item in found
    ]


def batch(**options: Any) -> BulkEndpoint[Any]:
    return BulkEndpoint(
        prepare=one_by_one(prepare),
        call=lambda rows: Call("POST", "rows", body=json_of(rows), is_bulk=True),
        parse_results=read,
        **{"operation": "rows", **options},
    )


def accept_all(rows: list[str]) -> Any:
    return [{"key": row, "ok": True} for row in rows]


async def outcomes(bulk: AsyncIterable[Outcome[Any]]) -> list[Outcome[Any]]:
    return [outcome async for outcome in bulk]


def names(count: int) -> list[str]:
    return [f"r{number}" for number in range(count)]


def test_every_row_has_one_result_in_input_order() -> None:
    vendor = Vendor(accept_all)
    rows = names(1234)
    ended = run(outcomes(Bulk(vendor, rows, batch(max_rows=50))))
    assert [outcome.index for outcome in ended] == list(range(1234))
    assert [outcome.item for outcome in ended] == rows
    assert {outcome.status for outcome in ended} == {Status.DONE}
    assert {outcome.attempts for outcome in ended} == {1}
    assert [len(chunk) for chunk in vendor.chunks] == [50] * 24 + [34]


def test_batches_are_limited_by_bytes_too() -> None:
    vendor = Vendor(accept_all)
    rows = ["x" * 40 + str(number) for number in range(10)] + ["y" * 500]
    run(outcomes(Bulk(vendor, rows, batch(max_rows=50, max_bytes=100))))
    assert [len(chunk) for chunk in vendor.chunks] == [2, 2, 2, 2, 2, 1]


def test_batches_are_sent_concurrently_up_to_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_width(monkeypatch, 7)
    vendor = Vendor(accept_all)
    ended = run(outcomes(Bulk(vendor, names(1000), batch(max_rows=10))))
    assert len(ended) == 1000
    assert vendor.most_under_way == 7


@pytest.mark.parametrize("endless", [False, True])
def test_input_is_read_only_as_fast_as_results_are(
    monkeypatch: pytest.MonkeyPatch, endless: bool
) -> None:
    limit_width(monkeypatch, 4)
    taken = 0

    async def source() -> AsyncIterator[str]:
        nonlocal taken
        while endless or taken < 100_000:
            taken += 1
            yield f"r{taken}"

    async def main() -> None:
        bulk = Bulk(Vendor(accept_all), source(), batch(max_rows=10))
        read_ = 0
        async for _ in bulk:
            read_ += 1
            await asyncio.sleep(1)
            # 4 batches in flight, 4 ready, one being read, one waiting for room, one being filled.
            assert taken <= read_ + 11 * 10
            if read_ == 100:
                break

    run(main())


def test_invalid_row_does_not_affect_others() -> None:
    vendor = Vendor(accept_all)
    ended = run(outcomes(Bulk(vendor, ["a", 7, "b", None, "c"], batch(max_rows=2))))
    assert [outcome.status for outcome in ended] == ["done", "rejected", "done", "rejected", "done"]
    assert [outcome.error and outcome.error.fields for outcome in ended][1] == {
        "row": "must be text"
    }
    assert vendor.chunks == [["a", "b"], ["c"]]


def test_input_of_only_invalid_rows_sends_no_request() -> None:
    vendor = Vendor(accept_all)
    ended = run(outcomes(Bulk(vendor, [1] * 500, batch())))
    assert len(ended) == 500
    assert vendor.chunks == []


def test_empty_input_ends_at_once() -> None:
    report = run(report_of(Bulk(Vendor(accept_all), [], batch())))
    assert sum(report.counts.values()) == 0
    report.raise_for_failures()


async def report_of(bulk: Bulk[Any]) -> Any:
    return await bulk


def test_key_in_flight_is_rejected_and_both_rows_are_named() -> None:
    ended = run(outcomes(Bulk(Vendor(accept_all), ["a", "b", "a"], batch())))
    assert [outcome.status for outcome in ended] == ["done", "done", "rejected"]
    error = ended[2].error
    assert error is not None
    assert error.code == "duplicate"
    assert "rows 0 and 2" in error.message


def test_rows_that_would_be_rejected_can_be_read_without_sending() -> None:
    vendor = Vendor(accept_all)
    rows = [*names(200), 7, "r3"]
    refused = run(outcomes(Bulk(vendor, rows, batch(max_rows=50)).refused()))
    assert [(one.index, one.item, one.status) for one in refused] == [
        (200, 7, Status.REJECTED),
        (201, "r3", Status.REJECTED),
    ]
    assert [one.error and (one.error.code, one.error.other_index) for one in refused] == [
        ("invalid", None),
        ("duplicate", 3),
    ]
    assert vendor.chunks == []


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (OutcomeUnknown("lost"), Status.UNKNOWN, "lost"),
        (ResponseLost("lost"), Status.UNKNOWN, "lost"),
        (BadRequest(400), Status.REJECTED, "400"),
        (ConnectionFailed("no"), Status.SKIPPED, "stopped"),
        (Unauthorized(401), Status.SKIPPED, "401"),
    ],
)
def test_error_of_a_batch_sets_the_status_of_its_rows(
    answer: LmsError, status: Status, code: str
) -> None:
    ended = run(outcomes(Bulk(Vendor(lambda _: answer), names(3), batch())))
    assert {outcome.status for outcome in ended} == {status}
    assert {outcome.error and outcome.error.code for outcome in ended} == {code}


def test_error_that_affects_all_rows_stops_the_bulk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit_width(monkeypatch, 2)
    vendor = Vendor(lambda _: Unauthorized(401))
    report = run(report_of(Bulk(vendor, names(1000), batch(max_rows=10))))
    assert report.counts == {Status.SKIPPED: 1000}
    assert len(vendor.chunks) <= 2
    assert isinstance(report.stop_reason, Unauthorized)
    with pytest.raises(BulkFailed, match="1000 skipped; it stopped early: HTTP 401") as failed:
        report.raise_for_failures()
    assert failed.value.__cause__ is report.stop_reason


def test_stop_waits_for_requests_in_flight_and_skips_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit_width(monkeypatch, 2)
    vendor = Vendor(accept_all)

    async def main() -> list[Outcome[Any]]:
        bulk = Bulk(vendor, names(1000), batch(max_rows=10))
        ended = []
        async for outcome in bulk:
            ended.append(outcome)
            if len(ended) == 1:
                bulk.stop()
        return ended

    ended = run(main())
    done = sum(len(chunk) for chunk in vendor.chunks)
    assert [outcome.status for outcome in ended] == ["done"] * done + ["skipped"] * (1000 - done)


@pytest.mark.parametrize("by", ["stop", "abandon"])
def test_batches_waiting_for_a_slot_are_not_sent_after_stop(by: str) -> None:
    """Six batches are sent 10 s apart, with responses after 25 s."""

    class Queued(Vendor):
        async def fetch(
            self, call: Call[Any], *, watch: AttemptObserver | None = None
        ) -> tuple[Any, int]:
            self.waiting += 10
            return await super().fetch(call, watch=watch)

    vendor = Queued(accept_all, latency=25)

    async def main() -> tuple[list[Outcome[Any]], float]:
        bulk = Bulk(vendor, names(60), batch(max_rows=10))
        loop = asyncio.get_running_loop()
        loop.call_at(39, getattr(bulk, by))
        return [outcome async for outcome in bulk], loop.time()

    ended, finished = run(main())
    statuses = [outcome.status for outcome in ended]
    if by == "stop":  # three batches were sent: one has its response, the others are awaited
        assert statuses == ["done"] * 30 + ["skipped"] * 30
        assert finished == 30 + 25
    else:
        assert statuses == ["done"] * 10 + ["unknown"] * 20 + ["skipped"] * 30
        assert finished == 39
    assert len(vendor.chunks) == 3


@pytest.mark.parametrize("by", ["stop", "abandon", "close"])
def test_report_names_what_stopped_the_bulk_and_lists_skipped_rows(
    monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    limit_width(monkeypatch, 1)

    async def main() -> Report[Any]:
        bulk = Bulk(Vendor(accept_all), names(30), batch(max_rows=10))
        async for _ in bulk:
            if by == "close":
                break
            getattr(bulk, by)()
        await bulk.close()
        return bulk.report

    report = run(main())
    assert isinstance(report.stop_reason, BulkStopped)
    assert by in str(report.stop_reason)
    if by == "close":
        return
    assert [one.item for one in report.skipped] == names(30)[-len(report.skipped) :]
    assert len(report.skipped) == report.counts[Status.SKIPPED] >= 10
    with pytest.raises(BulkFailed, match=rf"{len(report.skipped)} skipped.*{by}.*report.skipped"):
        report.raise_for_failures()


def test_complete_bulk_has_no_stop_reason_even_after_close() -> None:
    async def main() -> Report[Any]:
        async with Bulk(Vendor(accept_all), names(30), batch()) as bulk:
            await bulk
        return bulk.report

    report = run(main())
    assert report.stop_reason is None
    assert report.skipped == []
    report.raise_for_failures()


def test_async_with_closes_a_bulk_that_is_left_early() -> None:
    async def main() -> tuple[Bulk[Any], Vendor]:
        vendor = Vendor(accept_all)
        async with Bulk(vendor, names(5000), batch(max_rows=10)) as bulk:
            async for _ in bulk:
                break
        return bulk, vendor

    bulk, vendor = run(main())
    assert vendor.under_way == 0
    assert len(vendor.chunks) < 500
    assert isinstance(bulk.report.stop_reason, BulkStopped)


def test_async_with_around_an_unread_bulk_sends_nothing_and_does_not_warn() -> None:
    async def main() -> Vendor:
        vendor = Vendor(accept_all)
        async with Bulk(vendor, names(5), batch()):
            pass
        return vendor

    assert run(main()).chunks == []


def test_error_after_stop_becomes_the_stop_reason() -> None:
    async def main() -> Report[Any]:
        bulk = Bulk(Vendor(lambda _: Unauthorized(401), latency=5), names(3), batch())
        asyncio.get_running_loop().call_at(2, bulk.stop)
        await outcomes(bulk)
        bulk.stop()
        return bulk.report

    assert isinstance(run(main()).stop_reason, Unauthorized)


def test_closed_client_skips_rows_and_loses_no_result() -> None:
    async def main() -> tuple[list[Outcome[Any]], LmsError | None]:
        bulk = Bulk(Vendor(lambda _: ClientUnusable("closed")), names(3), batch())
        return await outcomes(bulk), bulk.report.stop_reason

    ended, stopped = run(main())
    assert [outcome.status for outcome in ended] == [Status.SKIPPED] * 3
    assert isinstance(stopped, ClientUnusable)


class Losing(Vendor):
    """Loses the first response to each batch, or rejects the batch for now (``told``)."""

    told = "lost"
    told_after = 0.0

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        assert watch is not None
        await watch.before_send()
        await asyncio.sleep(self.told_after)
        getattr(watch, self.told)()
        await asyncio.sleep(10)
        return await super().fetch(call, watch=watch)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (RowResult(Status.DONE, "7"), Status.DONE),
        (RowResult(Status.REJECTED, "7", RowError("exists")), Status.REJECTED),
        (ABSENT, Status.REJECTED),
        (DIFFERENT, Status.UNKNOWN),
        (None, Status.UNKNOWN),
        ("no look-up", Status.UNKNOWN),
    ],
)
def test_row_rejected_after_a_lost_response_is_looked_up(found: Any, status: Status) -> None:
    async def look_up(rows: Rows[Any]) -> list[Any]:
        return [found] * len(rows)

    def answering(rows: list[str]) -> Any:
        return [{"key": row, "ok": row != "r1"} for row in rows]

    options = {} if found == "no look-up" else {"look_up": look_up}
    ended = run(outcomes(Bulk(Losing(answering), names(3), batch(**options))))
    assert [outcome.status for outcome in ended] == [Status.DONE, status, Status.DONE]


@pytest.mark.parametrize("told_after", [1, 3])
def test_batch_rejected_for_now_is_not_resent_after_stop(told_after: float) -> None:
    class Refusing(Losing):
        told = "will_retry"

    vendor = Refusing(accept_all)
    vendor.told_after = told_after

    async def main() -> tuple[list[Outcome[Any]], float]:
        bulk = Bulk(vendor, names(3), batch())
        loop = asyncio.get_running_loop()
        loop.call_at(2, bulk.stop)
        return await outcomes(bulk), loop.time()

    ended, finished = run(main())
    assert [outcome.status for outcome in ended] == [Status.SKIPPED] * 3
    assert finished == max(2, told_after)
    assert vendor.chunks == []


def test_finished_half_of_a_batch_keeps_its_result_after_stop() -> None:
    """The whole batch is rejected and halved. The second half is rate-limited."""

    class Halving(Vendor):
        async def fetch(
            self, call: Call[Any], *, watch: AttemptObserver | None = None
        ) -> tuple[Any, int]:
            assert watch is not None
            if len(self.chunks) == 2:
                await watch.before_send()
                watch.will_retry()
                await asyncio.sleep(10)
            return await super().fetch(call, watch=watch)

    def answering(rows: list[str]) -> Any:
        return BadRequest(400) if len(rows) == 4 else accept_all(rows)

    async def main() -> list[Outcome[Any]]:
        bulk = Bulk(Halving(answering), names(4), batch())
        asyncio.get_running_loop().call_at(2, bulk.stop)
        return await outcomes(bulk)

    assert [outcome.status for outcome in run(main())] == [Status.DONE] * 4


def test_error_of_the_input_is_raised_after_the_rows_before_it() -> None:
    def source() -> Any:
        yield from names(25)
        raise OSError("the disk is gone")

    async def main() -> int:
        count = 0
        with pytest.raises(OSError, match="disk"):
            async for _ in Bulk(Vendor(accept_all), source(), batch(max_rows=10)):
                count += 1
        return count

    assert run(main()) == 25  # all rows read before the error have a result


def test_leaving_early_leaves_no_task() -> None:
    async def main() -> None:
        vendor = Vendor(accept_all)
        bulk = Bulk(vendor, names(5000), batch(max_rows=10))
        stream = aiter(bulk)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        assert vendor.under_way == 0
        assert len(asyncio.all_tasks()) == 1

    run(main())


def test_cancelling_the_reader_leaves_no_task() -> None:
    async def main() -> None:
        vendor = Vendor(accept_all, latency=10)
        reading = asyncio.create_task(outcomes(Bulk(vendor, names(5000), batch(max_rows=10))))
        await asyncio.sleep(1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert vendor.under_way == 0
        assert len(asyncio.all_tasks()) == 1

    run(main())


def test_bulk_can_be_read_only_once() -> None:
    async def main() -> None:
        bulk = Bulk(Vendor(accept_all), names(3), batch())
        await bulk
        with pytest.raises(RuntimeError, match="once"):
            await bulk

    run(main())


@pytest.mark.parametrize(
    ("keys", "items", "found"),
    [
        (["a", "b"], [{"key": "a"}, {"key": "b"}], [0, 1]),
        (["a", "b"], [{"key": "b"}, {"key": "a"}], [1, 0]),
        (["a", "b"], [{"key": "b"}], [None, 0]),
        (["a", "b"], [{}, {"key": "b"}], [0, 1]),
        (["a", "b"], [{}, {}], [0, 1]),
        (["a", "b"], [{}], [None, None]),
        (["a", "b", "c"], [{}, {"key": "a"}, {"key": "c"}], [1, None, 2]),
        (["a", "b"], [{"key": "a"}, {"key": "a"}], [None, None]),
        (["a", "b"], [{"key": "x"}, {"key": "b"}], [None, 1]),
        ([None, None], [{}, {}], [0, 1]),
        ([None, None], [{"key": "x"}, {"key": "y"}], [0, 1]),
        ([None, None], [{}], [None, None]),
        (["a"], [], [None]),
    ],
)
def test_response_items_are_matched_by_key_then_by_position(
    keys: list[Hashable | None], items: list[dict[str, str]], found: list[int | None]
) -> None:
    matched = match(keys, items, [item.get("key") for item in items])
    assert [None if item is None else items.index(item) for item in matched] == (
        [items.index(items[place]) if place is not None else None for place in found]
    )


ROW_RESULTS = ["ok", "no", "silent", "lost", "refused"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(ROW_RESULTS), max_size=120),
    st.integers(1, 9),
    st.integers(0, 3),
    st.data(),
)
def test_every_row_gets_exactly_one_true_result(
    row_results: list[str], max_rows: int, shuffle: int, data: st.DataObject
) -> None:
    rows = [f"{number}:{result}" for number, result in enumerate(row_results)]
    applied: list[str] = []

    def answering(chunk: list[str]) -> Any:
        kinds = {row.partition(":")[2] for row in chunk}
        if "refused" in kinds:
            return BadRequest(400)
        applied.extend(row for row in chunk if not row.endswith(":no"))
        if "lost" in kinds:
            return OutcomeUnknown("lost")
        items = [
            {"key": row, "ok": row.endswith("ok")} for row in chunk if not row.endswith("silent")
        ]
        return items if not shuffle else data.draw(st.permutations(items))

    ended = run(outcomes(Bulk(Vendor(answering), rows, batch(max_rows=max_rows))))
    assert [outcome.item for outcome in ended] == rows
    for outcome in ended:
        if outcome.status is Status.DONE:
            assert outcome.item in applied
        if outcome.status is Status.REJECTED:
            assert outcome.item not in applied


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=200), st.integers(1, 9), st.integers(1, 4))
def test_rows_of_different_groups_share_no_batch(
    groups: list[int], max_rows: int, most_open: int
) -> None:
    rows = [f"{group}:{number}" for number, group in enumerate(groups)]
    vendor = Vendor(accept_all)
    kept = chunks_module.MOST_OPEN
    chunks_module.MOST_OPEN = most_open
    try:
        ended = run(
            outcomes(Bulk(vendor, rows, batch(max_rows=max_rows, group=lambda key: key[0])))
        )
    finally:
        chunks_module.MOST_OPEN = kept
    assert [outcome.item for outcome in ended] == rows
    assert all(len({row[0] for row in chunk}) == 1 for chunk in vendor.chunks)
    assert all(len(chunk) <= max_rows for chunk in vendor.chunks)


def test_group_is_collected_from_the_whole_input() -> None:
    vendor = Vendor(accept_all)
    rows = [f"{number % 40:02}:{number}" for number in range(1000)]
    run(outcomes(Bulk(vendor, rows, batch(max_rows=25, group=lambda key: key[:2]))))
    assert len(vendor.chunks) == 40


def test_distinct_rejects_a_key_repeated_anywhere_in_the_input() -> None:
    rows = [*names(500), "r0"]
    ended = run(outcomes(Bulk(Vendor(accept_all), rows, batch(max_rows=2, distinct=True))))
    assert ended[-1].status is Status.REJECTED
    assert ended[-1].error is not None
    assert "rows 0 and 500" in ended[-1].error.message


def test_repr_of_a_report_shows_counts_and_no_row() -> None:
    report: Report[str] = Report()
    report.add(Outcome(0, "Ada", Status.DONE))
    report.add(Outcome(1, "Björn", Status.REJECTED, error=RowError("409", "Björn exists")))
    assert repr(report) == "<Report: 1 done, 1 rejected, 0 unknown, 0 skipped>"
    assert report.counts == {Status.DONE: 1, Status.REJECTED: 1}
    assert report.counts[Status.UNKNOWN] == 0
