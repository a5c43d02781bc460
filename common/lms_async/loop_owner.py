"""Where what waits belongs: the event loop and the process that it was first used in."""

from __future__ import annotations

import asyncio
import os

from .errors import ClientUnusable


class LoopOwner:
    """Settles where it is first asked for, and refuses anywhere else.

    :param what: of whom the error speaks, e.g. ``the client``.
    :param hint: what to do instead.
    """

    def __init__(self, what: str, hint: str) -> None:
        self._what = what
        self._hint = hint
        #: The loop it settled on, whichever runs now.
        self.bound_loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def loop(self) -> asyncio.AbstractEventLoop:
        """The running event loop.

        :raises ClientUnusable: it is another one than before, or this is another process.
        """
        loop = asyncio.get_running_loop()
        if self.bound_loop is None:
            self.bound_loop, self._pid = loop, os.getpid()
        if self.bound_loop is not loop or self._pid != os.getpid():
            raise ClientUnusable(
                f"{self._what} belongs to another event loop or process", hint=self._hint
            )
        return loop
