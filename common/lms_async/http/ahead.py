"""Fetch the further pages of a list side by side, and return them in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import DeadlineExceeded
from .call import Call
from .transport import Transport


class Ahead:
    """The pages of one list that are fetched before they are needed.

    Up to ``transport.width`` pages are on their way, and as many may wait for a late page before
    them. So memory is bounded, and a slow reader holds the fetching back. Each request waits for
    the rate limit like any other, so an interactive call still passes.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._calls: Iterator[Call[Any]] = iter(())
        self._started: deque[tuple[Call[Any], asyncio.Task[tuple[Any, int]]]] = deque()

    @property
    def head(self) -> Call[Any] | None:
        """The call of the first page that was not taken yet; ``None`` if no page is left."""
        return self._started[0][0] if self._started else None

    def plan(self, calls: Iterable[Call[Any]]) -> None:
        """Begin to fetch the pages of ``calls``. They are read one by one, as pages are taken."""
        self._calls = iter(calls)
        self._fill()

    async def take(self) -> Any:
        """Return the payload of the first page.

        :raises LmsError: its request failed.
        """
        call, fetching = self._started[0]
        late = False
        try:
            payload, _ = await asyncio.shield(fetching)
        except DeadlineExceeded:
            late = True
        finally:
            if fetching.done():
                self._started.popleft()
        if late:
            # Its deadline passed in the queue behind other pages. The page is needed now, so it has
            # the whole deadline again, and no page goes before it.
            self.drop()
            payload, _ = await self._transport.fetch(call)
        self._fill()
        return payload

    def drop(self) -> None:
        """Cancel all requests, and forget the pages that were not taken.

        It does not wait for them, since the event loop may close the walk while it ends.
        """
        self._calls = iter(())
        dropped = [fetching for _, fetching in self._started]
        self._started.clear()
        for fetching in dropped:
            fetching.cancel()

    def _fill(self) -> None:
        width = self._transport.width
        running = sum(not fetching.done() for _, fetching in self._started)
        while running < width and len(self._started) < 2 * width:
            call = next(self._calls, None)
            if call is None:
                return
            fetching = asyncio.create_task(self._transport.fetch(call))
            fetching.add_done_callback(self._fetched)
            self._started.append((call, fetching))
            running += 1

    def _fetched(self, fetching: asyncio.Task[tuple[Any, int]]) -> None:
        if not fetching.cancelled():
            fetching.exception()  # an error matters only if the page is taken
        self._fill()
