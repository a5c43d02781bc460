"""Run the coroutine of a command."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import typer

from .exit_codes import Exit

T = TypeVar("T")


def run_until_done(command: Coroutine[Any, Any, T]) -> T:
    """Run ``command`` and return its result. Ctrl-C ends the program with exit code 130."""
    # Before this line, an interrupt ends the program at once (see lms_command).
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(command)
    except KeyboardInterrupt:  # typer's exit code would be 1, "some rows were rejected"
        raise typer.Exit(Exit.INTERRUPTED) from None
