"""Running a source ahead of whoever reads it, so far and no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def ahead(source: AsyncGenerator[T, None], most: int) -> AsyncGenerator[T, None]:
    """What ``source`` yields, in order, with up to ``most`` elements kept ready.

    The source runs in a task of its own and stands still while ``most`` elements wait. What it
    raises is raised after the elements before. Closing this generator closes the source.
    """
    ready: asyncio.Queue[tuple[T] | None] = asyncio.Queue(most)

    closing = False

    async def fill() -> None:
        failure: BaseException | None = None
        try:
            async for element in source:
                await ready.put((element,))
        except (Exception, asyncio.CancelledError) as raised:
            if closing:
                raise
            failure = raised
        await ready.put(None)
        if failure is not None:
            raise failure

    filling = asyncio.create_task(fill())
    try:
        while (element := await ready.get()) is not None:
            yield element[0]
        await filling
    finally:
        closing = True
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
        await source.aclose()
