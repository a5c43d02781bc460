"""Pages that are fetched side by side, from a vendor whose every answer is timed by Hypothesis."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lms_async import ConnectionFailed, UnexpectedResponse
from lms_async.http.vendor import Page

from .virtual_list import Lie, VirtualList, read

draws = st.data()
MOST_STEPS = 3000


class Play:
    """Chooses at each step: answer one of the requests, or change the list."""

    def __init__(self, data: st.DataObject, source: VirtualList, changes: list[str]) -> None:
        self._data = data
        self._source = source
        self._changes = changes
        self._new = 10_000
        self._steps = 0
        self.gone: set[int] = set()

    def __call__(self) -> None:
        self._steps += 1
        assert self._steps < MOST_STEPS, "the reader does not come to an end"
        source, draw = self._source, self._data.draw
        if self._changes and draw(st.integers(0, 2)) == 0:
            self._change(self._changes.pop())
        elif source.waiting:
            source.answer(draw(st.integers(0, len(source.waiting) - 1)))

    def _change(self, change: str) -> None:
        ids, draw = self._source.ids, self._data.draw
        count = draw(st.integers(1, 7))
        if change == "put in":
            at = draw(st.integers(0, len(ids)))
            ids[at:at] = range(self._new, self._new + count)
            self._new += count
        else:
            at = draw(st.integers(0, max(0, len(ids) - 1)))
            self.gone |= set(ids[at : at + count])
            del ids[at : at + count]


def check(source: VirtualList, play: Play, before: list[int], given_rows: list[int]) -> None:
    stayed = [one for one in before if one not in play.gone]
    assert len(given_rows) == len(set(given_rows)), "a row was given twice"
    kept = set(stayed)
    assert [one for one in given_rows if one in kept] == stayed
    assert source.most_in_flight <= source.width + 1
    event(f"requests: {len(source.asked) // 10 * 10}")


lists = st.tuples(st.integers(0, 60), st.integers(2, 7), st.integers(1, 8))


@settings(max_examples=300, deadline=None)
@given(draws, lists, st.lists(st.sampled_from(["put in", "taken out"]), max_size=6))
def test_list_by_offset_misses_nobody_who_stayed_in_any_interleaving(
    data: st.DataObject, shape: tuple[int, int, int], changes: list[str]
) -> None:
    count, size, width = shape
    before = list(range(count))
    source = VirtualList(before, size=size, width=width, by_number=False)
    play = Play(data, source, changes)
    check(source, play, before, asyncio.run(read(source, play)))


@settings(max_examples=300, deadline=None)
@given(draws, lists, st.sampled_from(["put in", "taken out"]), st.integers(0, 4))
def test_list_by_number_misses_nobody_if_rows_are_only_added_or_only_removed(
    data: st.DataObject, shape: tuple[int, int, int], change: str, times: int
) -> None:
    count, size, width = shape
    before = list(range(count))
    source = VirtualList(before, size=size, width=width, by_number=True)
    play = Play(data, source, [change] * times)
    check(source, play, before, asyncio.run(read(source, play)))


def lies(data: st.DataObject, kind: str, size: int) -> Lie:
    """Return a lie of the given kind. The same page is always told in the same way."""
    told: dict[int, int] = {}
    end = data.draw(st.integers(0, 50))

    def lie(start: int, rows: list[Any], is_last: bool, total: int) -> tuple[list[Any], bool, int]:
        if start not in told:
            told[start] = data.draw(st.integers(0, 200))
        if kind == "total":
            return rows, is_last, told[start]
        if kind == "huge total":
            return rows, is_last, 10**12
        if kind == "short pages":
            kept = rows[: max(1, told[start] % size)] if start else rows
            return kept, is_last and len(kept) == len(rows), total
        if kind == "early end" and start >= end:
            return rows, True, total
        return rows, is_last, total

    return lie


@pytest.mark.parametrize("by_number", [False, True])
@pytest.mark.parametrize("kind", ["total", "huge total", "short pages", "early end"])
@settings(max_examples=40, deadline=None)
@given(data=draws, shape=lists)
def test_vendor_that_lies_is_read_like_one_page_after_the_other(
    kind: str, by_number: bool, data: st.DataObject, shape: tuple[int, int, int]
) -> None:
    count, size, width = shape
    lie = lies(data, kind, size)
    found = []
    for reads_ahead in (True, False):
        source = VirtualList(
            range(count),
            size=size,
            width=width,
            by_number=by_number,
            reads_ahead=reads_ahead,
            lie=lie,
        )
        found.append(asyncio.run(read(source, Play(data, source, []))))
    assert found[0] == found[1]
    if kind != "early end" and not (by_number and kind == "short pages"):
        assert found[0] == list(range(count))


@pytest.mark.parametrize("reads_ahead", [True, False])
@settings(max_examples=40, deadline=None)
@given(data=draws, width=st.integers(1, 8))
def test_vendor_that_repeats_a_page_raises(
    reads_ahead: bool, data: st.DataObject, width: int
) -> None:
    def lie(start: int, rows: list[Any], is_last: bool, total: int) -> Any:
        return list(range(5)), False, total

    source = VirtualList(
        range(40), size=5, width=width, by_number=True, lie=lie, reads_ahead=reads_ahead
    )
    source.vendor.page = lambda call, payload: Page(payload[0], source._to(1), total=40)
    with pytest.raises(UnexpectedResponse, match="does not come to an end"):
        asyncio.run(read(source, Play(data, source, [])))


@pytest.mark.parametrize("by_number", [False, True])
async def test_error_of_one_page_is_raised_after_the_rows_before_it(by_number: bool) -> None:
    source = VirtualList(range(100), size=10, width=4, by_number=by_number)
    source.broken[3 if by_number else 27] = ConnectionFailed("lost")
    given_rows: list[int] = []

    async def reading() -> None:
        async for page in source.pages().pages():
            given_rows.extend(page)

    task = asyncio.create_task(reading())
    while not task.done():
        for _ in range(12):
            await asyncio.sleep(0)
        if source.waiting:
            source.answer(len(source.waiting) - 1)  # the last request is answered first
    with pytest.raises(ConnectionFailed):
        await task
    await asyncio.sleep(0)
    assert given_rows == list(range(30 if by_number else 28))
    assert source.waiting == []


async def test_slow_reader_holds_the_fetching_back_and_leaving_cancels_it() -> None:
    source = VirtualList(range(1000), size=10, width=5, by_number=True)
    pages = source.pages().pages()
    first = asyncio.ensure_future(anext(pages))
    for _ in range(200):
        await asyncio.sleep(0)
        if source.waiting:
            source.answer(0)
    assert await first == list(range(10))
    # the page in use, two decoded, one that waits for room, and twice the width ahead
    assert len(source.asked) == 14
    for _ in range(4):
        await anext(pages)
        await asyncio.sleep(0)
    assert source.waiting
    await pages.aclose()
    await asyncio.sleep(0)
    assert source.waiting == []


async def test_gap_that_is_found_late_re_reads_that_stretch_only() -> None:
    source = VirtualList(range(1000), size=10, width=8, by_number=False)
    without = VirtualList(range(1000), size=10, width=8, by_number=False)
    await read(without, lambda: without.answer(0))

    def step() -> None:
        if len(source.asked) == 40 and 0 in source.ids:
            del source.ids[:5]
        source.answer(0)

    assert await read(source, step) == list(range(1000))
    assert len(source.asked) <= len(without.asked) + 2


async def test_list_by_number_without_a_total_is_read_one_page_after_the_other() -> None:
    source = VirtualList(
        range(100),
        size=10,
        width=5,
        by_number=True,
        lie=lambda start, rows, is_last, total: (rows, is_last, None),
    )
    assert await read(source, lambda: source.answer(0)) == list(range(100))
    assert source.most_in_flight == 1


@pytest.mark.parametrize("count", [1, 20])
async def test_list_by_number_that_soon_has_its_old_length_again_misses_nobody(count: int) -> None:
    source = VirtualList(range(100), size=10, width=4, by_number=True)
    new = list(range(1000, 1000 + count))

    def step() -> None:
        if len(source.waiting) == 4 and 0 in source.ids:
            source.answer(0)
            del source.ids[:count]
        elif len(source.asked) > 6 and 1000 not in source.ids:
            source.ids.extend(new)
        source.answer(0)

    assert await read(source, step) == [*range(100), *new]


async def test_empty_page_in_a_list_by_number_does_not_hide_a_shift() -> None:
    def hide(start: int, rows: list[Any], is_last: bool, total: int) -> Any:
        return [row for row in rows if row not in range(30, 40)], is_last, total

    source = VirtualList(range(100), size=10, width=4, by_number=True, lie=hide)

    def step() -> None:
        if len(source.waiting) == 4 and 0 in source.ids:
            for place in (0, 1, 1):  # pages 1, 3 and 4; page 2 is answered after the change
                source.answer(place)
            del source.ids[:10]
        source.answer(0)

    assert await read(source, step) == [*range(30), *range(40, 100)]
