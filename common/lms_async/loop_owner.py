"""Ties a client or a limiter to the event loop and process it was first used in."""

from __future__ import annotations

import asyncio
import os

from .errors import ClientUnusable


class LoopOwner:
    """The event loop and process that own an object: those in which it is first used.

    :param what: the object's name in the error, e.g. ``the client``.
    :param hint: what the error advises.
    """

    def __init__(self, what: str, hint: str) -> None:
        self._what = what
        self._hint = hint
        #: The loop that owns it; ``None`` before the first use.
        self.bound_loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def loop(self) -> asyncio.AbstractEventLoop:
        """Give the running event loop.

        :raises ClientUnusable: another event loop or process owns the object.
        """
        loop = asyncio.get_running_loop()
        if self.bound_loop is None:
            self.bound_loop, self._pid = loop, os.getpid()
        if self.bound_loop is not loop or self._pid != os.getpid():
            raise ClientUnusable(
                f"{self._what} belongs to another event loop or process", hint=self._hint
            )
        return loop
