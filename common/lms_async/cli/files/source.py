"""Open the input: a file, or a stream that is copied to a private file first."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ..exit_codes import CommandError
from ..wording import quoted

_BLOCK = 1 << 20


class Source:
    """An input that can be read from the start several times.

    :param name: its name in messages.
    :param path: the file; ``None`` for a stream.
    :param copy: the copy of a stream: an unnamed file that is deleted when it is closed.
    """

    def __init__(
        self, name: str, *, path: Path | None = None, copy: BinaryIO | None = None
    ) -> None:
        self.name = name
        self.path = path
        self._copy = copy

    def open(self) -> BinaryIO:
        """Open the input at its start. The copy of a stream can have one reader at a time."""
        if self._copy is None:
            assert self.path is not None  # noqa: S101 - one of the two is given
            return self.path.open("rb")
        self._copy.seek(0)
        return os.fdopen(os.dup(self._copy.fileno()), "rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._copy is not None:
            self._copy.close()


def is_stream(path: Path) -> bool:
    """Return whether ``path`` is a stream: there is no folder in which to put results beside it.

    Streams are ``-``, pipes, devices, and names of open files such as those of ``<(…)``.
    """
    if str(path) == "-":
        return True
    name = os.path.abspath(path)  # noqa: PTH100 - without following links
    if name == "/dev/stdin" or name.startswith(("/dev/fd/", "/proc/")):
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)


def file_source(path: Path) -> Source:
    """Return the file at ``path``.

    :raises CommandError: it does not exist, or is a folder or a device.
    """
    if not path.is_file():
        what = "is a folder. Give a CSV file" if path.is_dir() else "is not a file"
        raise CommandError(f"{path} {what if path.exists() else 'does not exist'}.")
    return Source(str(path), path=path)


async def copied(path: Path) -> Source:
    """Copy the stream at ``path``, or standard input for ``-``, to a private file.

    It can be cancelled while the stream is silent.

    :raises CommandError: the stream cannot be read, or the copy cannot be written.
    """
    name = "Standard input" if str(path) == "-" else str(path)
    if str(path) == "-" and sys.stdin is None:
        raise CommandError("Standard input is closed. Give a file, or pipe the rows into lms.")
    loop = asyncio.get_running_loop()
    over: asyncio.Future[BinaryIO] = loop.create_future()

    def tell(what: Callable[[], None]) -> None:
        def unless_cancelled() -> None:
            if not over.done():
                what()

        with suppress(RuntimeError):  # the event loop is already closed
            loop.call_soon_threadsafe(unless_cancelled)

    def work() -> None:
        try:
            copy = _copy(path)
        except OSError as error:
            why = CommandError(f"{name} could not be read: {error.strerror}.")
            tell(lambda: over.set_exception(why))
        else:
            tell(lambda: over.set_result(copy))

    # A daemon thread, not asyncio.to_thread: a read that never returns must not keep the program
    # from ending.
    threading.Thread(target=work, daemon=True).start()
    return Source(name, copy=await over)


def _copy(path: Path) -> BinaryIO:
    descriptor = os.dup(0) if str(path) == "-" else os.open(path, os.O_RDONLY)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not _ends(descriptor)):
            raise OSError(0, "It is a device that never ends")
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the source
        try:
            while block := os.read(descriptor, _BLOCK):
                copy.write(block)
            copy.flush()
        except BaseException:
            copy.close()
            raise
        return copy
    finally:
        os.close(descriptor)


def _ends(device: int) -> bool:
    """Return whether reading a device ends: a terminal or the empty device."""
    return os.isatty(device) or os.path.samestat(os.fstat(device), os.stat(os.devnull))  # noqa: PTH116


def name_of(path: Path) -> str:
    """Return the input's name for the journal: ``-`` for a stream, whose own name may change."""
    return "-" if is_stream(path) else path.name


def need_results(path: Path) -> CommandError:
    """Return the error for a stream without ``--results``."""
    what = "Standard input" if str(path) == "-" else f"The stream {quoted(str(path))}"
    return CommandError(
        f"{what} is not a file, so there is no place beside it for the results. Add --results "
        "FILE.csv",
        "The journal is written beside the results file.",
    )
