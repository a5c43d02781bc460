"""Run ``lms`` in a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.cli.conftest import reset_signals

#: What moves the cursor, clears lines or sets colors.
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
_COLOR = re.compile(r"\x1b\[[\d;]*3\d[\d;]*m")


class Terminal:
    """A terminal with a running ``lms``.

    :param keyboard: the descriptor of the user's end.
    """

    def __init__(self, keyboard: int, process: asyncio.subprocess.Process) -> None:
        self._keyboard: int | None = keyboard
        self.process = process
        self._received = b""
        self._more = asyncio.Event()
        asyncio.get_running_loop().add_reader(keyboard, self._read)

    @property
    def raw(self) -> str:
        """Everything that was printed."""
        return self._received.decode("utf-8", "replace")

    @property
    def lines(self) -> list[str]:
        """Every line that was ever on the screen, without colors. Progress has many versions."""
        return [
            line.rstrip()
            for line in re.split(r"[\r\n]+", _CONTROL_SEQUENCE.sub("", self.raw))
            if line.strip()
        ]

    @property
    def text(self) -> str:
        """All that was printed, without line breaks."""
        return " ".join(" ".join(self.lines).split())

    @property
    def has_color(self) -> bool:
        """Whether any text was colored."""
        return _COLOR.search(self.raw) is not None

    def type(self, keys: str) -> None:
        """Press keys."""
        assert self._keyboard is not None
        os.write(self._keyboard, keys.encode())

    async def shows(self, text: str) -> None:
        """Wait until ``text`` was printed."""
        async with asyncio.timeout(30):
            while text not in self.text:
                self._more.clear()
                await self._more.wait()

    async def interrupt(self) -> int:
        """Press Ctrl-C, and again if nothing happens, until ``lms`` ends.

        Python misses a Ctrl-C that arrives after it printed a question and before it reads the
        answer.
        """
        for _ in range(10):
            self.type("\x03")
            with suppress(TimeoutError):
                return await asyncio.wait_for(self.process.wait(), 3)
        raise AssertionError("lms does not end")

    async def exit_code(self) -> int:
        """Wait until ``lms`` ends."""
        return await asyncio.wait_for(self.process.wait(), 30)

    def close(self) -> None:
        """Close the window."""
        if self._keyboard is not None:
            self._read()
            asyncio.get_running_loop().remove_reader(self._keyboard)
            os.close(self._keyboard)
            self._keyboard = None

    def _read(self) -> None:
        assert self._keyboard is not None
        os.set_blocking(self._keyboard, False)
        try:
            while received := os.read(self._keyboard, 1 << 16):
                self._received += received
        except BlockingIOError:
            pass
        except OSError:  # the program has ended
            asyncio.get_running_loop().remove_reader(self._keyboard)
        self._more.set()


def take_terminal() -> None:
    """Make the terminal on standard input the one whose Ctrl-C interrupts this process."""
    reset_signals()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@asynccontextmanager
async def in_terminal(
    *arguments: object, environment: Mapping[str, str], folder: Path, columns: int = 80
) -> AsyncIterator[Terminal]:
    """Start ``lms`` in a terminal with so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    unset = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "lms_async.cli", *map(str, arguments)),
        env={**kept, "TERM": "xterm", **environment},
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(theirs)
    terminal = Terminal(ours, process)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        terminal.close()
