"""Reading a source ahead of its consumer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from lms_async.http.prefetch import prefetch

from ..virtual import run


class Source:
    """Yields numbers; records how many it gave and whether it was closed."""

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


def test_reads_ahead_up_to_the_limit() -> None:
    source = Source(20)

    async def main() -> list[int]:
        seen = []
        async for number in prefetch(source.numbers(), 3):
            await _turns()
            # the number read, three in the queue, and one that waits for room
            assert source.given <= number + 1 + 3 + 1
            seen.append(number)
        return seen

    assert run(main()) == list(range(20))
    assert source.closed


def test_slow_source_is_awaited() -> None:
    async def slowly() -> AsyncGenerator[int, None]:
        for number in range(3):
            await asyncio.sleep(1)
            yield number
        await asyncio.sleep(1)  # the source takes another second to end after its last number

    async def main() -> list[int]:
        return [number async for number in prefetch(slowly(), 2)]

    assert run(main()) == [0, 1, 2]


@pytest.mark.parametrize("failure", [ValueError("broken"), asyncio.CancelledError()])
def test_error_of_the_source_comes_after_its_items(failure: BaseException) -> None:
    seen = []

    async def main() -> None:
        async for number in prefetch(Source(5, failure=failure).numbers(), 2):
            await _turns()
            seen.append(number)

    with pytest.raises(type(failure)):
        run(main())
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("read", [1, 3])
def test_leaving_early_closes_the_source(read: int) -> None:
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
