"""Make many calls at the same time, and return their results in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

from ..errors import LmsError

I = TypeVar("I")  # noqa: E741 - the type of an item
T = TypeVar("T")

#: How many results may be waited for or unread. That is enough to fill any limit, and to fill four
#: requests that merge 50 reads each.
_AT_ONCE = 200


async def gather(
    read: Callable[[I], Awaitable[T]], items: Iterable[I]
) -> AsyncGenerator[tuple[I, T | LmsError], None]:
    """Yield each item with the result of ``read(item)``, or with the error that it raised."""

    async def one(item: I) -> T | LmsError:
        try:
            return await read(item)
        except LmsError as error:
            return error

    left = iter(items)
    failure: Exception | None = None
    started: deque[tuple[I, asyncio.Task[T | LmsError]]] = deque()
    try:
        while True:
            while failure is None and len(started) < _AT_ONCE:
                try:
                    item = next(left)
                except StopIteration:
                    break
                except Exception as error:  # noqa: BLE001 - raised after the results before it
                    failure = error
                    break
                started.append((item, asyncio.create_task(one(item))))
            if not started:
                if failure is not None:
                    raise failure
                return
            item, reading = started[0]
            result = await asyncio.shield(reading)
            started.popleft()
            yield item, result
    finally:
        for _, reading in started:
            reading.cancel()
        await asyncio.gather(*(reading for _, reading in started), return_exceptions=True)
