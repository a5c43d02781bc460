"""Run work that blocks in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from .working_set import WorkingSet

_T = TypeVar("_T")


async def in_thread(working_set: WorkingSet, work: Callable[[], _T]) -> _T:
    """Run ``work``, which adds or compares entries, in a thread.

    If the caller is cancelled, SQLite is interrupted. The working set must not be closed while
    the thread uses it.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            working_set.connection.interrupt()
            await asyncio.wait([task], timeout=0.1)
        # An error that the interruption led to is not of interest.
        task.exception()
        raise
