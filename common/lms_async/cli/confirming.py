"""Ask the person at the terminal."""

from __future__ import annotations

import signal
from typing import TextIO

import typer


def confirm(question: str) -> bool:
    """Ask the person at the terminal. Ctrl-C and Ctrl-D mean no."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person reads or writes this stream. It is ``None`` if it is closed."""
    return stream is not None and stream.isatty()
