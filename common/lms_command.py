"""The start of the command ``lms``: what has to happen before the packages are imported.

Importing takes a few tenths of a second. Python would end an interrupt in that time with a
traceback, and typer with exit code 1, "some rows were rejected".
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType

_INTERRUPTED = 130


def run() -> None:
    """The console command ``lms``."""
    # In the background of a shell it is ignored, and stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _before_the_start)
    from lms_async.cli import run as run_command

    run_command()


def _before_the_start(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"lms: interrupted, nothing was sent\n")
    os._exit(_INTERRUPTED)
