"""Work that must also be finished, or ended, when its task is cancelled at any moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any


def is_cancelled() -> bool:
    """Return whether this task was cancelled.

    CancelledError alone can't tell. redis-py uses timeouts of 0 when it checks its connections, and
    a timeout that ends at the moment of a cancellation swallows it.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def finish(*tasks: asyncio.Task[Any]) -> None:
    """Wait until ``tasks`` have ended, also if this task is cancelled meanwhile.

    The caller can go on to close its connections, and asks :func:`is_cancelled` before it waits for
    anything else.
    """
    while not all(task.done() for task in tasks):
        with suppress(asyncio.CancelledError):
            await asyncio.wait(tasks)
