"""Write rows to standard output at the speed at which they are read there.

The command's other output is dropped if nobody reads it. Rows must not be dropped: the command
waits for a reader that pauses, and stops when the reader is gone.
"""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import sys

import attrs

from ..exit_codes import CommandError

#: How many bytes can be written without blocking to a pipe that has room.
_AT_ONCE = getattr(select, "PIPE_BUF", 1 << 16)
#: The file descriptor of standard output. It is always open: if it was closed, it leads to the null
#: device.
_STANDARD_OUTPUT = 1


class ReaderGone(Exception):
    """The program that reads the output has ended, as ``head`` does."""


@attrs.frozen
class Output:
    """Where rows are printed.

    :param descriptor: the file descriptor.
    :param terminal_width: the width of the terminal, in columns; ``None`` if it is not a terminal.
    :param terminal_encoding: the encoding of the terminal.
    """

    descriptor: int
    terminal_width: int | None = None
    terminal_encoding: str = "utf-8"

    async def write(self, text: str) -> None:
        """Write ``text``. Other tasks run while the reader pauses.

        :raises ReaderGone: nobody reads the output any more.
        :raises CommandError: the output cannot be written, for example because the disk is full.
        """
        encoding = "utf-8" if self.terminal_width is None else self.terminal_encoding
        left = memoryview(text.encode(encoding, "backslashreplace"))
        while left:
            await self._room()
            try:
                left = left[os.write(self.descriptor, left[:_AT_ONCE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise ReaderGone from None
            except OSError as error:
                raise CommandError(f"The output could not be written: {error.strerror}.") from None

    async def _room(self) -> None:
        """Wait until a write does not block."""
        loop = asyncio.get_running_loop()
        has_room = asyncio.Event()
        try:
            loop.add_writer(self.descriptor, has_room.set)
        except (PermissionError, NotImplementedError):
            return  # a plain file always has room; on Windows a write may block
        try:
            await has_room.wait()
        finally:
            loop.remove_writer(self.descriptor)


def standard_output() -> Output:
    """Return standard output, with the width of the terminal if it is one."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Output(_STANDARD_OUTPUT, width, sys.stdout.encoding)
