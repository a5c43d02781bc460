"""A source that runs ahead of whoever reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from lms_async.http.prefetch import prefetch

from ..virtual import run


class Source:
    """Gives numbers, and knows how far it came and whether it was closed."""

    def __init__(self, count: int, *, failure: BaseException | None = None) -> None:
        self.count = count
        self.failure = failure
        self.given = 0
        self.closed = False

    async def numbers(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self.count):
                self.given += 1
                yield number
            if self.failure is not None:
                raise self.failure
        finally:
            self.closed = True


async def _turns() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def test_it_runs_so_far_ahead_and_no_further() -> None:
    source = Source(20)

    async def main() -> list[int]:
        seen = []
        async for number in prefetch(source.numbers(), 3):
            await _turns()
            assert source.given <= number + 1 + 3 + 1  # read, ready, and one that waits for room
            seen.append(number)
        return seen

    assert run(main()) == list(range(20))
    assert source.closed


def test_a_source_that_waits_is_waited_for() -> None:
    async def slowly() -> AsyncGenerator[int, None]:
        for number in range(3):
            await asyncio.sleep(1)
            yield number
        await asyncio.sleep(1)  # and ends when nobody counts on it

    async def main() -> list[int]:
        return [number async for number in prefetch(slowly(), 2)]

    assert run(main()) == [0, 1, 2]


@pytest.mark.parametrize("failure", [ValueError("broken"), asyncio.CancelledError()])
def test_what_the_source_raises_comes_after_what_it_gave(failure: BaseException) -> None:
    seen = []

    async def main() -> None:
        async for number in prefetch(Source(5, failure=failure).numbers(), 2):
            await _turns()
            seen.append(number)

    with pytest.raises(type(failure)):
        run(main())
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("read", [1, 3])
def test_to_leave_early_closes_the_source(read: int) -> None:
    source = Source(20)

    async def main() -> None:
        async with aclosing(prefetch(source.numbers(), 2)) as numbers:
            for _ in range(read):
                await anext(numbers)
            await _turns()
        assert source.closed
        assert source.given < 20
        assert len(asyncio.all_tasks()) == 1

    run(main())
