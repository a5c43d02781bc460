"""Standard output and standard error that never fail and never block an import.

The output may be closed, unread or missing, or its encoding may lack a letter. The rows and the
exit code must not depend on any of this.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections import deque
from typing import Any, TextIO

from ..exit_codes import CommandError
from ..wording import visible

#: How long to wait for a reader that reads nothing, in seconds.
PATIENCE = 5.0
#: How much unread output is kept in memory, in bytes.
MOST_UNREAD = 64 * 1024 * 1024


class SteadyOutput(io.RawIOBase):
    """Writes to a file descriptor and never raises an error.

    Output that the reader does not read at once is kept and written later. If the reader is gone
    or the disk is full, all further output is dropped.

    :param descriptor: ``None`` if the program was started without this stream.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._unread: deque[bytes] = deque()
        self._size = 0
        self._given_up = False
        #: Why output was lost, for example because the disk is full. A reader that is gone, as
        #: ``head`` is in the end, has what it wants.
        self.failure: OSError | None = None

    def writable(self) -> bool:
        """Return true."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        if self._descriptor is None:
            raise io.UnsupportedOperation("there is no such stream")
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._descriptor is not None and os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        """Accept ``data`` and return its length, even if nobody will ever read it."""
        chunk = bytes(data)
        if self._descriptor is not None and chunk:
            self._unread.append(chunk)
            self._size += len(chunk)
            self._push(0.0)
            if self._size > MOST_UNREAD and (self._given_up or not self._push(PATIENCE)):
                self._size -= len(self._unread.pop())  # the reader is stuck: drop this part
                self._given_up = True
        return len(chunk)

    def drain(self) -> None:
        """Write the kept output. Give up when the reader reads nothing for a few seconds.

        A terminal has no time limit, because its user may have paused it.
        """
        while self._unread and (self._push(PATIENCE) or self.isatty()):
            pass

    def _push(self, seconds: float) -> bool:
        """Write as much as the reader takes. Return whether it took any.

        :param seconds: how long to wait until it takes the first part.
        """
        began = False
        while self._unread and self._has_room(0.0 if began else seconds):
            first = self._unread.popleft()
            try:
                written = os.write(self.fileno(), first[: _at_once()])
            except BlockingIOError:
                written = 0
            except OSError as error:
                if not isinstance(error, BrokenPipeError):
                    self.failure = error
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
        if not hasattr(select, "poll"):  # Windows: a write blocks until the reader reads
            return True
        poll = select.poll()
        poll.register(self.fileno(), select.POLLOUT)
        return bool(poll.poll(seconds * 1000))


class Screen(io.TextIOWrapper):
    """A text stream that writes control characters as escapes.

    File names can contain characters that move the cursor or hide text, also in the output of
    other libraries.
    """

    #: Whether the writer moves the cursor on purpose, and escapes other control characters itself.
    raw_text = False

    def write(self, text: str) -> int:
        """Write ``text``."""
        return super().write(text if self.raw_text else "\n".join(map(visible, text.split("\n"))))


def _at_once() -> int:
    """Return how many bytes can be written without blocking to a pipe that has room."""
    return getattr(select, "PIPE_BUF", 1 << 16)


def install() -> None:
    """Replace ``sys.stdout`` and ``sys.stderr`` by streams that never fail.

    Also opens the standard descriptors 0 to 2 if they are closed. Otherwise the next file or socket
    would get such a number, and receive everything that is printed.
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
        SteadyOutput(descriptor),  # type: ignore[arg-type] # raw streams are accepted too
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors="backslashreplace",
        write_through=True,
    )


def drain() -> None:
    """Wait until the output is read, or the reader is gone."""
    try:
        for stream in (sys.stdout, sys.stderr):
            output = getattr(stream, "buffer", None)
            if isinstance(output, SteadyOutput):
                output.drain()
    except KeyboardInterrupt:
        pass  # the command is finished; only its output was pending


def check_written(stream: TextIO) -> None:
    """Check that no output of ``stream`` was lost, at the end of a command that has no other file.

    :raises CommandError: some was lost, for example because the disk is full.
    """
    output = getattr(stream, "buffer", None)
    if isinstance(output, SteadyOutput) and output.failure is not None:
        raise CommandError(
            f"The output could not be written: {output.failure.strerror}.",
            "To see it, run the same command again with another output.",
        )


def as_raw(stream: TextIO) -> TextIO:
    """Return ``stream`` for a writer that moves the cursor on purpose."""
    if isinstance(stream, Screen):
        stream.raw_text = True
    return stream


def as_utf8(stream: TextIO) -> TextIO:
    """Return ``stream``, writing UTF-8 from now on."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8")
    return stream
