"""Requests that continue after their callers were cancelled.

When a caller is cancelled after its request was sent, the request may still arrive at the server.
So each request is sent by a separate task. The caller returns at once, and the task waits for the
response, to know when the request has arrived. Its slot of the rate limit is then free one period
later, instead of one period after the request's timeout.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import aiohttp
import attrs

from ..limits.slot import FullSlot


@attrs.define(eq=False)
class Progress:
    """How far one request got.

    :param slot: the request's slot of the rate limit.
    """

    slot: FullSlot
    #: Whether the session reports when the request gets its connection. The caller's own session
    #: does not, so its requests count as sent from the start.
    observed: bool = True
    #: When the request's timeout ends, in the event loop's time.
    deadline: float = 0.0
    #: Whether the request has a connection, so that it may have been sent.
    sent: bool = False

    def left(self) -> float:
        """Return the seconds left of the timeout: the time the request may still take to arrive."""
        return max(0.0, self.deadline - asyncio.get_running_loop().time())


#: The progress of the request that the running task sends.
CURRENT: ContextVar[Progress | None] = ContextVar("lms_async.http.in_flight", default=None)


async def _got_connection(session: aiohttp.ClientSession, context: Any, params: object) -> None:
    context.trace_request_ctx.sent = True


def observing() -> aiohttp.TraceConfig:
    """Return the tracing that records in :class:`Progress` when a request gets its connection.

    It is used with the caller's own connector. Our own connector does this faster, see
    ``connections.py``.
    """
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(_got_connection)
    tracing.on_connection_reuseconn.append(_got_connection)
    return tracing


class InFlight:
    """The requests of one client whose callers were cancelled."""

    def __init__(self) -> None:
        self._left_behind: set[asyncio.Task[aiohttp.ClientResponse]] = set()

    async def response(
        self,
        request: Coroutine[Any, Any, aiohttp.ClientResponse],
        progress: Progress,
        *,
        ended: Callable[[], None],
        over: Callable[[aiohttp.ClientResponse | None], None],
    ) -> aiohttp.ClientResponse:
        """Wait for the response to ``request``, which ends its own slot.

        :param ended: called in any case, when the response's status line came or will not come.
        :param over: called if the caller got no response, when the request has ended: with the
            response that came too late, or with ``None``.
        """
        loop = asyncio.get_running_loop()
        task = loop.create_task(request)
        # A future costs less than asyncio.wait(), and a cancelled caller leaves the task alone.
        waiting = loop.create_future()

        def has_ended(_: object) -> None:
            if not waiting.done():
                waiting.set_result(None)
            ended()

        task.add_done_callback(has_ended)

        def left_behind(_: object) -> None:
            self._left_behind.discard(task)
            progress.slot.unused()  # has no effect unless the task never began to run
            if task.cancelled() or task.exception() is not None:
                over(None)
            else:
                over(task.result())
                task.result().close()

        try:
            await waiting
        except asyncio.CancelledError:
            self._left_behind.add(task)
            task.add_done_callback(left_behind)
            # Without a connection nothing was sent, so stop the request before it is. If the
            # session does not report connections, stop the request too, to be safe.
            if not (progress.sent and progress.observed):
                task.cancel()
            raise
        try:
            return task.result()
        except BaseException:
            over(None)
            raise

    async def close(self) -> None:
        """Cancel the requests whose callers were cancelled."""
        loop = asyncio.get_running_loop()
        tasks = [task for task in self._left_behind if task.get_loop() is loop]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
