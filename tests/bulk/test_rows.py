"""Rows stored in columns: selecting, combining, and results for a wrong number of rows."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Hashable
from typing import Any
from weakref import WeakSet

import orjson
import pytest

from lms_async import Bulk, Call, Status
from lms_async.bulk.admission import Admission
from lms_async.bulk.chunks import Checked, chunks
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.errors import InvalidInput, ResponseLost
from lms_async.outcome import RowResult

from ..virtual import run


def three() -> Rows[str]:
    return Rows(range(7, 10), ["a", "b", "c"], ["A", "B", "C"], [b"1", b"2", b"3"])


def test_json_size_is_the_length_of_the_json() -> None:
    rows = three()
    assert rows.json_size == len(rows.json)
    assert rows.at([1]).json_size == len(rows.at([1]).json)


def test_selection_covers_every_column() -> None:
    rows = three()
    rows.tags, rows.sent_before = [b"x", b"y", b"z"], frozenset({8})
    picked = rows.at([2, 1])
    assert len(picked) == 2
    assert (picked.indices, picked.items, picked.keys) == ([9, 8], ["c", "b"], ["C", "B"])
    assert (picked.bodies, picked.tags, picked.places_sent_before()) == (
        [b"3", b"2"],
        [b"z", b"y"],
        [1],
    )
    assert len(rows) == 3
    assert rows.places_sent_before() == [1]
    assert rows.at([0]).sent_before == frozenset()  # doubtful has only the selected rows


def test_rows_can_be_combined_without_changing_the_originals() -> None:
    rows, others = three(), three().at([0])
    others.sent_before = frozenset({7})
    picked = rows.at([1])
    picked.add(others)
    assert (picked.indices, picked.items, picked.bodies) == ([8, 7], ["b", "a"], [b"2", b"1"])
    assert picked.places_sent_before() == [1]
    assert len(rows) == 3
    assert len(others) == 1


def test_json_of_all_rows_and_of_each_row_agree() -> None:
    values = [{"name": "Zoë", "year": 2031}, "text", {"n": 1.0, "none": None}]
    bodies = [orjson.dumps(value) for value in values]
    rows = Rows([0, 1, 2], [0, 1, 2], ["a", "b", "c"], bodies[:])
    assert rows.json == orjson.dumps(values)
    assert rows.at([2, 0]).json == b"[" + bodies[2] + b"," + bodies[0] + b"]"
    rows.add(rows.at([1]))
    assert rows.json == orjson.dumps([*values, values[1]])
    assert rows.bodies == [*bodies, bodies[1]]
    assert Rows([], [], [], []).json == b"[]"


def test_invalid_row_does_not_shorten_later_batches() -> None:
    rows = [{"n": n} if n != 3 else {"n": None} for n in range(40)]
    sent: list[Any] = []

    def prepare(row: dict[str, Any]) -> tuple[Hashable, Any]:
        if row["n"] is None:
            raise InvalidInput("no number", fields={"n": "is needed"})
        return str(row["n"]), row

    async def main() -> None:
        admission: Admission[dict[str, Any]] = Admission(batch)

        async def check(first: int, items: list[dict[str, Any]]) -> Checked[dict[str, Any]]:
            return admission.check(first, items)

        made = [chunk async for chunk in chunks(rows, batch, check)]
        sent.extend(orjson.loads(chunk.rows.json) for chunk in made if chunk.rows)

    batch = BulkEndpoint[dict[str, Any]](
        prepare=one_by_one(prepare),
        call=lambda rows: Call("POST", "rows"),
        parse_results=lambda payload, rows: [],
        operation="x",
        max_rows=10,
    )
    run(main())
    assert [len(chunk) for chunk in sent] == [10, 10, 10, 9]
    assert [row for chunk in sent for row in chunk] == [row for row in rows if row["n"] is not None]


def test_repr_shows_no_row() -> None:
    rows = Rows([0], ["Ada"], ["ada@school.example"], [b'{"name":"Ada"}'], tags=[b"Ada"])
    assert "ada" not in repr(rows).lower()


def test_items_are_prepared_one_by_one_and_rejected_by_index() -> None:
    def prepare(item: int) -> tuple[Hashable, Any]:
        if item % 2:
            raise InvalidInput("odd")
        return str(item), {"n": item}

    prepared = one_by_one(prepare)([0, 1, 2, 3])
    assert (prepared.keys, prepared.values) == (["0", "2"], [{"n": 0}, {"n": 2}])
    assert list(prepared.refused) == [1, 3]


class Sender:
    """Accepts every row, or loses every response."""

    width = 4
    max_failed_chunks = 5
    events = ()
    account = "one"

    def __init__(self, *, lost: bool = False) -> None:
        self.lost = lost

    async def fetch(self, call: Call[Any], *, watch: Any = None) -> tuple[Any, int]:
        if watch is not None:
            await watch.before_send()
        if self.lost:
            raise ResponseLost("lost", call=call)
        return {}, 1


def batch(**options: Any) -> BulkEndpoint[str]:
    return BulkEndpoint(
        prepare=one_by_one(lambda item: (item, item)),
        call=lambda rows: Call("POST", "rows", body=json_of(rows), is_bulk=True),
        operation="rows",
        **{
            "parse_results": lambda payload, rows: [
                RowResult(Status.DONE, key) for key in rows.keys
            ],
            **options,
        },
    )


@pytest.mark.parametrize("told", [[], [RowResult(Status.DONE)], [RowResult(Status.DONE)] * 3])
def test_result_for_another_number_of_rows_counts_for_none(told: Any) -> None:
    report = run(
        asyncio.wait_for(
            report_of(Bulk(Sender(), ["a", "b"], batch(parse_results=fixed_results(told)))), 5
        )
    )
    assert report.counts == {Status.UNKNOWN: 2}


@pytest.mark.parametrize("found", [[], [RowResult(Status.DONE)], [RowResult(Status.DONE)] * 3])
def test_look_up_with_another_number_of_rows_counts_for_none(found: list[RowResult]) -> None:
    async def look_up(rows: Rows[str]) -> Any:
        return found

    report = run(report_of(Bulk(Sender(lost=True), ["a", "b"], batch(look_up=look_up))))
    assert report.counts == {Status.UNKNOWN: 2}


def fixed_results(told: Any) -> Any:
    return lambda payload, rows: told


async def report_of(bulk: Bulk[str]) -> Any:
    return await bulk


def test_report_counts_what_was_read_so_far() -> None:
    async def main() -> None:
        bulk = Bulk(Sender(), [str(n) for n in range(200)], batch())
        read = 0
        async for _ in bulk:
            read += 1
            assert bulk.report.counts == {Status.DONE: read}
        assert read == 200

    run(main())


class Row(str):
    """A text that can be observed until its memory is freed."""


def test_rows_of_finished_chunks_are_freed_without_a_garbage_collection() -> None:
    rows = (Row(number) for number in range(200))
    left: WeakSet[Row] = WeakSet()

    async def main() -> None:
        bulk = Bulk(Sender(), rows, batch())
        async for outcome in bulk:
            left.add(outcome.item)
        assert outcome.index == 199
        del outcome
        assert not left
        assert bulk.report.counts == {Status.DONE: 200}

    gc.collect()
    gc.disable()
    try:
        run(main())
    finally:
        gc.enable()


def test_event_loop_runs_twice_before_each_block() -> None:
    had = 0
    turns: list[int] = []

    async def check(first: int, items: list[str]) -> Checked[str]:
        turns.append(had)
        return Rows(range(first, first + len(items)), items, list(items), [b"1"] * len(items)), []

    async def turn() -> None:
        nonlocal had
        while True:
            had += 1
            await asyncio.sleep(0)  # exactly one turn of the event loop, which the test counts

    async def main() -> None:
        beside = asyncio.create_task(turn())
        async for _ in chunks(map(str, range(2000)), batch(), check):
            pass
        beside.cancel()

    asyncio.run(main())
    assert turns == list(range(2, 82, 2))
