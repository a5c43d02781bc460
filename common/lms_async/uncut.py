"""Work that must come to its end, whoever is cancelled meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Run ``work`` to its end. A cancellation of the caller is raised after that.

    anyio, and frameworks that are built on it, cancel a task again in each turn of the event loop
    until it has left its scope. ``asyncio.shield`` alone would hold for one turn only.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = cancelled or error
    if cancelled is None:
        return task.result()
    try:
        if not task.cancelled():
            task.exception()  # asked for, so that asyncio does not log it
        raise cancelled  # the first one: anyio knows its own by its text
    finally:
        cancelled = None  # which refers to this frame
