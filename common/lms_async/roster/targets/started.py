"""Read something while other records are handled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@asynccontextmanager
async def started(reading: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Run ``reading`` in a task that ends with the block. If it still runs then, it is cancelled.

    Await the task for its result. An error of the task is raised there. If the block ends before,
    with an error of its own, the error of the task is not of interest.
    """
    task = asyncio.create_task(reading)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
