"""The ``lms`` command: import CSV files, and list and export what a vendor has.

Start reading at :mod:`~.app`, and at :mod:`~.commands` for the commands. Vendor packages register a
:class:`~lms_async.cli.target.Target` under the entry-point group ``lms_async.targets``. They use
:mod:`~.target`, :mod:`~.kinds` and :mod:`~.meanings`, and to write their kinds and listings
:mod:`~.record_rows`, :mod:`~.directory` and :mod:`~.filters`. Needs the extra ``cli``.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

from .reporting import streams


def run() -> None:
    """The console command ``lms``."""
    streams.install()
    try:
        from .app import main
    except ModuleNotFoundError as missing:
        name = (missing.name or "").partition(".")[0]
        if name not in {"typer", "rich", "dotenv"}:
            raise
        sys.exit(
            f"Error: The lms command needs the package {name}, which is not installed.\n"
            "Install it: pip install 'lms-async[cli]' (in a clone: pip install '.[cli]')"
        )
    exit_code = main()
    with suppress(KeyboardInterrupt):  # the import is finished; only its output is still unread
        streams.drain()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a late Ctrl-C must not change the exit code
    sys.exit(exit_code)
