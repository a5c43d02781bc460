"""Running a source ahead of whoever reads it, so far and no further."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def ahead(source: AsyncGenerator[T, None], most: int) -> AsyncGenerator[T, None]:
    """What ``source`` yields, in order, with up to ``most`` elements kept ready.

    The source runs in a task of its own and stands still while ``most`` elements wait. What it
    raises is raised after the elements before. Closing this generator closes the source.
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
