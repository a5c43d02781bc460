"""The ``lms`` command: people from a file into an LMS, every row accounted for.

It names no vendor. A vendor's package (or anybody's) offers a :class:`~lms_async.cli.target.Target`
under the entry-point group ``lms_async.targets``. Needs the extra ``cli``.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

from . import streams


def run() -> None:
    """The console command ``lms``."""
    streams.install()
    try:
        from .app import main
    except ModuleNotFoundError as missing:
        name = (missing.name or "").partition(".")[0]
        if name not in {"typer", "rich", "dotenv"}:
            raise
        what = f"lms: the command needs {name}, which is not installed."
        how = "pip install 'lms-async[cli]'; from a clone: pip install '.[cli]'"
        sys.exit(f"{what}\nInstall it with: {how}")
    ended = main()
    with suppress(KeyboardInterrupt):  # no longer waits for the reader; the rows are settled
        streams.drain()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing changes the exit code from here on
    sys.exit(ended)
