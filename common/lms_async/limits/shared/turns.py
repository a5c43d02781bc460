"""Continue many waiting tasks without blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

_Item = TypeVar("_Item")

#: How many tasks continue in one cycle of the event loop.
AT_ONCE = 50


async def in_turns(items: Iterable[_Item], act: Callable[[_Item], None]) -> None:
    """Call ``act`` for each of ``items``, a few in each cycle of the event loop."""
    for number, item in enumerate(items, start=1):
        act(item)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


def resolve(future: asyncio.Future[_Item], result: _Item) -> None:
    """Set the result of ``future``, unless its task has been cancelled."""
    if not future.done():
        future.set_result(result)


def fail(future: asyncio.Future[_Item], error: Exception) -> None:
    """Set the exception of ``future``, unless its task has been cancelled."""
    if not future.done():
        future.set_exception(error)
