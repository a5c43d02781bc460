"""Read a limited number of elements from a source ahead of its consumer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def prefetch(source: AsyncGenerator[T, None], most: int) -> AsyncGenerator[T, None]:
    """Yield the elements of ``source`` in order, with up to ``most`` of them kept ready.

    The source runs in a separate task and pauses while ``most`` elements are ready. An error of
    the source is raised after the elements before it. Closing this generator closes the source.
    """
    ready: deque[T] = deque()
    some, room = asyncio.Event(), asyncio.Event()

    async def fill() -> None:
        try:
            async for element in source:
                while len(ready) >= most:
                    room.clear()
                    await room.wait()
                ready.append(element)
                some.set()
        finally:
            some.set()

    filling = asyncio.create_task(fill())
    try:
        while ready or not filling.done():
            if not ready:
                some.clear()
                await some.wait()
                continue
            if len(ready) >= most:
                room.set()
            yield ready.popleft()
        await filling
    finally:
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
        await source.aclose()
