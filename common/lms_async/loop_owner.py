"""Tie a client or a limiter to the event loop and process in which it is first used."""

from __future__ import annotations

import asyncio
import os

from .errors import ClientUnusable


class LoopOwner:
    """Remembers the first event loop and process, and refuses any other.

    :param what: the name of the object in the error, e.g. ``the client``.
    :param hint: what to do instead.
    """

    def __init__(self, what: str, hint: str) -> None:
        self._what = what
        self._hint = hint
        #: The first event loop; ``None`` before the first use.
        self.bound_loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the running event loop.

        :raises ClientUnusable: it is not the first one, or this is another process.
        """
        loop = asyncio.get_running_loop()
        if self.bound_loop is None:
            self.bound_loop, self._pid = loop, os.getpid()
        if self.bound_loop is not loop or self._pid != os.getpid():
            raise ClientUnusable(
                f"{self._what} belongs to another event loop or process", hint=self._hint
            )
        return loop
