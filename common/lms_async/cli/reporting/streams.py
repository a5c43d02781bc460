"""Standard output and standard error that never fail and never hold an import up.

Whoever reads the output may close it, stop reading it, or not be there at all, and its encoding may
lack a letter. None of that may change what happens to the rows or the exit code.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections import deque
from typing import Any, TextIO

from ..wording import visible

#: How long to wait for a reader that takes nothing, in seconds.
PATIENCE = 5.0
#: How much unread output is kept in memory before the program waits for the reader, in bytes.
MOST_UNREAD = 64 * 1024 * 1024


class SteadyOutput(io.RawIOBase):
    """A file descriptor to write to. Nothing that happens to it raises an error.

    Output that the reader does not take at once is kept, and written when there is room. A reader
    that is gone, a full disk and a closed terminal make it silent for good.

    :param descriptor: ``None`` where the program was started without this stream.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._unread: deque[bytes] = deque()
        self._size = 0
        self._given_up = False

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        if self._descriptor is None:
            raise io.UnsupportedOperation("there is no such stream")
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._descriptor is not None and os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        """Take all of ``data``. Returns its length, also if nobody will ever read it."""
        chunk = bytes(data)
        if self._descriptor is not None and chunk:
            self._unread.append(chunk)
            self._size += len(chunk)
            self._push(0.0)
            if self._size > MOST_UNREAD and (self._given_up or not self._push(PATIENCE)):
                self._size -= len(self._unread.pop())  # nobody reads: this part is lost
                self._given_up = True
        return len(chunk)

    def drain(self) -> None:
        """Write what is kept, as long as the reader takes some of it every few seconds.

        A person at a terminal may have paused it, and is waited for without a limit.
        """
        while self._unread and (self._push(PATIENCE) or self.isatty()):
            pass

    def _push(self, seconds: float) -> bool:
        """Write what the reader takes, waiting up to ``seconds`` for it to take the first part.
        Returns whether it took any."""
        began = False
        while self._unread and self._has_room(0.0 if began else seconds):
            first = self._unread.popleft()
            try:
                written = os.write(self.fileno(), first[: _at_once()])
            except BlockingIOError:
                written = 0
            except OSError:
                self._descriptor = None
                self._unread.clear()
                self._size = 0
                return began
            self._size -= written
            if written < len(first):
                self._unread.appendleft(first[written:])
            if not written:
                return began
            began = True
            self._given_up = False
        return began

    def _has_room(self, seconds: float) -> bool:
        if not hasattr(select, "poll"):  # Windows: a write waits for the reader there
            return True
        poll = select.poll()
        poll.register(self.fileno(), select.POLLOUT)
        return bool(poll.poll(seconds * 1000))


class Screen(io.TextIOWrapper):
    """Text on its way to a screen. Control characters, which could move the cursor or hide what
    stands before them, are written as escapes: they can stand in a file's name, and so in what
    other libraries print."""

    #: Whether whoever writes to it moves the cursor on purpose, and takes care of the rest.
    raw_text = False

    def write(self, text: str) -> int:
        """Write ``text``."""
        return super().write(text if self.raw_text else "\n".join(map(visible, text.split("\n"))))


def _at_once() -> int:
    """How many bytes can be written without waiting to a pipe that has room."""
    return getattr(select, "PIPE_BUF", 1 << 16)


def install() -> None:
    """Replace ``sys.stdout`` and ``sys.stderr`` by streams that never fail.

    Also opens the standard descriptors that are closed, so that no file or socket gets their
    number, and with it the output of somebody else's code.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = _steady(sys.stdout)
    sys.stderr = _steady(sys.stderr)


def _steady(stream: TextIO | None) -> TextIO:
    try:
        descriptor = None if stream is None else stream.fileno()
    except (OSError, ValueError):
        descriptor = None
    return Screen(
        SteadyOutput(descriptor),  # type: ignore[arg-type] # it takes raw streams too, as -u does
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors="backslashreplace",
        write_through=True,
    )


def drain() -> None:
    """Wait until the output is read, or nobody reads it any more."""
    try:
        for stream in (sys.stdout, sys.stderr):
            output = getattr(stream, "buffer", None)
            if isinstance(output, SteadyOutput):
                output.drain()
    except KeyboardInterrupt:
        pass  # the work is done: only its output was waited for


def as_raw(stream: TextIO) -> TextIO:
    """``stream``, for somebody who moves the cursor on purpose."""
    if isinstance(stream, Screen):
        stream.raw_text = True
    return stream


def as_utf8(stream: TextIO) -> TextIO:
    """``stream``, writing UTF-8 from now on."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8")
    return stream
