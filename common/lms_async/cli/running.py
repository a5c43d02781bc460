"""Run a command's coroutine, and read options that several commands have."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import typer

from .exit_codes import CommandError, Exit
from .wording import quoted

T = TypeVar("T")

_LIMIT = re.compile(r"(\d{1,6})/(\d{1,5}(?:\.\d{1,3})?)s", re.ASCII)


def run_command(command: Coroutine[Any, Any, T]) -> T:
    """Run a command on a new event loop and return its result.

    :raises typer.Exit: the command was interrupted.
    """
    # Before this line, an interrupt ends the program at once (see lms_command).
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(command)
    except KeyboardInterrupt:  # typer's exit code would be 1, "some rows were rejected"
        raise typer.Exit(Exit.INTERRUPTED) from None


def read_limit(given: str | None) -> tuple[int, float] | None:
    """Read ``15/5s`` as (15, 5.0).

    :raises CommandError: ``given`` has another form, or contains a zero.
    """
    if given is None:
        return None
    read = _LIMIT.fullmatch(given.strip())
    limit = (int(read[1]), float(read[2])) if read else (0, 0.0)
    if not all(limit):
        raise CommandError(
            f"--limit {quoted(given)} is not a rate limit. Write requests/seconds, both above 0, "
            "for example --limit 15/5s."
        )
    return limit
