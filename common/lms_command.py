"""The entry point of the ``lms`` command. It handles Ctrl-C while the packages are imported.

Importing takes a few tenths of a second. Ctrl-C in that time would otherwise print a traceback, or
end with exit code 1, which means "some rows were rejected".
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType

_INTERRUPTED = 130


def run() -> None:
    """The console command ``lms``."""
    # A shell starts background commands with SIGINT ignored. Keep that.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _before_the_start)
    from lms_async.cli import run as run_command

    run_command()


def _before_the_start(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"lms: interrupted, nothing was sent\n")
    os._exit(_INTERRUPTED)
