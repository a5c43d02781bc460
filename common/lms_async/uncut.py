"""Run cleanup to its end, even if its caller is cancelled meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Run ``work`` to its end. If the caller is cancelled, raise that afterwards.

    anyio, and frameworks built on it, cancel a task again in each turn of the event loop until the
    task has left its scope. ``asyncio.shield`` would hold for one turn only.
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
            task.exception()  # retrieved, so that asyncio does not log it
        raise cancelled  # the first one: anyio recognizes its own by the message
    finally:
        cancelled = None  # it refers to this frame: do not keep a cycle
