"""Many rate limits that processes and hosts keep together, through one Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Self
from weakref import WeakSet

from redis.asyncio import Redis

from ...errors import ClientUnusable
from ...events import Listener
from ..limiter import Limiter
from .shared_redis import SharedRedis
from .turns import AT_ONCE
from .window import RedisWindow


class RedisWindows:
    """Makes any number of :class:`RedisWindow`, which share two connections to one Redis.

    Use one for all accounts of a worker. Like a window, it belongs to the event loop and the
    process in which it is first used. Close it, or use it as an async context manager.

    :param url_or_client: a URL as for :class:`RedisWindow`, or a ``redis.asyncio.Redis``, which is
        only asked for its settings, e.g. for TLS. Its connections are not used.
    :param timeout: seconds, at least the timeout of the clients that use the windows.
    :param redis_is_new: as for :class:`RedisWindow`.
    :param events: functions that are called with the events of all windows.
    :raises InvalidInput: the URL can't be read, or the client is one for Sentinel or a cluster.
    """

    def __init__(
        self,
        url_or_client: str | Redis = "redis://localhost:6379/0",
        *,
        timeout: float = 60.0,
        redis_is_new: bool = False,
        events: Sequence[Listener] = (),
    ) -> None:
        self._redis = SharedRedis(url_or_client)
        self._timeout = timeout
        self._redis_is_new = redis_is_new
        self._events = events
        self._closed = False
        # Windows that nobody uses any more may be garbage-collected.
        self._windows: WeakSet[RedisWindow] = WeakSet()

    def __repr__(self) -> str:
        return f"<RedisWindows: {len(self._windows)} windows>"

    def window(
        self,
        limit: int,
        *,
        per: float,
        scope: str,
        when_away: Literal["refuse"] | Limiter = "refuse",
    ) -> RedisWindow:
        """Make the window of one scope.

        A window that was not used for a while and has no busy slots unsubscribes from Redis, and
        subscribes again when it is used. :meth:`close` closes all windows. Closing a window alone
        does not close the connections that others use.

        :param limit: requests, at least 1; the same in all processes.
        :param per: seconds, above 0; the same in all processes.
        :param scope: what the vendor counts by, e.g. an account's key or a host.
        :param when_away: as for :class:`RedisWindow`.
        :raises ValueError: a number is too small.
        :raises ClientUnusable: this object is closed.
        """
        if self._closed:
            raise ClientUnusable("these windows were closed", hint="make a new RedisWindows")
        window = RedisWindow(
            limit,
            per=per,
            scope=scope,
            url=self._redis,
            timeout=self._timeout,
            when_away=when_away,
            redis_is_new=self._redis_is_new,
            events=self._events,
        )
        self._windows.add(window)
        return window

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all windows, as :meth:`RedisWindow.close` does, and the connections."""
        self._closed = True
        windows = list(self._windows)
        for start in range(0, len(windows), AT_ONCE):  # so that the event loop stays responsive
            await asyncio.gather(*(window.close() for window in windows[start : start + AT_ONCE]))
